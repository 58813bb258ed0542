import { assertNever } from '../errors';
import type { OptimizerConfig } from './config';

/** What an optimiser keeps for each parameter, by torch's names; one flat region of the state for each. */
export function momentNames(config: OptimizerConfig): readonly string[] {
  switch (config.kind) {
    case 'sgd':
      return config.momentum === 0 ? [] : ['momentum_buffer'];
    case 'adam':
    case 'adamw':
      return ['exp_avg', 'exp_avg_sq'];
    default:
      return assertNever(config);
  }
}

/** The Plan step that applies the optimiser: its name and attributes. */
export function optimizerKernel(config: OptimizerConfig): { op: string; attrs: Readonly<Record<string, boolean>> } {
  return config.kind === 'sgd'
    ? { op: 'sgd', attrs: { momentum: config.momentum !== 0, nesterov: config.nesterov } }
    : { op: config.kind, attrs: {} };
}

/** Length of the plan input `hyper`. */
export const hyperLength = 8;

/**
 * The numbers of one optimiser step, as the kernels read them. `step` counts from 1 over the whole run.
 * sgd: [lr, weightDecay, momentum, 1 for the first step]; adam, adamw: [lr, 1 − β₁, 1 − β₂, ε, weightDecay, 1 − β₁ᵗ, √(1 − β₂ᵗ)];
 * 1 − β from doubles, because 1 − 0.999 is 5·10⁻⁵ off when 0.999 was rounded to float32 first.
 * Source: torch.optim.SGD, Adam, AdamW.
 */
export function hyperparameters(config: OptimizerConfig, learningRate: number, step: number): Float32Array {
  const hyper = new Float32Array(hyperLength);
  switch (config.kind) {
    case 'sgd':
      hyper.set([learningRate, config.weightDecay, config.momentum, step === 1 ? 1 : 0]);
      return hyper;
    case 'adam':
    case 'adamw': {
      const { beta1, beta2, epsilon, weightDecay } = config;
      const correction = [1 - beta1 ** step, Math.sqrt(1 - beta2 ** step)];
      hyper.set([learningRate, 1 - beta1, 1 - beta2, epsilon, weightDecay, ...correction]);
      return hyper;
    }
    default:
      return assertNever(config);
  }
}
