import { augmentationPresets, parseAugmentation } from '../../core/data/augment/augmentation-presets';
import { formatPipeline } from '../../core/data/augment/format-pipeline';
import type { AugmentationConfig } from '../../core/data/augmentation';
import { UserError, describeError } from '../../core/errors';
import type {
  ClippingConfig,
  LearningRateFactor,
  OptimizerConfig,
  ScheduleConfig,
  TrainConfig,
} from '../../core/train/config';
import { defaultOptimizer, defaultSchedule } from '../../core/train/defaults';
import { parseTrainConfig } from '../../core/train/parse-config';
import { count, describeSchedule } from '../runs/run-presentation';
import { mixingFields, splitFields, weighingFields, withDataField, type DataFieldId } from './data-fields';
import { numberOf, optionLabel } from './field-values';

/* The training configuration as rows that can be changed one by one. */

export type ConfigFieldId =
  | 'epochs'
  | 'batchSize'
  | 'optimizer'
  | 'learningRate'
  | 'momentum'
  | 'alpha'
  | 'weightDecay'
  | 'decayNorms'
  | 'learningRateFactors'
  | 'labelSmoothing'
  | 'clipping'
  | 'clippingMaximum'
  | 'augmentation'
  | 'transforms'
  | 'schedule'
  | 'earlyStoppingPatience'
  | 'validationShare'
  | 'precision'
  | 'seed'
  | DataFieldId;

export interface ConfigField {
  readonly id: ConfigFieldId;
  readonly label: string;
  /** The value in words. */
  readonly shown: string;
  readonly edit: FieldEdit;
}

export type FieldEdit =
  /** Typed in; `text` is what stands there at first. */
  | { readonly kind: 'number' | 'text'; readonly text: string; readonly prompt: string }
  | { readonly kind: 'choice'; readonly options: readonly FieldOption[]; readonly chosen: string };

export interface FieldOption {
  readonly text: string;
  readonly label: string;
  readonly detail: string;
}

/** `folds`: all of so many are trained. */
export function configFields(config: TrainConfig, folds: number | null = null): ConfigField[] {
  const { optimizer, schedule, loss, clipping, parameterGroups, earlyStoppingPatience: patience } = config;
  const typed = (id: ConfigFieldId, label: string, value: number, prompt: string, shown = `${value}`): ConfigField => ({
    id,
    label,
    shown,
    edit: { kind: 'number', text: `${value}`, prompt },
  });
  const chosen = (id: ConfigFieldId, label: string, options: readonly FieldOption[], option: string): ConfigField => ({
    id,
    label,
    shown: optionLabel(options, option),
    edit: { kind: 'choice', options, chosen: option },
  });
  return [
    typed('epochs', 'Epochs', config.epochs, 'How often all training images are gone through'),
    typed('batchSize', 'Batch size', config.batchSize, 'Images in one training step'),
    {
      id: 'optimizer',
      label: 'Optimizer',
      shown: optionLabel(optimizerOptions, optimizerOption(optimizer)),
      edit: { kind: 'choice', options: optimizerOptions, chosen: optimizerOption(optimizer) },
    },
    typed('learningRate', 'Learning rate', optimizer.learningRate, 'Such as 0.001 for Adam, 0.01 to 0.1 for SGD'),
    ...(optimizer.kind === 'sgd' || optimizer.kind === 'rmsprop'
      ? [typed('momentum', 'Momentum', optimizer.momentum, 'From 0 (none) to below 1; 0.9 is usual')]
      : []),
    ...(optimizer.kind === 'rmsprop'
      ? [typed('alpha', 'Alpha', optimizer.alpha, 'How much of the mean square is kept at each step; 0.99 is usual')]
      : []),
    typed('weightDecay', 'Weight decay', optimizer.weightDecay, '0 is none; 0.0001 to 0.01 are usual'),
    ...(optimizer.weightDecay === 0 && parameterGroups.decayNorms
      ? []
      : [chosen('decayNorms', 'Weight decay of', decayOptions, parameterGroups.decayNorms ? 'all' : 'weights')]),
    {
      id: 'learningRateFactors',
      label: 'Learning rate factors',
      shown: shownFactors(parameterGroups.learningRateFactors) || 'none',
      edit: {
        kind: 'text',
        text: shownFactors(parameterGroups.learningRateFactors),
        prompt: 'Of parameters whose names begin so: features=0.1, classifier=2; empty is none',
      },
    },
    typed(
      'labelSmoothing',
      'Label smoothing',
      loss.labelSmoothing,
      'Share of each target that goes to all classes; 0 is none, 0.1 is usual',
    ),
    ...weighingFields(config),
    chosen('clipping', 'Gradient clipping', clippingOptions, clipping.kind),
    ...(clipping.kind === 'none'
      ? []
      : [typed('clippingMaximum', 'Clipped to', clipping.maximum, 'The largest norm or value that is left')]),
    chosen('augmentation', 'Augmentation', augmentationOptions, augmentationOption(config.augment)),
    {
      id: 'transforms',
      label: 'Transforms of images',
      shown: formatPipeline(config.augment.train) || 'none',
      edit: {
        kind: 'text',
        text: formatPipeline(config.augment.train),
        prompt: 'As torchvision writes them: RandomCrop(32, padding=4), RandomHorizontalFlip(); empty is none',
      },
    },
    ...mixingFields(config),
    {
      id: 'schedule',
      label: 'Schedule',
      shown: describeSchedule(schedule),
      edit: { kind: 'choice', options: scheduleOptions, chosen: schedule.kind },
    },
    {
      id: 'earlyStoppingPatience',
      label: 'Early stopping',
      shown: patience === null ? 'off' : `after ${count(patience, 'epoch')} without gain`,
      edit: {
        kind: 'number',
        text: `${patience ?? 0}`,
        prompt: 'Epochs without a lower validation loss after which training stops; 0 is never',
      },
    },
    typed(
      'validationShare',
      'Validation share',
      config.validationShare,
      'Share of the training images kept for validation, where the data set has none',
      `${+(config.validationShare * 100).toFixed(2)} %`,
    ),
    ...splitFields(config, folds),
    chosen('precision', 'Precision', precisionOptions, config.precision),
    typed('seed', 'Seed', config.seed, 'The same seed gives the same numbers'),
  ];
}

