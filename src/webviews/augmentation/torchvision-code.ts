import { formatTransform } from '../../core/data/augment/format-pipeline';
import type { TransformConfig } from '../../core/data/augment/transform-config';

/** A pipeline as it stands in PyTorch code, with its imports. */
export function torchvisionCode(transforms: readonly TransformConfig[]): string {
  const calls = transforms.map(formatTransform);
  const text = calls.join('\n');
  const names = ['InterpolationMode', 'AutoAugmentPolicy'].filter((name) => text.includes(`${name}.`));
  const imports = names.map((name) => `from torchvision.transforms import ${name}`);
  const lines = calls.map((call) => `    transforms.${call},`);
  return [
    ...imports,
    'from torchvision import transforms',
    '',
    'transform = transforms.Compose([',
    ...lines,
    '])',
    '',
  ].join('\n');
}

/** The option of `cnn-lab train`, quoted for the shells of every system. */
export function trainOption(text: string): string {
  // Single quotes are no quotes in Windows' shell, double ones are in all; Python takes either.
  return `cnn-lab train MODEL.py --data DATA --augment "${text.replaceAll('"', "'")}"`;
}
