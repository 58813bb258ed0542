/** Everything that decides a run's numbers, apart from the model and the data. Written into run.json as it stands. */
export interface TrainConfig {
  readonly epochs: number;
  readonly batchSize: number;
  readonly optimizer: OptimizerConfig;
  readonly schedule: ScheduleConfig;
  /** 32-bit unsigned. */
  readonly seed: number;
  /** Share of the training images kept for validation where the data set has no split of its own; in (0, 1). */
  readonly validationShare: number;
  /** Stops when the validation loss has not improved for this many epochs; null: never. */
  readonly earlyStoppingPatience: number | null;
}

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
    };

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
