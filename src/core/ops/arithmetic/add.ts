import { productOfDims } from '../../graph/dim';
import type { NodeId, TensorType } from '../../graph/graph';
import { OpUnsupported, type FunctionBinding, type NodeAdder, type OpDefinition } from '../op';
import { inputAt, sameShape } from '../shapes';
import { broadcastShapes } from './broadcast';
import { resultDtype } from './promote';

/** a + b, element-wise; the two are broadcast. Its gradient wants them of one shape: residual connections, and the sum of gradients where a value is used twice. */
export const add: OpDefinition = {
  name: 'add',
  title: 'add',
  inferType: (inputs) => elementwiseType('add', inputs),
  flops: (_inputs, output) => productOfDims(output.shape),
  gradient({ typeOf, node, outputGradient, needs }) {
    requireOneShape('add', node.inputs, typeOf);
    return [needs[0] ? outputGradient : undefined, needs[1] ? outputGradient : undefined];
  },
  elementwise: () => true,
  pytorch: { functions: [twoTensors('add', 'torch.add')] },
  onnx: 'Add',
  keras: 'Add',
};

/** The type of a result of two tensors that are broadcast; shapes that do not fit throw an OpError that says both. */
export function elementwiseType(title: string, inputs: readonly TensorType[]): TensorType {
  const [a, b] = [inputAt(inputs, 0), inputAt(inputs, 1)];
  return { shape: broadcastShapes(title, a.shape, b.shape), dtype: resultDtype(inputs) };
}

/** Gradients of what is broadcast are sums, which no rule makes yet. */
export function requireOneShape(title: string, inputs: readonly NodeId[], typeOf: NodeAdder['typeOf']): void {
  const [a = [], b = []] = inputs.map((id) => typeOf(id).shape);
  if (!sameShape(a, b)) throw new OpUnsupported(`${title}: training where shapes are broadcast is not supported yet.`);
}

/** A function of two tensors; the front end itself takes numbers for one of them. */
export function twoTensors(op: string, ...names: readonly string[]): FunctionBinding {
  return {
    names,
    signature: 'input, other',
    build: (args) => ({ op, attrs: {}, inputs: [args.tensor('input').id, args.tensor('other').id] }),
  };
}
