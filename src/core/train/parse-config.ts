import { evaluationNames } from '../data/augment/evaluation-transforms';
import { parseTransforms } from '../data/augment/parse-transform';
import { shorthandTransforms } from '../data/augment/shorthand-transforms';
import { noAugmentation, type AugmentationConfig } from '../data/augmentation';
import { stratifiedSplit } from '../data/split-config';
import { UserError } from '../errors';
import {
  precisions,
  type ClippingConfig,
  type LearningRateFactor,
  type LossConfig,
  type OptimizerConfig,
  type ParameterGroupsConfig,
  type Precision,
  type ScheduleConfig,
  type TrainConfig,
} from './config';
import { defaultTrainConfig, evenGroups, noClipping, noMixing, plainLoss } from './defaults';
import { parseClassWeights, parseMixing, parseSampler, parseSplit } from './parse-data-config';
import { integer, number, objectOf, show } from './parse-values';

/**
 * Reads a configuration from outside (IPC, run.json, settings). Throws a UserError that names the value that does not fit.
 * What earlier versions did not know may be missing.
 */
export function parseTrainConfig(value: unknown): TrainConfig {
  const fields = objectOf(value, 'The training configuration');
  return {
    epochs: integer(fields.epochs, 'The number of epochs', 1, 100_000),
    batchSize: integer(fields.batchSize, 'The batch size', 1, 65_536),
    optimizer: parseOptimizer(fields.optimizer),
    schedule: parseSchedule(fields.schedule),
    loss: fields.loss === undefined ? plainLoss : parseLoss(fields.loss),
    clipping: fields.clipping === undefined ? noClipping : parseClipping(fields.clipping),
    parameterGroups: fields.parameterGroups === undefined ? evenGroups : parseGroups(fields.parameterGroups),
    augment: fields.augment === undefined ? noAugmentation : parseAugmentation(fields.augment),
    mixing: fields.mixing === undefined ? noMixing : parseMixing(fields.mixing),
    sampler: fields.sampler === undefined ? 'shuffle' : parseSampler(fields.sampler),
    precision: fields.precision === undefined ? 'f32' : parsePrecision(fields.precision),
    seed: integer(fields.seed, 'The seed', 0, 0xffff_ffff),
    validationShare: number(fields.validationShare, 'The share of images for validation', { above: 0, below: 1 }),
    split: fields.split === undefined ? stratifiedSplit : parseSplit(fields.split),
    earlyStoppingPatience:
      fields.earlyStoppingPatience === null
        ? null
        : integer(fields.earlyStoppingPatience, 'The patience of early stopping', 1, 100_000),
    epochCheckpointsMb:
      fields.epochCheckpointsMb === undefined
        ? defaultTrainConfig.epochCheckpointsMb
        : number(fields.epochCheckpointsMb, 'The room for the weights of single epochs, in MB,', { atLeast: 0 }),
  };
}

function parseOptimizer(value: unknown): OptimizerConfig {
  const fields = objectOf(value, 'The optimizer');
  const learningRate = number(fields.learningRate, 'The learning rate', { above: 0 });
  const weightDecay = number(fields.weightDecay, 'The weight decay', { atLeast: 0 });
  switch (fields.kind) {
    case 'sgd': {
      const momentum = number(fields.momentum, 'The momentum', { atLeast: 0, below: 1 });
      const nesterov = fields.nesterov === true;
      if (nesterov && momentum === 0) {
        throw new UserError('Nesterov needs a momentum above 0.', 'Set the momentum, for example to 0.9.');
      }
      return { kind: 'sgd', learningRate, momentum, nesterov, weightDecay };
    }
    case 'adam':
    case 'adamw':
      return {
        kind: fields.kind,
        learningRate,
        beta1: number(fields.beta1, 'Beta 1', { atLeast: 0, below: 1 }),
        beta2: number(fields.beta2, 'Beta 2', { atLeast: 0, below: 1 }),
        epsilon: number(fields.epsilon, 'Epsilon', { above: 0 }),
        weightDecay,
        amsgrad: fields.amsgrad === true,
      };
    case 'rmsprop':
      return {
        kind: 'rmsprop',
        learningRate,
        alpha: number(fields.alpha, 'Alpha', { atLeast: 0, below: 1 }),
        epsilon: number(fields.epsilon, 'Epsilon', { above: 0 }),
        momentum: number(fields.momentum, 'The momentum', { atLeast: 0, below: 1 }),
        centered: fields.centered === true,
        weightDecay,
      };
    default:
      throw new UserError(`There is no optimizer ${show(fields.kind)}.`, 'Use sgd, adam, adamw or rmsprop.');
  }
}

