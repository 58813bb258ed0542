import { formatShape, multiplyDims, productOfDims } from '../../graph/dim';
import type { NodeId, Shape, TensorType } from '../../graph/graph';
import { isFloating } from '../arithmetic/promote';
import { OpError, OpUnsupported, type OpDefinition } from '../op';
import { f32, inputAt, sameShape } from '../shapes';

export type CrossEntropyAttributes = {
  /** Absent: mean, by the weights of the targets' classes. */
  readonly reduction?: 'none' | 'mean' | 'sum';
  /** The target that counts for nothing; null or absent: there is none. */
  readonly ignoreIndex?: number | null;
  /** ε: targets become (1 − ε)·target + ε / classes. Absent: 0. */
  readonly labelSmoothing?: number;
};

/**
 * −Σ w·q·log softmax(logits) for each place. Logits `[N, C, …]` or `[C]`; targets are whole numbers `[N, …]` or `[]` (q is
 * one-hot), or f32 probabilities q of the logits' shape; then class weights w `[C]`, if any. What CrossEntropyLoss and the
 * training of classifiers are computed with. Source: PyTorch, CrossEntropyLoss.
 */
export const crossEntropy: OpDefinition<CrossEntropyAttributes> = {
  name: 'cross_entropy',
  title: 'CrossEntropyLoss',
  inferType(inputs, { reduction = 'mean' }) {
    const [logits, targets] = [inputAt(inputs, 0).shape, inputAt(inputs, 1)];
    const places = withoutClasses(logits);
    if (!sameShape(targets.shape, isFloating(targets.dtype) ? logits : places)) {
      throw new OpError(
        `CrossEntropyLoss expects scores of shape (N, classes) and one label for each image, got ${formatShape(logits)} and ${formatShape(targets.shape)}.`,
      );
    }
    return f32(reduction === 'none' ? places : []);
  },
  flops: (inputs) => multiplyDims(5, productOfDims(inputAt(inputs, 0).shape)),
  gradient({ add, typeOf, node, attrs, needs, outputGradient }) {
    const [logits, targets, ...weight] = node.inputs as [NodeId, NodeId, ...NodeId[]];
    if (needs[2]) throw new OpUnsupported('CrossEntropyLoss: training its class weights is not supported.');
    const soft = isFloating(typeOf(targets).dtype);
    return [
      needs[0] ? add('cross_entropy_grad', attrs, [outputGradient, logits, targets, ...weight]) : undefined,
      needs[1] && soft ? add('cross_entropy_grad_target', attrs, [outputGradient, logits, ...weight]) : undefined,
    ];
  },
  onnx: 'SoftmaxCrossEntropyLoss',
};

/** dloss, logits, targets, class weights → (softmax·Σ w·q − w·q)·dloss, divided as the loss is. */
export const crossEntropyGrad: OpDefinition<CrossEntropyAttributes> = {
  name: 'cross_entropy_grad',
  title: 'CrossEntropyLoss, gradient',
  inferType: logitsType,
  flops: (_inputs, output) => multiplyDims(5, productOfDims(output.shape)),
};

/** dloss, logits, class weights → (ε − 1)·w·log softmax·dloss, divided as the loss is: the gradient of probabilities. */
export const crossEntropyGradTarget: OpDefinition<CrossEntropyAttributes> = {
  name: 'cross_entropy_grad_target',
  title: 'CrossEntropyLoss, gradient of the targets',
  inferType: logitsType,
  flops: (_inputs, output) => multiplyDims(5, productOfDims(output.shape)),
};

/** Of scores `[N, C, …]` or `[C]`: which dimension has the classes. */
export function classDimension(shape: Shape): 0 | 1 {
  return shape.length === 1 ? 0 : 1;
}

function withoutClasses(shape: Shape): Shape {
  return shape.filter((_, dim) => dim !== classDimension(shape));
}

function logitsType(inputs: readonly TensorType[]): TensorType {
  return inputAt(inputs, 1);
}
