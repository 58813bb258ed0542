import type { KernelStep, PlanTensor } from '../../../plan';
import { numberAttribute } from '../../../steps/attributes';
import { inputOf, sizeOf } from '../../../steps/tensors';
import type { ProgramBuilder } from '../../program-builder';
import { asWords } from '../as-words';
import { splitIndex } from '../split-index';
import { denseStrides, encodeMove } from './move';

export function encodeDiagonal(step: KernelStep, program: ProgramBuilder): void {
  const x = inputOf(step, 0);
  const { dim1, dim2, offset } = diagonalOf(step);
  const strides = denseStrides(x.shape);
  const [down, across] = [strides[dim1] ?? 0, strides[dim2] ?? 0];
  const steps = [...strides.filter((_, dim) => dim !== dim1 && dim !== dim2), down + across];
  encodeMove(program, {
    name: step.op,
    from: x,
    to: step.output,
    first: offset < 0 ? -offset * down : offset * across,
    dims: step.output.shape.map((size, dim) => ({ size, source: steps[dim] ?? 0 })),
  });
}

/** The input as the diagonal of the result, zeros elsewhere: diag_embed, and the gradient of diagonal. */
export function encodeDiagEmbed(step: KernelStep, program: ProgramBuilder): void {
  const [x, y] = [inputOf(step, 0), step.output];
  const { dim1, dim2, offset } = diagonalOf(step);
  const dims = y.shape.map((_, dim) => dim);
  const others = dims.filter((dim) => dim !== dim1 && dim !== dim2);
  const strides = denseStrides(x.shape);
  const terms = others.map((dim, at) => `d${dim} * p.step${at}`);
  program.forEach({
    name: step.op,
    tensors: { x: asWords(x), y: asWords(y) },
    sizes: sizesOf(y, strides.slice(0, -1)),
    integers: { down: offset < 0 ? -offset : 0, across: offset > 0 ? offset : 0 },
    size: sizeOf(y),
    body: `${splitIndex(
      'i',
      dims.map((dim) => `d${dim}`),
      dims.map((dim) => `p.size${dim}`),
    )}
  let along = i32(d${dim1}) - p.down;
  var value = 0i;
  if (along >= 0 && along == i32(d${dim2}) - p.across) {
    value = load_x(${[...terms, 'u32(along)'].join(' + ')});
  }
  store_y(i, value);`,
  });
}

function diagonalOf({ attrs }: KernelStep) {
  return {
    offset: numberAttribute(attrs, 'offset'),
    dim1: numberAttribute(attrs, 'dim1'),
    dim2: numberAttribute(attrs, 'dim2'),
  };
}

function sizesOf({ shape }: PlanTensor, steps: readonly number[]): Record<string, number> {
  return Object.fromEntries([
    ...shape.map((size, dim) => [`size${dim}`, size] as const),
    ...steps.map((step, at) => [`step${at}`, step] as const),
  ]);
}

/** tril and triu: what is outside of the triangle is zero, whatever it was. */
export function encodeTriangle(step: KernelStep, program: ProgramBuilder): void {
  const x = inputOf(step, 0);
  program.forEach({
    name: step.op,
    tensors: { x: asWords(x), y: asWords(step.output) },
    sizes: { height: x.shape.at(-2) ?? 1, width: x.shape.at(-1) ?? 1 },
    integers: { diagonal: numberAttribute(step.attrs, 'diagonal') },
    size: sizeOf(x),
    body: `  let behind = i32(i % p.width) - i32((i / p.width) % p.height) - p.diagonal;
  var value = 0i;
  if (behind ${step.op === 'triu' ? '>=' : '<='} 0) { value = load_x(i); }
  store_y(i, value);`,
  });
}
