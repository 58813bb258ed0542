import { parsePipeline } from './parse-pipeline';

/** Augmentations that are chosen by name, for images of any size. */
export const augmentationPresets: readonly AugmentationPreset[] = [
  { name: 'none', label: 'off', meaning: 'Images stay as they are', text: '' },
  {
    name: 'flip',
    label: 'mirrored',
    meaning: 'Left to right, half of the time; not for letters and digits',
    text: 'RandomHorizontalFlip()',
  },
  {
    name: 'basic',
    label: 'basic',
    meaning: 'Shifted by up to 4 pixels, mirrored half of the time',
    text: 'RandomCrop(None, padding=4), RandomHorizontalFlip()',
  },
  {
    name: 'randaugment',
    label: 'RandAugment',
    meaning: 'Basic, and two of fourteen changes of shape and colour',
    text: 'RandomCrop(None, padding=4), RandomHorizontalFlip(), RandAugment()',
  },
  {
    name: 'autoaugment',
    label: 'AutoAugment',
    meaning: 'Basic, and pairs of changes that were found for CIFAR-10',
    text: 'RandomCrop(None, padding=4), RandomHorizontalFlip(), AutoAugment(policy=AutoAugmentPolicy.CIFAR10)',
  },
  {
    name: 'trivialaugment',
    label: 'TrivialAugment',
    meaning: 'Basic, and one change of random strength',
    text: 'RandomCrop(None, padding=4), RandomHorizontalFlip(), TrivialAugmentWide()',
  },
];

export interface AugmentationPreset {
  /** As the command line has it. */
  readonly name: string;
  /** As people see it. */
  readonly label: string;
  readonly meaning: string;
  /** As `parsePipeline` reads it. */
  readonly text: string;
}

/** The transforms of a preset's name, or those that are written out. Throws a UserError. */
export function parseAugmentation(text: string): ReturnType<typeof parsePipeline> {
  const preset = augmentationPresets.find(({ name }) => name === text.trim().toLowerCase());
  return parsePipeline(preset?.text ?? text);
}
