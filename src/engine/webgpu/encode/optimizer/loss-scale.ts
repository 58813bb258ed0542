import { growthInterval } from '../../../../core/train/loss-scale';
import { numberAttribute } from '../../../steps/attributes';
import { inputOf } from '../../../steps/tensors';
import type { Encoder } from '../encoder';
import { encodeSumOfSquares } from './clip-norm';

/**
 * What scaled gradients are multiplied by: 1 / scale, and less where their norm would be above `maximum` (0: any norm may be); 0 where
 * one of them is infinite or no number: then the step is skipped. Inputs: gradients, and the scale.
 */
export const encodeUnscale: Encoder = (step, program) => {
  const [gradients, scale] = [step.inputs.slice(0, -1), inputOf(step, step.inputs.length - 1)];
  const squares = program.scratch(1);
  encodeSumOfSquares(program, step.op, gradients, { to: squares });
  program.forEach({
    name: step.op,
    tensors: { squares, scale, factor: step.output },
    numbers: { maximum: numberAttribute(step.attrs, 'maximum') },
    size: 1,
    body: `  let sum = load_squares(0u);
  let inverse = 1.0 / load_scale(0u);
  let norm = sqrt(sum) * inverse + 1e-6;
  let clipped = select(inverse, inverse * (p.maximum / norm), p.maximum > 0.0 && norm > p.maximum);
  store_factor(0u, select(clipped, 0.0, is_nan(sum) || is_infinite(sum)));`,
  });
};

/** The scale of the next step. Inputs: scale, steps (see core/train/loss-scale.ts), and the factor of this step. */
export const encodeUpdateLossScale: Encoder = (step, program) => {
  const [scale, steps, factor] = [inputOf(step, 0), inputOf(step, 1), inputOf(step, 2)];
  program.forEach({
    name: step.op,
    tensors: { scale, steps, factor },
    numbers: { interval: growthInterval },
    size: 1,
    body: `  let old = load_scale(0u);
  if (load_factor(0u) == 0.0) {
    store_scale(0u, 0.5 * old);
    store_steps(0u, 0.0);
    store_steps(1u, load_steps(1u) + 1.0);
    return;
  }
  let good = load_steps(0u) + 1.0;
  let grows = good >= p.interval;
  store_scale(0u, select(old, 2.0 * old, grows && !is_infinite(2.0 * old)));
  store_steps(0u, select(good, 0.0, grows));`,
  });
};
