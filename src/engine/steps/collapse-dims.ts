/** One dimension of a walk through a result: its size, and the steps of the operands along it, in elements; 0: broadcast. */
export interface StridedDim {
  readonly size: number;
  readonly steps: readonly number[];
}

/**
 * The dimensions of `shape`, the last one first, with the steps of dense operands that are broadcast to it. Neighbours that
 * all operands step through alike are one dimension; sizes of 1 are gone.
 */
export function collapseDims(
  shape: readonly number[],
  operands: readonly (readonly number[])[],
): readonly StridedDim[] {
  const dims: { size: number; steps: number[] }[] = [];
  const strides = operands.map(() => 1);
  for (let fromEnd = 1; fromEnd <= shape.length; fromEnd++) {
    const size = shape.at(-fromEnd) ?? 1;
    const steps = operands.map((operand, index) => {
      const own = operand.at(-fromEnd) ?? 1;
      const stride = strides[index] ?? 1;
      strides[index] = stride * (fromEnd <= operand.length ? own : 1);
      return fromEnd > operand.length || own === 1 ? 0 : stride;
    });
    if (size === 1) continue;
    const last = dims.at(-1);
    const joins = last?.steps.every((step, index) => steps[index] === step * last.size);
    if (last && joins) last.size *= size;
    else dims.push({ size, steps });
  }
  return dims;
}
