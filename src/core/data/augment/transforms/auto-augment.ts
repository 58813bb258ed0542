import type { Interpolation } from '../../resize';
import type { Fill } from '../pixels/fill';
import { fillParameter, interpolationParameter } from '../parameters';
import { sameSize, type TransformDefinition } from '../transform';
import { applyOp, magnitudesOf, type AugmentationOp } from './augmentation-space';
import { autoAugmentPolicies, type PolicyName } from './auto-augment-policies';

export interface AutoAugment {
  readonly name: 'AutoAugment';
  readonly policy: PolicyName;
  readonly interpolation: Interpolation;
  readonly fill: Fill;
}

export const autoAugment: TransformDefinition<AutoAugment, readonly AugmentationOp[]> = {
  name: 'AutoAugment',
  meaning: 'Changes images by one of 25 pairs of operations that were found for a data set.',
  stage: 'image',
  parameters: {
    policy: {
      kind: 'choice',
      choices: ['imagenet', 'cifar10', 'svhn'] satisfies PolicyName[],
      enumeration: 'AutoAugmentPolicy',
      default: 'imagenet',
      meaning: 'For which data set the operations were found.',
    },
    interpolation: interpolationParameter('nearest'),
    fill: fillParameter(null),
  },
  outputSize: sameSize,
  draw({ policy }, size, random) {
    const pairs = autoAugmentPolicies[policy];
    const pair = pairs[random.nextBelow(pairs.length)] ?? [];
    const drawn = pair.map((op) => ({ op, happens: random.happens(op[1]), negative: random.happens(0.5) }));
    return drawn.flatMap(({ op: [op, , level], happens, negative }) => {
      if (!happens) return [];
      const space = magnitudesOf(op, 'usual', 10, size);
      const magnitude = level === null ? 0 : (space?.magnitudes[level] ?? 0);
      return [{ op, magnitude: space?.signed && negative ? -magnitude : magnitude }];
    });
  },
  apply(image, { interpolation, fill }, ops) {
    return ops.reduce((changed, op) => applyOp(changed, op, interpolation, fill), image);
  },
};
