import { multiplyDims, productOfDims, type Dim } from '../../graph/dim';
import type { NodeId } from '../../graph/graph';
import type { OpDefinition } from '../op';
import { inputAt } from '../shapes';
import { resultDtype } from './promote';

/** Kronecker product: every size is the product of the two; the shorter shape counts as beginning with ones. Source: PyTorch, kron. */
export const kron: OpDefinition = {
  name: 'kron',
  title: 'kron',
  inferType(inputs) {
    const [a, b] = [inputAt(inputs, 0).shape, inputAt(inputs, 1).shape];
    const rank = Math.max(a.length, b.length);
    const shape = Array.from({ length: rank }, (_, dim) => multiplyDims(a.at(dim - rank) ?? 1, b.at(dim - rank) ?? 1));
    return { shape, dtype: resultDtype(inputs) };
  },
  lower({ add, node, typeOf }) {
    const [a, b] = node.inputs as [NodeId, NodeId];
    const rank = node.type.shape.length;
    const sizes = (id: NodeId): readonly Dim[] =>
      Array.from({ length: rank }, (_, dim) => typeOf(id).shape.at(dim - rank) ?? 1).map((size, dim) =>
        dim - rank < -typeOf(id).shape.length ? 1 : size,
      );
    const left = add('reshape', { shape: sizes(a).flatMap((size) => [size, 1]) }, [a]);
    const right = add('reshape', { shape: sizes(b).flatMap((size) => [1, size]) }, [b]);
    return add('reshape', { shape: node.type.shape }, [add('multiply', {}, [left, right])]);
  },
  flops: (_inputs, output) => productOfDims(output.shape),
  receptiveField: () => ({ kind: 'global' }),
};
