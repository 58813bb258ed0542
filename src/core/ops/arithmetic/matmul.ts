import { formatShape, multiplyDims, productOfDims, type Dim } from '../../graph/dim';
import type { NodeId, Shape } from '../../graph/graph';
import { OpError, type OpDefinition } from '../op';
import { dimAt, inputAt, sameShape } from '../shapes';
import { twoTensors } from './add';
import { broadcastShapes, requireEqualSizes } from './broadcast';
import { dtypeName } from './promote';

/**
 * Matrix product of the last two dimensions, `[…, n, k] · […, k, m]` → `[…, n, m]`; the others are broadcast. A vector
 * counts as a row on the left and as a column on the right, and that dimension is gone. Source: PyTorch, matmul.
 */
export const matmul: OpDefinition = {
  name: 'matmul',
  title: 'matmul',
  inferType(inputs) {
    const [a, b] = [inputAt(inputs, 0), inputAt(inputs, 1)];
    const shapes = `${formatShape(a.shape)} and ${formatShape(b.shape)}`;
    if (a.shape.length === 0 || b.shape.length === 0) {
      throw new OpError(`matmul: tensors of shapes ${shapes} cannot be multiplied: both need at least one dimension.`);
    }
    const [inner, rows] = [dimAt(a.shape, -1), dimAt(b.shape, b.shape.length === 1 ? -1 : -2)];
    requireEqualSizes(
      'matmul',
      inner,
      rows,
      () => `matmul: shapes ${shapes} do not fit together: ${inner} columns on the left, ${rows} rows on the right.`,
    );
    if (a.dtype !== b.dtype) {
      throw new OpError(
        `matmul: both tensors must be of one type, got ${dtypeName(a.dtype)} and ${dtypeName(b.dtype)}.`,
      );
    }
    const batch = broadcastShapes('matmul', a.shape.slice(0, -2), b.shape.slice(0, -2));
    return { shape: [...batch, ...rowsOf(a.shape), ...columnsOf(b.shape)], dtype: a.dtype };
  },
  flops: (inputs, output) =>
    multiplyDims(multiplyDims(2, dimAt(inputAt(inputs, 0).shape, -1)), productOfDims(output.shape)),
  receptiveField(inputs) {
    const [a, b] = [inputAt(inputs, 0).shape, inputAt(inputs, 1).shape];
    const last = a.length - 1;
    if (a.length === 1) return { kind: 'global' };
    if (b.length === 1) return { kind: 'reduces', dims: [last], keepDims: false };
    return b.length > a.length ? { kind: 'global' } : { kind: 'mixes', dims: [last] };
  },
  lower(context) {
    const { add, node, typeOf } = context;
    const [a, b] = node.inputs as [NodeId, NodeId];
    const [shapeOfA, shapeOfB] = [typeOf(a).shape, typeOf(b).shape];
    const reshaped = (id: NodeId, shape: Shape): NodeId =>
      sameShape(typeOf(id).shape, shape) ? id : add('reshape', { shape }, [id]);
    // Rows of all matrices of a batch that share one matrix on the right are rows of one.
    const folds = shapeOfB.length <= 2 && shapeOfA.length > 2;
    const inner = dimAt(shapeOfA, -1);
    const left = reshaped(a, folds || shapeOfA.length === 1 ? [productOfDims(shapeOfA.slice(0, -1)), inner] : shapeOfA);
    const right = reshaped(b, shapeOfB.length === 1 ? [inner, 1] : shapeOfB);
    const product = add('matrix_product', { transposeA: false, transposeB: false }, [left, right]);
    return reshaped(product, node.type.shape);
  },
  formulas: (inputs, output) => [
    {
      name: 'shape',
      text: `${formatShape(inputAt(inputs, 0).shape)} · ${formatShape(inputAt(inputs, 1).shape)} = ${formatShape(output.shape)}`,
    },
  ],
  pytorch: { functions: [twoTensors('matmul', 'torch.matmul')] },
  onnx: 'MatMul',
};

function rowsOf(shape: Shape): Dim[] {
  return shape.length === 1 ? [] : [dimAt(shape, -2)];
}

function columnsOf(shape: Shape): Dim[] {
  return shape.length === 1 ? [] : [dimAt(shape, -1)];
}
