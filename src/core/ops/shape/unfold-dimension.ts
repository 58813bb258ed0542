import { addDims, floorDivideDims, formatShape } from '../../graph/dim';
import { OpError, type OpDefinition } from '../op';
import { dimAt, inputAt } from '../shapes';

export type UnfoldDimensionAttributes = { readonly dim: number; readonly size: number; readonly step: number };

/** Windows of one dimension, whose elements make a new last one: `[…, L, …]` → `[…, ⌊(L − size)/step⌋ + 1, …, size]`. Source: PyTorch, Tensor.unfold. */
export const unfoldDimension: OpDefinition<UnfoldDimensionAttributes> = {
  name: 'unfold_dimension',
  title: 'unfold',
  inferType(inputs, { dim, size, step }) {
    const { shape, dtype } = inputAt(inputs, 0);
    const whole = dimAt(shape, dim);
    if (step < 1) throw new OpError(`unfold: the step must be positive, got ${step}.`);
    if (typeof whole === 'number' && size > whole) {
      throw new OpError(`unfold: a window of ${size} is larger than dimension ${dim} of shape ${formatShape(shape)}.`);
    }
    const windows = addDims(floorDivideDims(addDims(whole, -size), step), 1);
    return { shape: [...shape.map((old, index) => (index === dim ? windows : old)), size], dtype };
  },
  receptiveField: () => ({ kind: 'global' }),
  formulas(inputs, output, { dim, size, step }) {
    const whole = dimAt(inputAt(inputs, 0).shape, dim);
    return [{ name: `dimension ${dim}`, text: `⌊(${whole} − ${size})/${step}⌋ + 1 = ${dimAt(output.shape, dim)}` }];
  },
};
