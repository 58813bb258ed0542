import { softmaxDimension } from '../../../../core/ops/activation/softmax';
import type { KernelStep } from '../../../plan';
import { aroundDim, inputOf } from '../../../steps/tensors';
import type { Encoder } from '../encoder';
import { runLines, type Lines } from '../line-kernel';

/** The largest of a line and Σ e^(x − largest): what softmax and cross-entropy begin with. */
export const exponentialsOfLine = `  var largest = -infinity();
  for (var k = lane; k < count; k += LANES) { largest = larger(largest, load_x(element(k))); }
  let shift = most(largest);
  var terms = 0.0;
  for (var k = lane; k < count; k += LANES) { terms += exponential(load_x(element(k)) - shift); }
  let total = sum(terms);`;

export const encodeSoftmax: Encoder = (step, program) => {
  const y = step.op === 'softmax' ? 'exponential(x - shift) * inverse' : '(x - shift) - rest';
  runLines(program, {
    name: step.op,
    tensors: { x: inputOf(step, 0), y: step.output },
    lines: linesOf(step),
    folds: ['most', 'sum'],
    body: `${exponentialsOfLine}
  let inverse = 1.0 / total;
  let rest = logarithm(total);
  for (var k = lane; k < count; k += LANES) {
    let i = element(k);
    let x = load_x(i);
    store_y(i, ${y});
  }`,
  });
};

/** y·(dy − Σ dy·y), and dy − e^y·Σ dy of the logarithm. */
export const encodeSoftmaxGrad: Encoder = (step, program) => {
  const isLogarithm = step.op === 'log_softmax_grad';
  runLines(program, {
    name: step.op,
    tensors: { dy: inputOf(step, 0), y: inputOf(step, 1), dx: step.output },
    lines: linesOf(step),
    folds: ['sum'],
    body: `  var terms = 0.0;
  for (var k = lane; k < count; k += LANES) {
    let i = element(k);
    terms += load_dy(i)${isLogarithm ? '' : ' * load_y(i)'};
  }
  let total = sum(terms);
  for (var k = lane; k < count; k += LANES) {
    let i = element(k);
    store_dx(i, ${isLogarithm ? 'load_dy(i) - exponential(load_y(i)) * total' : 'load_y(i) * (load_dy(i) - total)'});
  }`,
  });
};

/** 1 at the first largest element of each line (NaN counts as the largest), else 0. */
export const encodeHardChoice: Encoder = (step, program) => {
  runLines(program, {
    name: step.op,
    tensors: { x: inputOf(step, 0), y: step.output },
    lines: linesOf(step),
    folds: ['first'],
    body: `${firstLargest}
  for (var k = lane; k < count; k += LANES) { store_y(element(k), select(0.0, 1.0, k == place)); }`,
  });
};

/** Where the first largest of x stands in a line; NaN counts as the largest. */
export const firstLargest = `  var best = i32(-2147483648);
  var best_place = 0x7fffffffu;
  for (var k = lane; k < count; k += LANES) {
    let key = order_key(load_x(element(k)));
    if (key > best || best_place == 0x7fffffffu) { best = key; best_place = k; }
  }
  let place = u32(first(best, best_place).y);`;

function linesOf({ attrs, op, output }: KernelStep): Lines {
  const dim = softmaxDimension(op, output.shape.length, typeof attrs['dim'] === 'number' ? attrs['dim'] : null);
  const [outer, length, inner] = aroundDim(output, dim);
  return { outer, length, inner };
}
