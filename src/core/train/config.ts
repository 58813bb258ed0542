import type { AugmentationConfig } from '../data/augmentation';
import type { SplitConfig } from '../data/split-config';

/** Everything that decides a run's numbers, apart from the model and the data, and what is kept of it. Written into run.json as it stands. */
export interface TrainConfig {
  readonly epochs: number;
  readonly batchSize: number;
  readonly optimizer: OptimizerConfig;
  readonly schedule: ScheduleConfig;
  readonly loss: LossConfig;
  readonly clipping: ClippingConfig;
  readonly parameterGroups: ParameterGroupsConfig;
  /** Of training images alone. */
  readonly augment: AugmentationConfig;
  /** Of whole training batches, after that. */
  readonly mixing: MixingConfig;
  readonly sampler: SamplerKind;
  /** `f16`: activations and their gradients are kept with 16 bits on the GPU, under a scaled loss; weights and sums stay f32. */
  readonly precision: Precision;
  /** 32-bit unsigned. */
  readonly seed: number;
  /** Share of the training images kept for validation where the data set has no split of its own; in (0, 1). */
  readonly validationShare: number;
  /** How those are chosen. */
  readonly split: SplitConfig;
  /** Stops when the validation loss has not improved for this many epochs; null: never. */
  readonly earlyStoppingPatience: number | null;
  /** Megabytes (10⁶ bytes) that the weights of single epochs may take together on the disk; 0: only the best and the last are kept. */
  readonly epochCheckpointsMb: number;
}

export const precisions = ['f32', 'f16'] as const;

export type Precision = (typeof precisions)[number];

export type OptimizerConfig =
  | {
      readonly kind: 'sgd';
      readonly learningRate: number;
      readonly momentum: number;
      readonly nesterov: boolean;
      readonly weightDecay: number;
    }
  | {
      readonly kind: 'adam' | 'adamw';
      readonly learningRate: number;
      readonly beta1: number;
      readonly beta2: number;
      readonly epsilon: number;
      readonly weightDecay: number;
      /** Divides by the largest second moment so far. Runs of earlier versions do not say it. */
      readonly amsgrad?: boolean;
    }
  | {
      readonly kind: 'rmsprop';
      readonly learningRate: number;
      /** How much of the mean square is kept at each step. */
      readonly alpha: number;
      readonly epsilon: number;
      readonly momentum: number;
      /** Divides by the standard deviation instead of the root of the mean square. */
      readonly centered: boolean;
      readonly weightDecay: number;
    };

/** What is minimised, beyond the mean cross-entropy. Losses of validation and test are without it, so that runs can be compared. */
export interface LossConfig {
  /** ε: a target is (1 − ε) for its class, and ε shared out among all. In [0, 1). */
  readonly labelSmoothing: number;
  readonly classWeights: ClassWeights;
}

/**
 * `balanced`: images of a class with half as many count twice. An object: what images of the classes named in it count; of others 1.
 * Of a head of logits that say yes or no (see head.ts) they weigh the yes.
 */
export type ClassWeights = 'none' | 'balanced' | Readonly<Record<string, number>>;

export const samplerKinds = ['shuffle', 'balanced'] as const;

/**
 * `shuffle`: an epoch takes every training image once. `balanced`: it takes as many, drawn anew each time, so that every class is as
 * likely (torch WeightedRandomSampler with replacement, weights 1 / images of the class).
 */
export type SamplerKind = (typeof samplerKinds)[number];

/**
 * Training batches whose images are mixed with each other, and their targets with them. Where both are asked for, one of them is
 * drawn for each batch. Source: torchvision, references/classification (RandomMixup, RandomCutmix, RandomChoice).
 */
export interface MixingConfig {
  /** α of the shares λ ~ Beta(α, α) by which two images are averaged (Zhang et al., mixup, 2018); 0: none. */
  readonly mixup: number;
  /** α of the shares λ ~ Beta(α, α) of an image that a box of another leaves (Yun et al., CutMix, 2019); 0: none. */
  readonly cutmix: number;
  /** How many of the batches are mixed, in [0, 1]. */
  readonly probability: number;
}

/** What becomes of large gradients before the optimiser sees them (torch clip_grad_norm_, clip_grad_value_). */
export type ClippingConfig =
  | { readonly kind: 'none' }
  /** All are scaled alike, so that their Euclidean norm together is `maximum` at most. */
  | { readonly kind: 'norm'; readonly maximum: number }
  /** Each lies in [−maximum, maximum]. */
  | { readonly kind: 'value'; readonly maximum: number };

/** Parameters that are trained otherwise than the others, as torch's parameter groups are. */
export interface ParameterGroupsConfig {
  /** False: no weight decay for parameters of one dimension: biases, and the weights of normalisation layers. */
  readonly decayNorms: boolean;
  /** The longest prefix of a parameter's name decides; none: 1. */
  readonly learningRateFactors: readonly LearningRateFactor[];
}

export interface LearningRateFactor {
  /** Of names in the state_dict, by whole parts: `layer1` and `layer1.0` are prefixes of `layer1.0.weight`. */
  readonly prefix: string;
  readonly factor: number;
}

/** How the learning rate moves. Step and cosine change once an epoch, one-cycle every step, as their PyTorch namesakes are used. */
export type ScheduleConfig =
  | { readonly kind: 'constant' }
  /** × gamma every `stepEpochs` epochs (torch StepLR). */
  | { readonly kind: 'step'; readonly stepEpochs: number; readonly gamma: number }
  /** From the learning rate to `minimum` over all epochs (torch CosineAnnealingLR). */
  | { readonly kind: 'cosine'; readonly minimum: number }
  /** torch OneCycleLR with cosine annealing: the optimiser's learning rate is its max_lr. */
  | {
      readonly kind: 'one-cycle';
      readonly warmupShare: number;
      readonly initialDivisor: number;
      readonly finalDivisor: number;
    };
