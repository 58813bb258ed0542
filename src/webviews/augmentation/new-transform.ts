import type { Parameter, ParameterValue } from '../../core/data/augment/parameter';
import { makeTransform } from '../../core/data/augment/parse-transform';
import type { TransformConfig, TransformName } from '../../core/data/augment/transform-config';
import { transformNamed } from '../../core/data/augment/transform-table';
import { startValue } from './parameter-control';

/** Where torchvision's defaults would show nothing, or there are none: what is usual. */
const starts: Readonly<Partial<Record<TransformName, Readonly<Record<string, ParameterValue>>>>> = {
  ColorJitter: { brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1 },
  RandomAffine: { degrees: 15, translate: [0.1, 0.1], scale: [0.9, 1.1] },
  RandomRotation: { degrees: 15 },
  RandomCrop: { size: null, padding: 4 },
  Pad: { padding: 4 },
  GaussianBlur: { kernelSize: 5 },
  RandomPosterize: { bits: 4 },
  RandomSolarize: { threshold: 128 },
  RandomAdjustSharpness: { sharpnessFactor: 2 },
  Normalize: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
};

/** A transform to begin with, for images of that size. */
export function newTransform(
  name: TransformName,
  size: { readonly width: number; readonly height: number },
): TransformConfig {
  const transform = transformNamed(name);
  const given = new Map<string, unknown>();
  for (const [key, parameter] of Object.entries(transform.parameters)) {
    const own = starts[name]?.[key];
    if (own !== undefined) given.set(key, own);
    else if (parameter.default === undefined) given.set(key, valueFor(key, parameter, size));
  }
  return makeTransform(transform, given, (value) => value as TransformConfig);
}

function valueFor(
  key: string,
  parameter: Parameter,
  { width, height }: { readonly width: number; readonly height: number },
): ParameterValue {
  switch (parameter.kind) {
    case 'numbers': {
      if (key === 'size') return Math.min(width, height);
      const [length = 1] = parameter.lengths;
      const value = startValue(parameter);
      return length === 1 ? value : Array.from({ length }, () => value);
    }
    case 'boolean':
      return false;
    case 'choice':
      return parameter.choices[0] ?? '';
    case 'transforms':
      return [newTransform('ColorJitter', { width, height })];
  }
}
