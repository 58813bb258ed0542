import { splitKinds, type FoldConfig, type SplitConfig } from '../data/split-config';
import { UserError, describeError } from '../errors';
import { samplerKinds, type ClassWeights, type MixingConfig, type SamplerKind } from './config';
import { integer, number, objectOf, show } from './parse-values';

/* The parts of a configuration that say how images are split, drawn, mixed and weighed. */

export function parseSplit(value: unknown): SplitConfig {
  const { kind: given, groupPattern = null, fold } = objectOf(value, 'The split');
  const kind = splitKinds.find((each) => each === given);
  if (!kind) throw new UserError(`Images are not split ${show(given)}.`, `Use ${splitKinds.join(', ')}.`);
  const grouped = kind === 'grouped' || kind === 'stratified-grouped';
  if (groupPattern !== null && !grouped) {
    throw new UserError(
      `A group pattern has no effect on a ${kind} split.`,
      'Split grouped, or leave the pattern out.',
    );
  }
  return {
    kind,
    groupPattern: groupPattern === null ? null : parsePattern(groupPattern),
    fold: fold === undefined || fold === null ? null : parseFold(fold),
  };
}

function parsePattern(value: unknown): string {
  if (typeof value !== 'string' || value === '') throw new UserError('The group pattern is empty.');
  try {
    new RegExp(value, 'u');
    return value;
  } catch (error) {
    throw new UserError(
      `The group pattern ${value} is no regular expression: ${describeError(error)}`,
      'Such as ^(patient\\d+)_, which finds the name of the group between its parentheses.',
      { cause: error },
    );
  }
}

function parseFold(value: unknown): FoldConfig {
  const fields = objectOf(value, 'The fold');
  const count = integer(fields.count, 'The number of folds', 2, 1000);
  return { number: integer(fields.number, 'The fold', 1, count), count };
}

export function parseSampler(value: unknown): SamplerKind {
  const kind = samplerKinds.find((each) => each === value);
  if (!kind) throw new UserError(`There is no sampler ${show(value)}.`, `Use ${samplerKinds.join(' or ')}.`);
  return kind;
}

export function parseMixing(value: unknown): MixingConfig {
  const fields = objectOf(value, 'The mixing of images');
  return {
    mixup: number(fields.mixup, 'The α of MixUp', { atLeast: 0, atMost: 1000 }),
    cutmix: number(fields.cutmix, 'The α of CutMix', { atLeast: 0, atMost: 1000 }),
    probability: number(fields.probability, 'The probability that a batch is mixed', { atLeast: 0, atMost: 1 }),
  };
}

export function parseClassWeights(value: unknown): ClassWeights {
  if (value === 'none' || value === 'balanced') return value;
  if (typeof value !== 'object' || value === null) {
    throw new UserError(
      `There are no class weights ${show(value)}.`,
      'Use none, balanced, or a weight for each class, such as cat=2.',
    );
  }
  const weights = Object.entries(value).map(
    ([name, weight]) => [name, number(weight, `The weight of the class ${name}`, { atLeast: 0 })] as const,
  );
  return Object.fromEntries(weights);
}
