import { Command } from 'commander';
import { parsePipeline } from '../../../src/core/data/augment/parse-pipeline';
import { describe, expect, test } from 'vitest';
import { foldsToTrain } from '../../../src/cli/data-options';
import {
  addTrainOptions,
  optionsAgainstResume,
  trainConfigFrom,
  type TrainOptions,
} from '../../../src/cli/train-options';
import { defaultTrainConfig } from '../../../src/core/train/defaults';

function parse(...args: readonly string[]): TrainOptions {
  const command = addTrainOptions(new Command())
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  return command.parse(args, { from: 'user' }).opts<TrainOptions>();
}
const config = (...args: readonly string[]) => trainConfigFrom(parse(...args));

describe('the options of train', () => {
  test('are the defaults where none is given', () => {
    expect(config()).toEqual(defaultTrainConfig);
    expect(optionsAgainstResume(parse())).toEqual([]);
  });

  test('say the optimizer', () => {
    expect(config('--optimizer', 'rmsprop', '--alpha', '0.9', '--momentum', '0.5', '--centered').optimizer).toEqual({
      kind: 'rmsprop',
      learningRate: 0.001,
      alpha: 0.9,
      epsilon: 1e-8,
      momentum: 0.5,
      centered: true,
      weightDecay: 0,
    });
    expect(config('--optimizer', 'adamw', '--amsgrad').optimizer).toMatchObject({ kind: 'adamw', amsgrad: true });
  });

  test('say the loss, what clips gradients, and which parameters are trained otherwise', () => {
    expect(config('--label-smoothing', '0.1', '--class-weights', 'balanced').loss).toEqual({
      labelSmoothing: 0.1,
      classWeights: 'balanced',
    });
    const basic = parsePipeline('RandomCrop(None, padding=4), RandomHorizontalFlip()');
    expect(config('--flip', '--crop-padding', '4').augment).toEqual({ train: basic, evaluation: null });
    expect(config('--augment', 'basic').augment).toEqual({ train: basic, evaluation: null });
    expect(config('--augment', 'T.RandomCrop(8)').augment.train).toEqual(parsePipeline('RandomCrop(8)'));
    expect(() => config('--augment', 'basic', '--flip')).toThrow('do not go with --augment');
    expect(() => config('--augment', '@/no/such/file')).toThrow("/no/such/file can't be read");
    expect(config('--clip-norm', '2').clipping).toEqual({ kind: 'norm', maximum: 2 });
    expect(config('--clip-value', '0.5').clipping).toEqual({ kind: 'value', maximum: 0.5 });
    expect(config('--no-decay-norms', '--lr-factor', 'features=0.1', '--lr-factor', 'fc=2').parameterGroups).toEqual({
      decayNorms: false,
      learningRateFactors: [
        { prefix: 'features', factor: 0.1 },
        { prefix: 'fc', factor: 2 },
      ],
    });
  });

  test('say how images are split, drawn and mixed', () => {
    expect(config('--split', 'random').split).toEqual({ kind: 'random', groupPattern: null, fold: null });
    expect(config('--group-by', '^(p\\d+)_').split).toEqual({ kind: 'grouped', groupPattern: '^(p\\d+)_', fold: null });
    expect(config('--folds', '5', '--fold', '2').split.fold).toEqual({ number: 2, count: 5 });
    expect(config('--folds', '5').split.fold).toBeNull();
    expect([foldsToTrain(parse('--folds', '5')), foldsToTrain(parse('--folds', '5', '--fold', '1'))]).toEqual([
      5,
      undefined,
    ]);
    expect(config('--mixup', '0.2', '--mix-probability', '0.5').mixing).toEqual({
      mixup: 0.2,
      cutmix: 0,
      probability: 0.5,
    });
    expect(config('--sampler', 'balanced').sampler).toBe('balanced');
    expect(config('--class-weights', 'cat=2, dog=0.5').loss.classWeights).toEqual({ cat: 2, dog: 0.5 });
    expect(() => config('--fold', '1')).toThrow('--fold has no effect without --folds.');
    expect(() => config('--folds', '5', '--fold', '6')).toThrow('The fold must be a whole number from 1 to 5');
    expect(() => config('--split', 'random', '--group-by', 'x')).toThrow('no effect on a random split');
    expect(() => config('--group-by', '(')).toThrow('is no regular expression');
    expect(() => config('--mix-probability', '0.5')).toThrow('without --mixup or --cutmix');
    expect(optionsAgainstResume(parse('--folds', '5', '--mixup', '1'))).toEqual(['--folds', '--mixup']);
  });

  test('that would be ignored or contradict each other are refused', () => {
    expect(() => config('--alpha', '0.9')).toThrow('--alpha has no effect with --optimizer adam.');
    expect(() => config('--amsgrad', '--optimizer', 'sgd')).toThrow('--amsgrad has no effect');
    expect(() => config('--clip-norm', '1', '--clip-value', '1')).toThrow('exclude each other');
    expect(() => config('--clip-norm', '0')).toThrow('must be a number above 0');
    expect(() => parse('--lr-factor', 'features')).toThrow();
  });

  test('that decide a run are not for one that is resumed', () => {
    const options = parse('--no-decay-norms', '--clip-norm', '1', '--epochs', '3');
    expect(optionsAgainstResume(options)).toEqual(['--clip-norm', '--no-decay-norms']);
  });
});