/** The configuration with one field set from text. Throws a UserError that says what does not fit. */
export function withField(config: TrainConfig, id: ConfigFieldId, text: string): TrainConfig {
  return parseTrainConfig(changed(config, id, text.trim()));
}

/** Why a text does not fit a field; undefined where it does. */
export function checkField(config: TrainConfig, id: ConfigFieldId, text: string): string | undefined {
  try {
    withField(config, id, text);
    return undefined;
  } catch (error) {
    return describeError(error);
  }
}

function changed(config: TrainConfig, id: ConfigFieldId, text: string): unknown {
  const { optimizer } = config;
  switch (id) {
    case 'epochs': {
      const epochs = numberOf(text);
      // Its steps are thirds of the run: they move with it.
      const schedule = config.schedule.kind === 'step' ? defaultSchedule('step', epochs) : config.schedule;
      return { ...config, epochs, schedule };
    }
    case 'batchSize':
    case 'validationShare':
    case 'seed':
      return { ...config, [id]: numberOf(text) };
    case 'earlyStoppingPatience': {
      const patience = numberOf(text);
      return { ...config, earlyStoppingPatience: patience === 0 ? null : patience };
    }
    case 'optimizer':
      return { ...config, optimizer: optimizerFor(text, optimizer) };
    case 'learningRate':
    case 'momentum':
    case 'alpha':
    case 'weightDecay':
      return { ...config, optimizer: { ...optimizer, [id]: numberOf(text) } };
    case 'decayNorms':
      return { ...config, parameterGroups: { ...config.parameterGroups, decayNorms: text === 'all' } };
    case 'learningRateFactors':
      return { ...config, parameterGroups: { ...config.parameterGroups, learningRateFactors: factorsOf(text) } };
    case 'precision':
      return { ...config, precision: text };
    case 'labelSmoothing':
      return { ...config, loss: { ...config.loss, labelSmoothing: numberOf(text) } };
    case 'clipping':
      return { ...config, clipping: clippingFor(text, config.clipping) };
    case 'clippingMaximum':
      return { ...config, clipping: { ...config.clipping, maximum: numberOf(text) } };
    case 'augmentation':
      return text === ownTransforms ? config : { ...config, augment: augmentationOf(config.augment, text) };
    case 'transforms':
      return { ...config, augment: augmentationOf(config.augment, text) };
    case 'schedule':
      return { ...config, schedule: defaultSchedule(scheduleKind(text), config.epochs) };
    default:
      return withDataField(config, id, text);
  }
}

