import { noAugmentation } from '../data/augmentation';
import { stratifiedSplit } from '../data/split-config';
import { assertNever } from '../errors';
import type {
  ClippingConfig,
  LossConfig,
  MixingConfig,
  OptimizerConfig,
  ParameterGroupsConfig,
  ScheduleConfig,
  TrainConfig,
} from './config';

/** Plain cross-entropy, gradients as they are, all parameters alike: what runs of earlier versions did. */
export const plainLoss: LossConfig = { labelSmoothing: 0, classWeights: 'none' };
export const noClipping: ClippingConfig = { kind: 'none' };
export const noMixing: MixingConfig = { mixup: 0, cutmix: 0, probability: 1 };
export const evenGroups: ParameterGroupsConfig = { decayNorms: true, learningRateFactors: [] };

/** What a run is started with where nothing else is asked for: trains most small networks well. */
export const defaultTrainConfig: TrainConfig = {
  epochs: 10,
  batchSize: 64,
  optimizer: defaultOptimizer('adam'),
  schedule: { kind: 'constant' },
  loss: plainLoss,
  clipping: noClipping,
  parameterGroups: evenGroups,
  augment: noAugmentation,
  mixing: noMixing,
  sampler: 'shuffle',
  precision: 'f32',
  seed: 1,
  validationShare: 0.1,
  split: stratifiedSplit,
  earlyStoppingPatience: null,
  epochCheckpointsMb: 200,
};

/** Adam, AdamW and RMSprop: PyTorch's defaults, but for RMSprop's learning rate, a tenth of it. SGD: the usual 0.01 with momentum 0.9 (PyTorch has no momentum by default). */
export function defaultOptimizer(kind: OptimizerConfig['kind']): OptimizerConfig {
  switch (kind) {
    case 'sgd':
      return { kind, learningRate: 0.01, momentum: 0.9, nesterov: false, weightDecay: 0 };
    case 'adam':
      return { kind, learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, amsgrad: false };
    case 'adamw':
      return { kind, learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01, amsgrad: false };
    case 'rmsprop':
      return {
        kind,
        learningRate: 0.001,
        alpha: 0.99,
        epsilon: 1e-8,
        momentum: 0,
        centered: false,
        weightDecay: 0,
      };
    default:
      return assertNever(kind);
  }
}

/** Step: a tenth after each third of the run. One-cycle: PyTorch's defaults. */
export function defaultSchedule(kind: ScheduleConfig['kind'], epochs: number): ScheduleConfig {
  switch (kind) {
    case 'constant':
      return { kind };
    case 'step':
      return { kind, stepEpochs: Math.max(1, Math.ceil(epochs / 3)), gamma: 0.1 };
    case 'cosine':
      return { kind, minimum: 0 };
    case 'one-cycle':
      return { kind, warmupShare: 0.3, initialDivisor: 25, finalDivisor: 1e4 };
    default:
      return assertNever(kind);
  }
}
