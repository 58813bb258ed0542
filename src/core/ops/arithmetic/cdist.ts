import { formatShape, multiplyDims, productOfDims } from '../../graph/dim';
import type { NodeId } from '../../graph/graph';
import { OpError, type OpDefinition } from '../op';
import { dimAt, inputAt } from '../shapes';
import { broadcastShapes, requireEqualSizes } from './broadcast';
import { resultDtype } from './promote';

export type CdistAttributes = {
  /** Exponent, or `inf`; absent: 2. */
  readonly p?: number | string;
};

/** Distances of all rows of `[…, p, m]` from all rows of `[…, r, m]` → `[…, p, r]`. Source: PyTorch, cdist. */
export const cdist: OpDefinition<CdistAttributes> = {
  name: 'cdist',
  title: 'cdist',
  inferType(inputs) {
    const [a, b] = [inputAt(inputs, 0).shape, inputAt(inputs, 1).shape];
    if (a.length < 2 || b.length < 2) {
      throw new OpError(`cdist expects rows of vectors, got shapes ${formatShape(a)} and ${formatShape(b)}.`);
    }
    const [left, right] = [dimAt(a, -1), dimAt(b, -1)];
    requireEqualSizes('cdist', left, right, () => `cdist: vectors of ${left} and ${right} values have no distance.`);
    const batch = broadcastShapes('cdist', a.slice(0, -2), b.slice(0, -2));
    return { shape: [...batch, dimAt(a, -2), dimAt(b, -2)], dtype: resultDtype(inputs) };
  },
  // A difference, its square and a sum.
  flops: (inputs, output) =>
    multiplyDims(multiplyDims(3, dimAt(inputAt(inputs, 0).shape, -1)), productOfDims(output.shape)),
  lower({ add, attrs, node, typeOf }) {
    const [a, b] = node.inputs as [NodeId, NodeId];
    const withDimension = (id: NodeId, dim: number): NodeId => {
      const { shape } = typeOf(id);
      return add('reshape', { shape: [...shape.slice(0, dim), 1, ...shape.slice(dim)] }, [id]);
    };
    const rows = withDimension(a, typeOf(a).shape.length - 1);
    const distance = add('subtract', {}, [rows, withDimension(b, typeOf(b).shape.length - 2)]);
    const dims = [typeOf(distance).shape.length - 1];
    return add('norm', { dims, keepDims: false, ...(attrs.p === undefined ? {} : { p: attrs.p }) }, [distance]);
  },
  receptiveField: (inputs) => ({ kind: 'mixes', dims: [inputAt(inputs, 0).shape.length - 1] }),
};
