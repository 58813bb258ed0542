import { describe, expect, test } from 'vitest';
import { parsePipeline } from '../../../src/core/data/augment/parse-pipeline';
import { UserError } from '../../../src/core/errors';
import { defaultOptimizer, defaultSchedule, defaultTrainConfig } from '../../../src/core/train/defaults';
import { parseTrainConfig } from '../../../src/core/train/parse-config';

describe('a training configuration from outside', () => {
  test('is itself when it is sound, for every optimizer and schedule', () => {
    for (const optimizer of ['sgd', 'adam', 'adamw', 'rmsprop'] as const) {
      for (const schedule of ['constant', 'step', 'cosine', 'one-cycle'] as const) {
        const config = {
          ...defaultTrainConfig,
          optimizer: defaultOptimizer(optimizer),
          schedule: defaultSchedule(schedule, 9),
          loss: { labelSmoothing: 0.1, classWeights: 'balanced' as const },
          clipping: { kind: 'norm' as const, maximum: 2 },
          augment: {
            train: parsePipeline('RandomResizedCrop(28), RandAugment(), Normalize(0.5, 0.2), RandomErasing()'),
            evaluation: parsePipeline('Resize(32), CenterCrop(28)'),
          },
          parameterGroups: { decayNorms: false, learningRateFactors: [{ prefix: 'layer1.0', factor: 0.1 }] },
          precision: 'f16' as const,
          earlyStoppingPatience: 3,
        };
        expect(parseTrainConfig(JSON.parse(JSON.stringify(config)))).toEqual(config);
      }
    }
  });

  test('of an earlier version lacks what that did not know', () => {
    const { loss, clipping, parameterGroups, augment, epochCheckpointsMb, precision, ...older } = defaultTrainConfig;
    expect({ loss, clipping, parameterGroups, augment, epochCheckpointsMb, precision }).toEqual({
      loss: { labelSmoothing: 0, classWeights: 'none' },
      clipping: { kind: 'none' },
      parameterGroups: { decayNorms: true, learningRateFactors: [] },
      augment: { train: [], evaluation: null },
      epochCheckpointsMb: 200,
      precision: 'f32',
    });
    const adam = { kind: 'adam', learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 };
    expect(parseTrainConfig({ ...older, optimizer: adam })).toEqual(defaultTrainConfig);
  });

  test('of an earlier version mirrors and shifts images as it did', () => {
    const augment = { flip: true, cropPadding: 4 };
    expect(parseTrainConfig({ ...defaultTrainConfig, augment }).augment).toEqual({
      train: parsePipeline('RandomCrop(None, padding=4), RandomHorizontalFlip()'),
      evaluation: null,
    });
    expect(parseTrainConfig({ ...defaultTrainConfig, augment: { flip: false, cropPadding: 0 } })).toEqual(
      defaultTrainConfig,
    );
  });

  test.each([
    [{ epochs: 0 }, 'The number of epochs must be a whole number from 1 to 100000, not 0.'],
    [{ epochs: 2.5 }, 'not 2.5'],
    [{ batchSize: '64' }, "The batch size must be a whole number from 1 to 65536, not '64'."],
    [{ seed: -1 }, 'The seed'],
    [{ seed: 2 ** 32 }, 'The seed'],
    [{ augment: { flip: false, cropPadding: 1.5 } }, 'cropped from must be a whole number'],
    [{ augment: { train: [{ name: 'RandomCrop', size: 0 }], evaluation: null } }, 'RandomCrop: size is 0.'],
    [{ augment: { train: [{ name: 'Mixer' }] } }, 'There is no transform Mixer.'],
    [{ augment: { train: [], evaluation: [{ name: 'RandomInvert', p: 1 }] } }, 'is not for images of validation'],
    [{ validationShare: 1 }, 'must be a number above 0 and below 1, not 1.'],
    [{ earlyStoppingPatience: 0 }, 'patience'],
    [{ epochCheckpointsMb: -1 }, 'single epochs, in MB, must be a number of at least 0'],
    [
      { optimizer: { ...defaultOptimizer('adam'), learningRate: 0 } },
      'The learning rate must be a number above 0, not 0.',
    ],
    [{ optimizer: { ...defaultOptimizer('adam'), learningRate: Number.NaN } }, 'not NaN'],
    [{ optimizer: { ...defaultOptimizer('adam'), beta2: 1 } }, 'Beta 2'],
    [{ optimizer: { ...defaultOptimizer('sgd'), weightDecay: -1 } }, 'The weight decay must be a number of at least 0'],
    [{ optimizer: { ...defaultOptimizer('sgd'), momentum: 0, nesterov: true } }, 'Nesterov needs a momentum'],
    [{ optimizer: { ...defaultOptimizer('sgd'), kind: 'lion' } }, "There is no optimizer 'lion'."],
    [{ schedule: { kind: 'zigzag' } }, "There is no learning-rate schedule 'zigzag'."],
    [{ schedule: { kind: 'step', stepEpochs: 0, gamma: 0.1 } }, 'schedule step'],
    [{ optimizer: { ...defaultOptimizer('rmsprop'), alpha: 1 } }, 'Alpha must be a number of at least 0 and below 1'],
    [{ loss: { labelSmoothing: 1, classWeights: 'none' } }, 'The label smoothing'],
    [{ loss: { labelSmoothing: 0, classWeights: 'rare' } }, "There are no class weights 'rare'."],
    [{ clipping: { kind: 'norm', maximum: 0 } }, 'The largest norm of the gradients must be a number above 0'],
    [{ clipping: { kind: 'twice' } }, "Gradients are not clipped by 'twice'."],
    [{ parameterGroups: { learningRateFactors: [{ prefix: 'a.', factor: 1 }] } }, "'a.' does not begin a parameter"],
    [{ parameterGroups: { learningRateFactors: [{ prefix: 'a', factor: -1 }] } }, "learning rate of 'a'"],
    [
      {
        parameterGroups: {
          learningRateFactors: [
            { prefix: 'a', factor: 1 },
            { prefix: 'a', factor: 2 },
          ],
        },
      },
      "The learning rate of 'a' has two factors.",
    ],
    [{ schedule: undefined }, 'The learning-rate schedule is missing.'],
  ])('names what does not fit: %j', (changes, message) => {
    const parse = () => parseTrainConfig({ ...defaultTrainConfig, ...changes });
    expect(parse).toThrow(UserError);
    expect(parse).toThrow(message);
  });

  test('must be there', () => {
    expect(() => parseTrainConfig(null)).toThrow('The training configuration is missing.');
  });
});
