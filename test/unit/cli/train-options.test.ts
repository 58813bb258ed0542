import { Command } from 'commander';
import { parsePipeline } from '../../../src/core/data/augment/parse-pipeline';
import { describe, expect, test } from 'vitest';
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
