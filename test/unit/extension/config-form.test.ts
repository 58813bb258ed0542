import { describe, expect, it } from 'vitest';
import { defaultTrainConfig } from '../../../src/core/train/defaults';
import { checkField, configFields, withField } from '../../../src/extension/train/config-form';

const shown = (config = defaultTrainConfig) =>
  Object.fromEntries(configFields(config).map((field) => [field.label, field.shown]));

describe('the form of a training', () => {
  it('shows the defaults', () => {
    expect(shown()).toEqual({
      Epochs: '10',
      'Batch size': '64',
      Optimizer: 'Adam',
      'Learning rate': '0.001',
      'Weight decay': '0',
      Schedule: 'constant',
      'Early stopping': 'off',
      'Validation share': '10 %',
      Seed: '1',
    });
  });

  it('changes one value and keeps the others', () => {
    const config = withField(defaultTrainConfig, 'batchSize', ' 128 ');
    expect(config).toEqual({ ...defaultTrainConfig, batchSize: 128 });
  });

  it('gives another optimizer its own defaults, momentum included', () => {
    const config = withField(withField(defaultTrainConfig, 'learningRate', '0.5'), 'optimizer', 'sgd-nesterov');
    expect(config.optimizer).toEqual({
      kind: 'sgd',
      learningRate: 0.01,
      momentum: 0.9,
      nesterov: true,
      weightDecay: 0,
    });
    expect(shown(config)).toMatchObject({ Optimizer: 'SGD, Nesterov', Momentum: '0.9' });
  });

  it('keeps the values of the optimizer that is chosen again', () => {
    const config = withField(defaultTrainConfig, 'learningRate', '0.5');
    expect(withField(config, 'optimizer', 'adam')).toEqual(config);
  });

  it('lets the steps of a schedule move with the epochs', () => {
    const config = withField(withField(defaultTrainConfig, 'schedule', 'step'), 'epochs', '30');
    expect(config.schedule).toEqual({ kind: 'step', stepEpochs: 10, gamma: 0.1 });
  });

  it('reads no early stopping from 0', () => {
    const config = withField(defaultTrainConfig, 'earlyStoppingPatience', '3');
    expect(config.earlyStoppingPatience).toBe(3);
    expect(shown(config)['Early stopping']).toBe('after 3 epochs without gain');
    expect(withField(config, 'earlyStoppingPatience', '0').earlyStoppingPatience).toBeNull();
  });

  it('says what does not fit', () => {
    expect(checkField(defaultTrainConfig, 'epochs', '5')).toBeUndefined();
    expect(checkField(defaultTrainConfig, 'epochs', '0')).toContain('whole number from 1');
    expect(checkField(defaultTrainConfig, 'learningRate', 'fast')).toBe("'fast' is not a number.");
    expect(checkField(defaultTrainConfig, 'seed', '')).toBe('A number is needed.');
    expect(checkField(defaultTrainConfig, 'validationShare', '1')).toContain('below 1');
  });
});
