import { multiplyDims, productOfDims } from '../../graph/dim';
import type { NodeId } from '../../graph/graph';
import type { OpDefinition } from '../op';
import { dimAt, inputAt } from '../shapes';
import { broadcastShapes } from './broadcast';
import { sumToShape } from './sum-to-shape';

export type MatrixProductAttributes = {
  /** The first operand is given as its transpose, `[…, k, n]`. */
  readonly transposeA: boolean;
  /** The second one is, `[…, m, k]`. */
  readonly transposeB: boolean;
};

/** `[…, n, k] · […, k, m]` → `[…, n, m]`, the first dimensions broadcast: what products of matrices and vectors are lowered to. */
export const matrixProduct: OpDefinition<MatrixProductAttributes> = {
  name: 'matrix_product',
  halfStorage: true,
  title: 'product of matrices',
  inferType(inputs, { transposeA, transposeB }) {
    const [a, b] = [inputAt(inputs, 0), inputAt(inputs, 1)];
    const batch = broadcastShapes('matrix_product', a.shape.slice(0, -2), b.shape.slice(0, -2));
    const [rows, columns] = [dimAt(a.shape, transposeA ? -1 : -2), dimAt(b.shape, transposeB ? -2 : -1)];
    return { shape: [...batch, rows, columns], dtype: a.dtype };
  },
  flops: (inputs, output, { transposeA }) =>
    multiplyDims(multiplyDims(2, dimAt(inputAt(inputs, 0).shape, transposeA ? -2 : -1)), productOfDims(output.shape)),
  gradient(context) {
    const { add, attrs, node, outputGradient: dy, needs, typeOf } = context;
    const { transposeA, transposeB } = attrs;
    const [a, b] = node.inputs as [NodeId, NodeId];
    const product = (left: NodeId, leftTransposed: boolean, right: NodeId, rightTransposed: boolean): NodeId =>
      add('matrix_product', { transposeA: leftTransposed, transposeB: rightTransposed }, [left, right]);
    const ofA = (): NodeId => (transposeA ? product(b, transposeB, dy, true) : product(dy, false, b, !transposeB));
    const ofB = (): NodeId => (transposeB ? product(dy, true, a, transposeA) : product(a, !transposeA, dy, false));
    return [
      needs[0] ? sumToShape(context, ofA(), typeOf(a).shape) : undefined,
      needs[1] ? sumToShape(context, ofB(), typeOf(b).shape) : undefined,
    ];
  },
};
