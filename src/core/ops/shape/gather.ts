import { formatShape, productOfDims } from '../../graph/dim';
import type { NodeId, Shape, TensorType } from '../../graph/graph';
import { dtypeName } from '../arithmetic/promote';
import { OpError, type NodeAdder, type OpDefinition } from '../op';
import { dimAt, inputAt } from '../shapes';

export type GatherAttributes = { readonly dim: number };

/** For each element of the index (the second input) the one that it names along `dim`. Source: PyTorch, gather. */
export const gather: OpDefinition<GatherAttributes> = {
  name: 'gather',
  title: 'gather',
  inferType(inputs, { dim }) {
    const [input, index] = [inputAt(inputs, 0), inputAt(inputs, 1)];
    requireIndex('gather', index);
    const fits =
      index.shape.length === input.shape.length &&
      index.shape.every((size, at) => at === dim || !isLarger(size, input.shape[at] ?? 1));
    if (!fits) {
      throw new OpError(
        `gather: an index of shape ${formatShape(index.shape)} does not fit a tensor of shape ${formatShape(input.shape)}.`,
      );
    }
    return { shape: index.shape, dtype: input.dtype };
  },
  receptiveField: (_inputs, { dim }) => ({ kind: 'mixes', dims: [dim] }),
  // Along the other dimensions the index may be smaller; what it does not reach is cut off.
  lower({ add, typeOf, node, attrs }) {
    const [x = 0, index = 0] = node.inputs;
    return add('gather', attrs, [fitted(add, typeOf, x, typeOf(index).shape, attrs.dim), index]);
  },
  gradient({ add, typeOf, node, attrs: { dim }, outputGradient }) {
    const [x = 0, index = 0] = node.inputs;
    const size = dimAt(typeOf(x).shape, dim);
    return [add('scatter_elements', { dim, size }, [outputGradient, index]), undefined];
  },
};

/** A tensor, cut to these sizes along all dimensions but one. */
export function fitted(
  add: NodeAdder['add'],
  typeOf: NodeAdder['typeOf'],
  x: NodeId,
  shape: Shape,
  except: number,
): NodeId {
  return shape.reduce<NodeId>((part, length, dim) => {
    const same = dim === except || typeOf(part).shape[dim] === length;
    return same ? part : add('slice', { dim, start: 0, length }, [part]);
  }, x);
}

/** Slices of dimension `dim` that the second input, a vector, names. Source: PyTorch, index_select. */
export const indexSelect: OpDefinition<GatherAttributes> = {
  name: 'index_select',
  title: 'index_select',
  inferType(inputs, { dim }) {
    const [input, index] = [inputAt(inputs, 0), inputAt(inputs, 1)];
    requireIndex('index_select', index);
    if (index.shape.length > 1) {
      throw new OpError(`index_select expects a vector of indices, got shape ${formatShape(index.shape)}.`);
    }
    const count = productOfDims(index.shape);
    return { shape: input.shape.map((size, at) => (at === dim ? count : size)), dtype: input.dtype };
  },
  receptiveField: (_inputs, { dim }) => ({ kind: 'mixes', dims: [dim] }),
  gradient({ add, typeOf, node, attrs: { dim }, outputGradient }) {
    const [x = 0, index = 0] = node.inputs;
    const size = dimAt(typeOf(x).shape, dim);
    return [add('scatter_rows', { dim, size }, [outputGradient, index]), undefined];
  },
};

/** Elements of the flattened first input that the second names. Source: PyTorch, take. */
export const take: OpDefinition = {
  name: 'take',
  title: 'take',
  inferType(inputs) {
    const [input, index] = [inputAt(inputs, 0), inputAt(inputs, 1)];
    requireIndex('take', index);
    return { shape: index.shape, dtype: input.dtype };
  },
  receptiveField: () => ({ kind: 'global' }),
  lower({ add, node }) {
    const [x = 0, index = 0] = node.inputs;
    const [flat, places] = [x, index].map((id) => add('reshape', { shape: [-1] }, [id]));
    const taken = add('index_select', { dim: 0 }, [flat ?? x, places ?? index]);
    return add('reshape', { shape: [...node.type.shape] }, [taken]);
  },
};

function isLarger(a: number | string, b: number | string): boolean {
  return typeof a === 'number' && typeof b === 'number' && a > b;
}

/** Indices are whole numbers; i32 counts only in newer versions of PyTorch. */
export function requireIndex(title: string, { dtype }: TensorType): void {
  if (dtype !== 'i64' && dtype !== 'i32') {
    throw new OpError(`${title} expects an index of int64, got a tensor of ${dtypeName(dtype)}.`);
  }
}
