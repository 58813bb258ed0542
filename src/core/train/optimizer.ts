import { assertNever } from '../errors';
import type { OptimizerConfig } from './config';
import type { ParameterGroup } from './parameter-groups';

/** What an optimiser keeps for each parameter, by torch's names; one flat region of the state for each. */
export function momentNames(config: OptimizerConfig): readonly string[] {
  switch (config.kind) {
    case 'sgd':
      return config.momentum === 0 ? [] : ['momentum_buffer'];
    case 'adam':
    case 'adamw':
      return ['exp_avg', 'exp_avg_sq', ...(config.amsgrad ? ['max_exp_avg_sq'] : [])];
    case 'rmsprop':
      return [
        'square_avg',
        ...(config.momentum === 0 ? [] : ['momentum_buffer']),
        ...(config.centered ? ['grad_avg'] : []),
      ];
    default:
      return assertNever(config);
  }
}

/** The Plan step that applies the optimiser: its name and attributes. */
export function optimizerKernel(config: OptimizerConfig): { op: string; attrs: Readonly<Record<string, boolean>> } {
  switch (config.kind) {
    case 'sgd':
      return { op: 'sgd', attrs: { momentum: config.momentum !== 0, nesterov: config.nesterov } };
    case 'adam':
    case 'adamw':
      return { op: config.kind, attrs: { amsgrad: config.amsgrad === true } };
    case 'rmsprop':
      return { op: 'rmsprop', attrs: { momentum: config.momentum !== 0, centered: config.centered } };
    default:
      return assertNever(config);
  }
}

/** Numbers of one parameter group in the plan input `hyper`. */
export const hyperLength = 8;

/** The numbers of one step for each group, one after another. `rateOf`: the learning rate of a group. */
export function groupHyperparameters(
  config: OptimizerConfig,
  groups: readonly ParameterGroup[],
  rateOf: (group: ParameterGroup) => number,
  step: number,
): Float32Array {
  const hyper = new Float32Array(hyperLength * groups.length);
  groups.forEach((group, index) => {
    const decayed = group.decays ? config : { ...config, weightDecay: 0 };
    hyper.set(hyperparameters(decayed, rateOf(group), step), hyperLength * index);
  });
  return hyper;
}

/**
 * The numbers of one optimiser step, as the kernels read them. `step` counts from 1 over the whole run.
 * sgd: [lr, weightDecay, momentum, 1 for the first step]; adam, adamw: [lr, 1 − β₁, 1 − β₂, ε, weightDecay, 1 − β₁ᵗ, √(1 − β₂ᵗ)];
 * rmsprop: [lr, 1 − α, ε, weightDecay, momentum];
 * 1 − β from doubles, because 1 − 0.999 is 5·10⁻⁵ off when 0.999 was rounded to float32 first.
 * Source: torch.optim.SGD, Adam, AdamW, RMSprop.
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
    case 'rmsprop':
      hyper.set([learningRate, 1 - config.alpha, config.epsilon, config.weightDecay, config.momentum]);
      return hyper;
    default:
      return assertNever(config);
  }
}
