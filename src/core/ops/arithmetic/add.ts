import { productOfDims } from '../../graph/dim';
import type { TensorType } from '../../graph/graph';
import type { FunctionBinding, OpDefinition } from '../op';
import { inputAt, sameShape } from '../shapes';
import { binaryGradient } from './binary-gradients';
import { broadcastShapes } from './broadcast';
import { lowerBinary } from './lower-binary';
import { resultDtype } from './promote';

/** a + b, element-wise; the two are broadcast. */
export const add: OpDefinition = {
  name: 'add',
  halfStorage: true,
  title: 'add',
  inferType: (inputs) => elementwiseType('add', inputs),
  flops: (_inputs, output) => productOfDims(output.shape),
  lower: lowerBinary,
  gradient: binaryGradient,
  elementwise: (_attrs, inputs) => isElementwise(inputs),
  pytorch: { functions: [twoTensors('add', 'torch.add')] },
  onnx: 'Add',
  keras: 'Add',
};

/** The type of a result of two tensors that are broadcast; shapes that do not fit throw an OpError that says both. */
export function elementwiseType(title: string, inputs: readonly TensorType[]): TensorType {
  const [a, b] = [inputAt(inputs, 0), inputAt(inputs, 1)];
  return { shape: broadcastShapes(title, a.shape, b.shape), dtype: resultDtype(inputs) };
}

/** Whether nothing is broadcast but single numbers. */
export function isElementwise(inputs: readonly TensorType[]): boolean {
  const large = inputs.filter(({ shape }) => productOfDims(shape) !== 1);
  const [first] = large.length > 0 ? large : inputs;
  return large.every(({ shape }) => sameShape(shape, first?.shape ?? []));
}

/** A function of two tensors; the front end itself takes numbers for one of them. */
export function twoTensors(op: string, ...names: readonly string[]): FunctionBinding {
  return {
    names,
    signature: 'input, other',
    build: (args) => ({ op, attrs: {}, inputs: [args.tensor('input').id, args.tensor('other').id] }),
  };
}
