import type { KernelStep, PlanTensor } from '../../../plan';
import { inputOf, sizeOf } from '../../../steps/tensors';
import type { ProgramBuilder } from '../../program-builder';

/** What is summed up over the columns, and what becomes of the sum; for the norm p of a difference. */
interface Norm {
  readonly add: string;
  readonly finish: string;
  /** Of dx for a difference ≠ 0, without dy. */
  readonly slope: string;
}

/** Distances of all pairs of rows of x `[rows, columns]`. */
export function encodePdist(step: KernelStep, program: ProgramBuilder): void {
  const x = inputOf(step, 0);
  const { add, finish } = normOf(step);
  program.forEach({
    name: 'pdist',
    tensors: { x, y: step.output },
    ...parametersOf(step, x),
    size: sizeOf(step.output),
    functions: pairFunction,
    body: `  var r = 0u;
  while (r + 2u < p.rows && pair_of(p.rows, r + 1u, r + 2u) <= i) { r++; }
  let c = i - pair_of(p.rows, r, r + 1u) + r + 1u;
  var sum = 0.0;
  for (var k = 0u; k < p.columns; k++) {
    let magnitude = abs(load_x(r * p.columns + k) - load_x(c * p.columns + k));
    ${add}
  }
  store_y(i, ${finish});`,
  });
}

/** Inputs: dy, x, y. Each element of dx goes through the pairs of its row in their order. */
export function encodePdistGrad(step: KernelStep, program: ProgramBuilder): void {
  const x = inputOf(step, 1);
  program.forEach({
    name: 'pdist_grad',
    tensors: { dy: inputOf(step, 0), x, y: inputOf(step, 2), dx: step.output },
    ...parametersOf(step, x),
    size: sizeOf(step.output),
    functions: pairFunction,
    body: `  let row = i / p.columns;
  let column = i % p.columns;
  var sum = 0.0;
  for (var r = 0u; r < p.rows; r++) {
    if (r == row) { continue; }
    let pair = pair_of(p.rows, min(r, row), max(r, row));
    let distance = load_y(pair);
    let difference = load_x(i) - load_x(r * p.columns + column);
    if (difference == 0.0 || distance == 0.0) { continue; }
    sum += load_dy(pair) * ${normOf(step).slope};
  }
  store_dx(i, sum);`,
  });
}

function normOf({ attrs: { p } }: KernelStep): Norm {
  switch (p) {
    case 0:
      return { add: 'sum += select(0.0, 1.0, magnitude != 0.0);', finish: 'sum', slope: '0.0' };
    case 1:
      return { add: 'sum += magnitude;', finish: 'sum', slope: 'sign(difference)' };
    case 2:
      return { add: 'sum = fma(magnitude, magnitude, sum);', finish: 'sqrt(sum)', slope: '(difference / distance)' };
    case 'inf':
      return {
        add: 'sum = max(sum, magnitude);',
        finish: 'sum',
        slope: 'select(0.0, sign(difference), abs(difference) == distance)',
      };
    default:
      return {
        add: 'if (magnitude > 0.0) { sum += pow(magnitude, p.exponent); }',
        finish: 'select(0.0, pow(sum, 1.0 / p.exponent), sum > 0.0)',
        slope: '(sign(difference) * pow(abs(difference) / distance, p.exponent - 1.0))',
      };
  }
}

function parametersOf({ attrs }: KernelStep, { shape }: PlanTensor) {
  const [rows = 0, columns = 0] = shape;
  return {
    sizes: { rows, columns },
    numbers: { exponent: typeof attrs['p'] === 'number' ? attrs['p'] : 1 },
  };
}

/** Number of the pair of rows i < j. */
const pairFunction = `fn pair_of(rows: u32, i: u32, j: u32) -> u32 {
  return (i * (2u * rows - i - 1u)) / 2u + j - i - 1u;
}`;
