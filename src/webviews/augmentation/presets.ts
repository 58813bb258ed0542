/** Pipelines to begin with. */
export interface Preset {
  readonly title: string;
  readonly text: string;
}

export const presets: readonly Preset[] = [
  { title: 'None', text: '' },
  { title: 'Shift and flip (CIFAR)', text: 'RandomCrop(None, padding=4), RandomHorizontalFlip()' },
  {
    title: 'Shift, flip and cut-out (CIFAR)',
    text: 'RandomCrop(None, padding=4, padding_mode="reflect"), RandomHorizontalFlip(), RandomErasing(p=0.5)',
  },
  {
    title: 'Resized crops (ImageNet)',
    text: 'RandomResizedCrop(224), RandomHorizontalFlip(), ColorJitter(0.4, 0.4, 0.4, 0.1)',
  },
  {
    title: 'Digits and letters: shift, turn, scale',
    text: 'RandomAffine(10, translate=(0.1, 0.1), scale=(0.9, 1.1), shear=5)',
  },
  {
    title: 'Photographs: light and colour',
    text: 'ColorJitter(0.4, 0.4, 0.4, 0.1), RandomGrayscale(0.1), GaussianBlur(3, sigma=(0.1, 2.0))',
  },
  {
    title: 'Aerial and microscopic images: no up and down',
    text: 'RandomHorizontalFlip(), RandomVerticalFlip(), RandomRotation(90)',
  },
  { title: 'RandAugment', text: 'RandomHorizontalFlip(), RandAugment(2, 9)' },
  { title: 'TrivialAugment', text: 'RandomHorizontalFlip(), TrivialAugmentWide()' },
  {
    title: 'AutoAugment for CIFAR-10',
    text: 'RandomCrop(None, padding=4), RandomHorizontalFlip(), AutoAugment(AutoAugmentPolicy.CIFAR10)',
  },
  {
    title: 'AutoAugment for ImageNet',
    text: 'RandomResizedCrop(224), RandomHorizontalFlip(), AutoAugment(AutoAugmentPolicy.IMAGENET)',
  },
];
