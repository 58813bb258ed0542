import { elementCount } from '../../../../core/graph/dim';
import { normalizedDims, type NormalizeAttributes } from '../../../../core/ops/activation/normalize';
import type { KernelStep } from '../../../plan';
import { inputOf } from '../../../steps/tensors';
import type { Encoder } from '../encoder';
import { runLines, type Lines } from '../line-kernel';

/** x / max(‖x‖, eps) along neighbouring dimensions, ‖x‖ = √Σ x². */
export const encodeNormalize: Encoder = (step, program) => {
  runLines(program, {
    name: step.op,
    tensors: { x: inputOf(step, 0), y: step.output },
    lines: linesOf(step),
    numbers: { eps: (step.attrs as NormalizeAttributes).eps },
    folds: ['sum'],
    body: `  var terms = 0.0;
  for (var k = lane; k < count; k += LANES) {
    let x = load_x(element(k));
    terms += x * x;
  }
  let norm = sqrt(sum(terms));
  let inverse = 1.0 / select(norm, p.eps, norm < p.eps);
  for (var k = lane; k < count; k += LANES) {
    let i = element(k);
    store_y(i, load_x(i) * inverse);
  }`,
  });
};

/** dy/‖x‖ − x·(Σ dy·x)/‖x‖³; dy/eps where ‖x‖ is below eps. */
export const encodeNormalizeGrad: Encoder = (step, program) => {
  runLines(program, {
    name: step.op,
    tensors: { dy: inputOf(step, 0), x: inputOf(step, 1), dx: step.output },
    lines: linesOf(step),
    numbers: { eps: (step.attrs as NormalizeAttributes).eps },
    folds: ['sum'],
    body: `  var squares = 0.0;
  var products = 0.0;
  for (var k = lane; k < count; k += LANES) {
    let i = element(k);
    let x = load_x(i);
    squares += x * x;
    products += x * load_dy(i);
  }
  let norm = sqrt(sum(squares));
  let inverse = 1.0 / select(norm, p.eps, norm < p.eps);
  let along = select(sum(products) * inverse * inverse, 0.0, norm < p.eps);
  for (var k = lane; k < count; k += LANES) {
    let i = element(k);
    store_dx(i, (load_dy(i) - load_x(i) * along) * inverse);
  }`,
  });
};

function linesOf(step: KernelStep): Lines {
  const { shape } = inputOf(step, 0);
  const along = normalizedDims((step.attrs as NormalizeAttributes).dims, shape.length);
  const [first = 0, last = 0] = [along[0], along.at(-1)];
  return {
    outer: elementCount(shape.slice(0, first)),
    length: elementCount(shape.slice(first, last + 1)),
    inner: elementCount(shape.slice(last + 1)),
  };
}