function parseLoss(value: unknown): LossConfig {
  const fields = objectOf(value, 'The loss');
  return {
    labelSmoothing: number(fields.labelSmoothing, 'The label smoothing', { atLeast: 0, below: 1 }),
    classWeights: parseClassWeights(fields.classWeights),
  };
}

function parseClipping(value: unknown): ClippingConfig {
  const fields = objectOf(value, 'The clipping of gradients');
  switch (fields.kind) {
    case 'none':
      return { kind: 'none' };
    case 'norm':
      return { kind: 'norm', maximum: number(fields.maximum, 'The largest norm of the gradients', { above: 0 }) };
    case 'value':
      return { kind: 'value', maximum: number(fields.maximum, 'The largest value of a gradient', { above: 0 }) };
    default:
      throw new UserError(`Gradients are not clipped by ${show(fields.kind)}.`, 'Use none, norm or value.');
  }
}

function parseGroups(value: unknown): ParameterGroupsConfig {
  const fields = objectOf(value, 'The parameter groups');
  const factors: unknown = fields.learningRateFactors;
  if (!Array.isArray(factors)) throw new UserError('The factors of the learning rate must be a list.');
  const learningRateFactors = factors.map(parseFactor);
  const prefixes = learningRateFactors.map(({ prefix }) => prefix);
  const twice = prefixes.find((prefix, index) => prefixes.indexOf(prefix) !== index);
  if (twice !== undefined) throw new UserError(`The learning rate of '${twice}' has two factors.`);
  return { decayNorms: fields.decayNorms !== false, learningRateFactors };
}

function parsePrecision(value: unknown): Precision {
  const precision = precisions.find((each) => each === value);
  if (!precision) throw new UserError(`There is no precision ${show(value)}.`, `Use ${precisions.join(' or ')}.`);
  return precision;
}

function parseAugmentation(value: unknown): AugmentationConfig {
  const fields = objectOf(value, 'The augmentation');
  if ('train' in fields) {
    const { train, evaluation } = fields;
    const fixed = evaluation === null || evaluation === undefined ? null : parseTransforms(evaluation);
    const random = fixed?.find(({ name }) => !evaluationNames.includes(name));
    if (random) {
      throw new UserError(
        `${random.name} is not for images of validation and test.`,
        `Use ${evaluationNames.join(', ')} there.`,
      );
    }
    return { train: parseTransforms(train), evaluation: fixed };
  }
  // Earlier versions had these two alone.
  const { flip, cropPadding } = fields;
  const padding = integer(cropPadding, 'The padding that images are cropped from', 0, 1024);
  return shorthandTransforms({ flip: flip === true, cropPadding: padding });
}

function parseFactor(value: unknown): LearningRateFactor {
  const { prefix, factor } = objectOf(value, 'A factor of the learning rate');
  if (typeof prefix !== 'string' || !/^[^\s.]+(\.[^\s.]+)*$/.test(prefix)) {
    throw new UserError(
      `${show(prefix)} does not begin a parameter's name.`,
      "Give whole parts of it, such as 'features' or 'layer4.1'.",
    );
  }
  return { prefix, factor: number(factor, `The factor of the learning rate of '${prefix}'`, { atLeast: 0 }) };
}

function parseSchedule(value: unknown): ScheduleConfig {
  const fields = objectOf(value, 'The learning-rate schedule');
  switch (fields.kind) {
    case 'constant':
      return { kind: 'constant' };
    case 'step':
      return {
        kind: 'step',
        stepEpochs: integer(fields.stepEpochs, 'The length of a schedule step in epochs', 1, 100_000),
        gamma: number(fields.gamma, 'The factor of the step schedule (gamma)', { above: 0 }),
      };
    case 'cosine':
      return { kind: 'cosine', minimum: number(fields.minimum, 'The lowest learning rate', { atLeast: 0 }) };
    case 'one-cycle':
      return {
        kind: 'one-cycle',
        warmupShare: number(fields.warmupShare, 'The warm-up share', { above: 0, below: 1 }),
        initialDivisor: number(fields.initialDivisor, 'The divisor of the first learning rate', { above: 0 }),
        finalDivisor: number(fields.finalDivisor, 'The divisor of the last learning rate', { above: 0 }),
      };
    default:
      throw new UserError(
        `There is no learning-rate schedule ${show(fields.kind)}.`,
        'Use constant, step, cosine or one-cycle.',
      );
  }
}