const optimizerOptions: readonly FieldOption[] = [
  { text: 'adam', label: 'Adam', detail: 'Adapts each weight’s step by itself; learns fast without tuning' },
  { text: 'adamw', label: 'AdamW', detail: 'Adam with decoupled weight decay' },
  { text: 'sgd', label: 'SGD', detail: 'Gradient descent with momentum' },
  { text: 'sgd-nesterov', label: 'SGD, Nesterov', detail: 'Gradient descent with Nesterov’s momentum' },
  { text: 'rmsprop', label: 'RMSprop', detail: 'Divides each gradient by its recent size' },
];

const decayOptions: readonly FieldOption[] = [
  { text: 'all', label: 'all parameters', detail: 'As PyTorch’s optimizers do by themselves' },
  { text: 'weights', label: 'weights alone', detail: 'Not of biases and of normalisation layers' },
];

const clippingOptions: readonly FieldOption[] = [
  { text: 'none', label: 'off', detail: 'Gradients stay as they are' },
  { text: 'norm', label: 'by norm', detail: 'All gradients of a step are scaled alike where their norm is too large' },
  { text: 'value', label: 'by value', detail: 'Each gradient is cut by itself' },
];

const precisionOptions: readonly FieldOption[] = [
  { text: 'f32', label: 'f32', detail: 'All numbers with 32 bits' },
  { text: 'f16', label: 'f16', detail: 'Activations and their gradients with 16 bits, under a scaled loss; on GPUs' },
];

const ownTransforms = 'own';

const augmentationOptions: readonly FieldOption[] = [
  ...augmentationPresets.map(({ name, label, meaning }) => ({ text: name, label, detail: meaning })),
  { text: ownTransforms, label: 'own transforms', detail: 'As Transforms of images, the next row, says' },
];

function augmentationOption({ train }: AugmentationConfig): string {
  const text = formatPipeline(train);
  return augmentationPresets.find((preset) => preset.text === text)?.name ?? ownTransforms;
}

/** What evaluation is given goes with the transforms that it was given with. */
function augmentationOf(before: AugmentationConfig, text: string): AugmentationConfig {
  const train = parseAugmentation(text);
  return formatPipeline(train) === formatPipeline(before.train) ? before : { train, evaluation: null };
}

/** `features=0.1, classifier=2` */
function shownFactors(factors: readonly LearningRateFactor[]): string {
  return factors.map(({ prefix, factor }) => `${prefix}=${factor}`).join(', ');
}

function factorsOf(text: string): readonly LearningRateFactor[] {
  const parts = text.split(/[,;\s]+/).filter((part) => part !== '');
  return parts.map((part) => {
    const [prefix = '', factor, ...more] = part.split('=');
    if (factor === undefined || more.length > 0) throw new UserError(`'${part}' is not of the form features=0.1.`);
    return { prefix, factor: numberOf(factor) };
  });
}

/** Another kind begins with a usual maximum. */
function clippingFor(text: string, current: ClippingConfig): ClippingConfig {
  switch (text) {
    case current.kind:
      return current;
    case 'none':
      return { kind: 'none' };
    case 'norm':
    case 'value':
      return { kind: text, maximum: 1 };
    default:
      throw new UserError(`Gradients are not clipped by '${text}'.`);
  }
}

function optimizerOption(optimizer: OptimizerConfig): string {
  return optimizer.kind === 'sgd' && optimizer.nesterov ? 'sgd-nesterov' : optimizer.kind;
}

/** Another kind starts from its own defaults: their learning rates are not alike. */
function optimizerFor(text: string, current: OptimizerConfig): OptimizerConfig {
  if (text === optimizerOption(current)) return current;
  switch (text) {
    case 'adam':
    case 'adamw':
    case 'rmsprop':
      return defaultOptimizer(text);
    case 'sgd':
    case 'sgd-nesterov': {
      const base = current.kind === 'sgd' ? current : defaultOptimizer('sgd');
      return { ...base, nesterov: text === 'sgd-nesterov' } as OptimizerConfig;
    }
    default:
      throw new UserError(`There is no optimizer '${text}'.`);
  }
}

const scheduleOptions: readonly FieldOption[] = [
  { text: 'constant', label: 'Constant', detail: 'The learning rate stays as it is' },
  { text: 'step', label: 'Step', detail: 'A tenth after each third of the epochs' },
  { text: 'cosine', label: 'Cosine', detail: 'Falls to zero along half a cosine wave' },
  {
    text: 'one-cycle',
    label: 'One cycle',
    detail: 'Rises for a third of the run, then falls; the learning rate is the highest',
  },
];

function scheduleKind(text: string): ScheduleConfig['kind'] {
  const option = scheduleOptions.find((each) => each.text === text);
  if (!option) throw new UserError(`There is no schedule '${text}'.`);
  return option.text as ScheduleConfig['kind'];
}
