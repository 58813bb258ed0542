import { describe, expect, it } from 'vitest';
import { parsePipeline } from '../../../src/core/data/augment/parse-pipeline';
import { defaultTrainConfig } from '../../../src/core/train/defaults';
import { checkField, configFields, withField } from '../../../src/extension/train/config-form';
import { checkFolds, withFolds } from '../../../src/extension/train/data-fields';

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
      'Learning rate factors': 'none',
      'Label smoothing': '0',
      'Class weights': 'none',
      Sampler: 'shuffle',
      'Gradient clipping': 'off',
      Augmentation: 'off',
      'Transforms of images': 'none',
      MixUp: 'off',
      CutMix: 'off',
      Schedule: 'constant',
      'Early stopping': 'off',
      'Validation share': '10 %',
      Split: 'by class',
      Folds: 'off',
      Precision: 'f32',
      Seed: '1',
    });
  });

  it('changes one value and keeps the others', () => {
    const config = withField(defaultTrainConfig, 'batchSize', ' 128 ');
    expect(config).toEqual({ ...defaultTrainConfig, batchSize: 128 });
  });

  it('says how images are split, drawn, mixed and weighed', () => {
    const grouped = withField(withField(defaultTrainConfig, 'split', 'grouped'), 'groupPattern', '^(p\\d+)_');
    expect(grouped.split).toEqual({ kind: 'grouped', groupPattern: '^(p\\d+)_', fold: null });
    expect(shown(grouped)).toMatchObject({ Split: 'by group', 'Group pattern': '^(p\\d+)_' });
    expect(withField(grouped, 'split', 'random').split.groupPattern).toBeNull();
    expect(withField(defaultTrainConfig, 'fold', '2/5').split.fold).toEqual({ number: 2, count: 5 });
    expect(shown(withField(defaultTrainConfig, 'fold', '2/5'))).toMatchObject({ Folds: '2 of 5' });
    expect(checkFolds(defaultTrainConfig, 'five')).toContain("'five' is neither a number of folds, such as 5, nor one");
    expect(shown(withField(defaultTrainConfig, 'mixup', '0,2'))).toMatchObject({ MixUp: 'α = 0.2' });
    expect(withField(defaultTrainConfig, 'sampler', 'balanced').sampler).toBe('balanced');
    const named = withField(
      withField(defaultTrainConfig, 'classWeights', 'named'),
      'classWeightValues',
      'cat=2, dog=0.5',
    );
    expect(named.loss.classWeights).toEqual({ cat: 2, dog: 0.5 });
    expect(shown(named)).toMatchObject({ 'Class weights': 'by class', 'Weights of classes': 'cat=2, dog=0.5' });
  });

  it('trains all folds, or one of them', () => {
    const one = withFolds(defaultTrainConfig, ' 2/5 ');
    expect(one).toEqual({ config: withField(defaultTrainConfig, 'fold', '2/5'), folds: null });
    const all = withFolds(one.config, '5');
    expect(all).toEqual({ config: defaultTrainConfig, folds: 5 });
    const row = configFields(all.config, all.folds).find(({ id }) => id === 'fold');
    expect(row).toMatchObject({ shown: 'all 5, one after the other', edit: { text: '5' } });
    expect(withFolds(all.config, '')).toEqual({ config: defaultTrainConfig, folds: null });
    expect(checkFolds(defaultTrainConfig, '5')).toBeUndefined();
    expect(checkFolds(defaultTrainConfig, '1')).toContain('The number of folds must be a whole number from 2');
    expect(checkFolds(defaultTrainConfig, '6/5')).toContain('The fold must be a whole number from 1 to 5');
  });

  it('knows two precisions', () => {
    expect(withField(defaultTrainConfig, 'precision', 'f16').precision).toBe('f16');
    expect(checkField(defaultTrainConfig, 'precision', 'f8')).toBe("There is no precision 'f8'. Use f32 or f16.");
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

  it('shows what belongs to the optimizer that is chosen', () => {
    const rmsprop = withField(defaultTrainConfig, 'optimizer', 'rmsprop');
    expect(shown(rmsprop)).toMatchObject({ Optimizer: 'RMSprop', Momentum: '0', Alpha: '0.99' });
    expect(withField(rmsprop, 'alpha', '0.9').optimizer).toMatchObject({ kind: 'rmsprop', alpha: 0.9 });
    expect(shown()).not.toHaveProperty('Alpha');
  });

  it('asks what weight decay is for where there is any', () => {
    const config = withField(defaultTrainConfig, 'weightDecay', '0.01');
    expect(shown(config)['Weight decay of']).toBe('all parameters');
    expect(withField(config, 'decayNorms', 'weights').parameterGroups.decayNorms).toBe(false);
  });

  it('sets the loss and the clipping', () => {
    const smoothed = withField(withField(defaultTrainConfig, 'labelSmoothing', '0.1'), 'classWeights', 'balanced');
    expect(smoothed.loss).toEqual({ labelSmoothing: 0.1, classWeights: 'balanced' });
    const clipped = withField(defaultTrainConfig, 'clipping', 'norm');
    expect(shown(clipped)).toMatchObject({ 'Gradient clipping': 'by norm', 'Clipped to': '1' });
    expect(withField(clipped, 'clippingMaximum', '5').clipping).toEqual({ kind: 'norm', maximum: 5 });
    expect(withField(clipped, 'clipping', 'none').clipping).toEqual({ kind: 'none' });
  });

  it('changes images by what is chosen or written', () => {
    const basic = withField(defaultTrainConfig, 'augmentation', 'basic');
    const text = 'RandomCrop(None, padding=4), RandomHorizontalFlip()';
    expect(basic.augment).toEqual({ train: parsePipeline(text), evaluation: null });
    expect(shown(basic)).toMatchObject({ Augmentation: 'basic', 'Transforms of images': text });
    const own = withField(basic, 'transforms', 'T.Compose([T.RandomCrop(28, padding=2)])');
    expect(shown(own)).toMatchObject({
      Augmentation: 'own transforms',
      'Transforms of images': 'RandomCrop(28, padding=2)',
    });
    expect(withField(own, 'augmentation', 'own')).toEqual(own);
    expect(withField(own, 'transforms', '')).toEqual(defaultTrainConfig);
    expect(checkField(own, 'transforms', 'RandomCrop(0)')).toContain('RandomCrop: size is 0.');
  });

  it('reads factors of the learning rate as they are shown', () => {
    const config = withField(defaultTrainConfig, 'learningRateFactors', 'features=0.1, classifier.1=2');
    expect(config.parameterGroups.learningRateFactors).toEqual([
      { prefix: 'features', factor: 0.1 },
      { prefix: 'classifier.1', factor: 2 },
    ]);
    expect(shown(config)['Learning rate factors']).toBe('features=0.1, classifier.1=2');
    expect(withField(config, 'learningRateFactors', '')).toEqual(defaultTrainConfig);
    expect(checkField(config, 'learningRateFactors', 'features')).toContain('features=0.1');
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
