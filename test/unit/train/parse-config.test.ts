import { describe, expect, test } from 'vitest';
import { UserError } from '../../../src/core/errors';
import { defaultOptimizer, defaultSchedule, defaultTrainConfig } from '../../../src/core/train/defaults';
import { parseTrainConfig } from '../../../src/core/train/parse-config';

describe('a training configuration from outside', () => {
  test('is itself when it is sound, for every optimizer and schedule', () => {
    for (const optimizer of ['sgd', 'adam', 'adamw'] as const) {
      for (const schedule of ['constant', 'step', 'cosine', 'one-cycle'] as const) {
        const config = {
          ...defaultTrainConfig,
          optimizer: defaultOptimizer(optimizer),
          schedule: defaultSchedule(schedule, 9),
          earlyStoppingPatience: 3,
        };
        expect(parseTrainConfig(JSON.parse(JSON.stringify(config)))).toEqual(config);
      }
    }
  });

  test.each([
    [{ epochs: 0 }, 'The number of epochs must be a whole number from 1 to 100000, not 0.'],
    [{ epochs: 2.5 }, 'not 2.5'],
    [{ batchSize: '64' }, "The batch size must be a whole number from 1 to 65536, not '64'."],
    [{ seed: -1 }, 'The seed'],
    [{ seed: 2 ** 32 }, 'The seed'],
    [{ validationShare: 1 }, 'must be a number above 0 and below 1, not 1.'],
    [{ earlyStoppingPatience: 0 }, 'patience'],
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
