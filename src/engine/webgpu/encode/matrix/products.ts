import { elementCount } from '../../../../core/graph/dim';
import type { KernelStep } from '../../../plan';
import { collapseDims } from '../../../steps/collapse-dims';
import { booleanAttribute } from '../../../steps/attributes';
import { inputOf, sizeOf } from '../../../steps/tensors';
import type { ProgramBuilder } from '../../program-builder';
import { encodeProduct } from '../gemm/encode-product';
import { matrixOperand } from '../gemm/operand';
import { matrixTarget } from '../gemm/target';

/** y [rows, out] = x [rows, in]·weightᵀ + bias. */
export function encodeLinear(step: KernelStep, program: ProgramBuilder): void {
  const [x, weight, bias] = [inputOf(step, 0), inputOf(step, 1), step.inputs[2]];
  const [columns = 1, depth = 1] = weight.shape;
  const rows = sizeOf(step.output) / columns;
  encodeProduct(program, {
    ...{ kind: 'matrix', name: step.path ?? 'linear', rows, columns, depth, count: 1 },
    a: (name) => matrixOperand(name, { tensor: x, span: rows, depth, contiguous: 'depth', step: 0 }),
    b: (name) => matrixOperand(name, { tensor: weight, span: columns, depth, contiguous: 'depth', step: 0 }),
    target: matrixTarget(step.output, rows, columns, bias),
  });
}

/** dx [rows, in] = dy [rows, out]·weight. */
export function encodeLinearGradInput(step: KernelStep, program: ProgramBuilder): void {
  const [dy, weight] = [inputOf(step, 0), inputOf(step, 1)];
  const [depth = 1, columns = 1] = weight.shape;
  const rows = sizeOf(step.output) / columns;
  encodeProduct(program, {
    ...{ kind: 'matrix', name: `${step.path ?? 'linear'}, gradient of the input`, rows, columns, depth, count: 1 },
    a: (name) => matrixOperand(name, { tensor: dy, span: rows, depth, contiguous: 'depth', step: 0 }),
    b: (name) => matrixOperand(name, { tensor: weight, span: columns, depth, contiguous: 'span', step: 0 }),
    target: matrixTarget(step.output, rows, columns),
  });
}

/** dweight [out, in] = dyᵀ·x. */
export function encodeLinearGradWeight(step: KernelStep, program: ProgramBuilder): void {
  const [x, dy] = [inputOf(step, 0), inputOf(step, 1)];
  const [rows = 1, columns = 1] = step.output.shape;
  const depth = sizeOf(dy) / rows;
  encodeProduct(program, {
    ...{ kind: 'matrix', name: `${step.path ?? 'linear'}, gradient of the weight`, rows, columns, depth, count: 1 },
    a: (name) => matrixOperand(name, { tensor: dy, span: rows, depth, contiguous: 'span', step: 0 }),
    b: (name) => matrixOperand(name, { tensor: x, span: columns, depth, contiguous: 'span', step: 0 }),
    target: matrixTarget(step.output, rows, columns),
  });
}

/** The product of each pair of matrices; dimensions before the last two are broadcast. */
export function encodeMatrixProduct(step: KernelStep, program: ProgramBuilder): void {
  const [a, b, c] = [inputOf(step, 0), inputOf(step, 1), step.output];
  const aTransposed = booleanAttribute(step.attrs, 'transposeA');
  const bTransposed = booleanAttribute(step.attrs, 'transposeB');
  const [rows = 1, columns = 1] = c.shape.slice(-2);
  const depth = a.shape.at(aTransposed ? -2 : -1) ?? 1;
  const batch = c.shape.slice(0, -2);
  const dims = collapseDims(batch, [a.shape.slice(0, -2), b.shape.slice(0, -2)]);
  const [only] = dims;
  // Where both go on evenly from product to product, steps are enough; else a list of places.
  const even = dims.length <= 1;
  const places = even ? undefined : program.table(batchPlaces(batch, dims, [rows * depth, depth * columns]));
  const stepOf = (operand: number, size: number) =>
    even ? (only?.steps[operand] ?? 0) * size : { expression: `u32(load_places(2u * z + ${operand}u))` };
  encodeProduct(program, {
    ...{ kind: 'matrix', name: 'matrix_product', rows, columns, depth, count: elementCount(batch) },
    a: (name) =>
      matrixOperand(name, {
        ...{ tensor: a, span: rows, depth, contiguous: aTransposed ? 'span' : 'depth', step: stepOf(0, rows * depth) },
      }),
    b: (name) =>
      matrixOperand(name, {
        ...{ tensor: b, span: columns, depth, contiguous: bTransposed ? 'depth' : 'span' },
        step: stepOf(1, depth * columns),
      }),
    target: matrixTarget(c, rows, columns),
    ...(places ? { tensors: { places } } : {}),
  });
}

/** Where the matrices of each operand begin, in elements, pair by pair. */
function batchPlaces(
  batch: readonly number[],
  dims: ReturnType<typeof collapseDims>,
  matrixSizes: readonly [number, number],
): readonly number[] {
  return Array.from({ length: elementCount(batch) }, (_, item) => {
    let rest = item;
    const places: [number, number] = [0, 0];
    for (const { size, steps } of dims) {
      const index = rest % size;
      rest = Math.floor(rest / size);
      places[0] += index * (steps[0] ?? 0) * matrixSizes[0];
      places[1] += index * (steps[1] ?? 0) * matrixSizes[1];
    }
    return places;
  }).flat();
}
