import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import { splitKinds, stratifiedSplit, type SplitConfig, type SplitKind } from '../core/data/split-config';
import { samplerKinds, type ClassWeights, type MixingConfig, type SamplerKind } from '../core/train/config';
import { noMixing } from '../core/train/defaults';
import { UsageError, parseInteger, parseNumber } from './usage-error';

/** Those options of `cnn-lab train` that say how images are split, drawn, mixed and weighed. */
export interface DataOptions {
  readonly split?: SplitKind;
  readonly groupBy?: string;
  readonly folds?: number;
  readonly fold?: number;
  readonly classWeights?: ClassWeights;
  readonly sampler?: SamplerKind;
  readonly mixup?: number;
  readonly cutmix?: number;
  readonly mixProbability?: number;
}

export const dataOptionNames = [
  'split',
  'groupBy',
  'folds',
  'fold',
  'classWeights',
  'sampler',
  'mixup',
  'cutmix',
  'mixProbability',
] as const satisfies readonly (keyof DataOptions)[];

export function addSplitOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--split <how>', 'how those are chosen (default: stratified, the same share of every class)').choices(
        splitKinds,
      ),
    )
    .option(
      '--group-by <regexp>',
      "images whose names have the same text between the pattern's parentheses stay together: '^(patient\\d+)_'",
    )
    .option('--folds <k>', 'cuts the training images into k parts and trains k times, each for validation once', folds)
    .option('--fold <i>', 'with --folds: trains with part i for validation alone', parseInteger(1));
}

export function addMixingOptions(command: Command): Command {
  return command
    .option(
      '--class-weights <how>',
      'balanced: rare classes count as much as others; or what single ones count: cat=2,dog=0.5 (default: none)',
      parseWeights,
    )
    .addOption(
      new Option(
        '--sampler <name>',
        'balanced: images are drawn so that every class is as likely (default: shuffle)',
      ).choices(samplerKinds),
    )
    .option('--mixup <alpha>', 'averages the images of a batch two by two, by shares from Beta(α, α)', parseNumber)
    .option('--cutmix <alpha>', 'puts boxes of other images into images, of shares from Beta(α, α)', parseNumber)
    .option('--mix-probability <p>', 'with those: how many of the batches are mixed (default: 1)', parseNumber);
}

/** What trains all folds has none of them in its configuration yet. */
export function splitFrom({ split, groupBy, folds: count, fold }: DataOptions): SplitConfig {
  if (fold !== undefined && count === undefined) {
    throw new UsageError('--fold has no effect without --folds.', 'Say how many there are: --folds 5 --fold 1.');
  }
  const kind = split ?? (groupBy === undefined ? stratifiedSplit.kind : 'grouped');
  return {
    kind,
    groupPattern: groupBy ?? null,
    fold: count === undefined || fold === undefined ? null : { number: fold, count },
  };
}

/** How many folds are trained one after the other; undefined: it is a single training. */
export function foldsToTrain({ folds: count, fold }: DataOptions): number | undefined {
  return fold === undefined ? count : undefined;
}

export function mixingFrom({ mixup, cutmix, mixProbability }: DataOptions): MixingConfig {
  if (mixProbability !== undefined && mixup === undefined && cutmix === undefined) {
    throw new UsageError('--mix-probability has no effect without --mixup or --cutmix.', 'Add one of them.');
  }
  return {
    mixup: mixup ?? noMixing.mixup,
    cutmix: cutmix ?? noMixing.cutmix,
    probability: mixProbability ?? noMixing.probability,
  };
}

function folds(text: string): number {
  return parseInteger(2)(text);
}

/** `balanced`, or `cat=2,dog=0.5`. */
function parseWeights(text: string): ClassWeights {
  if (text === 'none' || text === 'balanced') return text;
  const weights = text.split(',').map((part) => {
    const at = part.lastIndexOf('=');
    if (at < 1)
      throw new InvalidArgumentError("It must be none, balanced, or classes and numbers, such as 'cat=2,dog=0.5'.");
    return [part.slice(0, at).trim(), parseNumber(part.slice(at + 1))] as const;
  });
  return Object.fromEntries(weights);
}
