import { inputOf } from '../../../steps/tensors';
import type { Encoder } from '../encoder';
import { runLines } from '../line-kernel';
import { exponentialsOfLine } from '../activation/softmax';
import { reducedLines } from './sums';

/** log Σ e^x */
export const encodeLogSumExp: Encoder = (step, program) => {
  const x = inputOf(step, 0);
  runLines(program, {
    name: step.op,
    tensors: { x, y: step.output },
    lines: reducedLines(step, x),
    folds: ['most', 'sum'],
    // Infinite ones are what the sum is; so is NaN.
    body: `${exponentialsOfLine}
  if (exists && lane == 0u) {
    store_y(line, select(shift, logarithm(total) + shift, !is_infinite(shift) && !is_nan(shift)));
  }`,
  });
};

/** dy times the product of the others: beside one zero only its own place has a gradient, beside several none. */
export const encodeProdGrad: Encoder = (step, program) => {
  const x = inputOf(step, 1);
  runLines(program, {
    name: step.op,
    tensors: { dy: inputOf(step, 0), x, dx: step.output },
    lines: reducedLines(step, x),
    folds: ['product', 'word_sum'],
    body: `  var part = 1.0;
  var own_zeros = 0;
  for (var k = lane; k < count; k += LANES) {
    let x = load_x(element(k));
    if (x == 0.0) { own_zeros += 1; } else { part *= x; }
  }
  let others = product(part);
  let zeros = word_sum(own_zeros);
  let dy = load_dy(min(line, p.lines - 1u));
  for (var k = lane; k < count; k += LANES) {
    let i = element(k);
    let x = load_x(i);
    var slope = 0.0;
    if (zeros == 0) { slope = others / x; } else if (zeros == 1 && x == 0.0) { slope = others; }
    store_dx(i, dy * slope);
  }`,
  });
};
