import { addDims, floorDivideDims, formatShape, productOfDims, type Dim } from '../../graph/dim';
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
  gradient({ add, typeOf, node, attrs: { dim, step }, outputGradient }) {
    const whole = dimAt(typeOf(node.inputs[0] ?? 0).shape, dim);
    return [add('unfold_dimension_grad', { dim, step, whole }, [outputGradient])];
  },
};

export type UnfoldDimensionGradAttributes = { readonly dim: number; readonly step: number; readonly whole: Dim };

/** dL/dx `[…, whole, …]` from dL/dy: each element is the sum of the windows' that hold it. */
export const unfoldDimensionGrad: OpDefinition<UnfoldDimensionGradAttributes> = {
  name: 'unfold_dimension_grad',
  title: 'unfold, gradient',
  inferType(inputs, { dim, whole }) {
    const { shape, dtype } = inputAt(inputs, 0);
    return { shape: shape.slice(0, -1).map((size, at) => (at === dim ? whole : size)), dtype };
  },
  flops: (inputs) => productOfDims(inputAt(inputs, 0).shape),
  symbolicAttributes: ['whole'],
};
