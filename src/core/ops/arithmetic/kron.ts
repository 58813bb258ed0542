import { multiplyDims, productOfDims } from '../../graph/dim';
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
  flops: (_inputs, output) => productOfDims(output.shape),
  receptiveField: () => ({ kind: 'global' }),
};
