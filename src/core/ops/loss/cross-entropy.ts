import { formatShape, multiplyDims, productOfDims } from '../../graph/dim';
import type { NodeId } from '../../graph/graph';
import { OpError, type OpDefinition } from '../op';
import { f32, inputAt } from '../shapes';

/** Mean over the batch of −log softmax(logits)[target]. logits `[N, K]`, targets i32 `[N]` → scalar. Source: PyTorch, CrossEntropyLoss. */
export const crossEntropy: OpDefinition = {
  name: 'cross_entropy',
  title: 'CrossEntropyLoss',
  inferType(inputs) {
    const [logits, targets] = [inputAt(inputs, 0).shape, inputAt(inputs, 1).shape];
    if (logits.length !== 2 || targets.length !== 1 || logits[0] !== targets[0]) {
      throw new OpError(
        `CrossEntropyLoss expects scores of shape (N, classes) and one label for each image, got ${formatShape(logits)} and ${formatShape(targets)}.`,
      );
    }
    return f32([]);
  },
  flops: (inputs) => multiplyDims(5, productOfDims(inputAt(inputs, 0).shape)),
  gradient({ add, node, outputGradient }) {
    const [logits, targets] = node.inputs as [NodeId, NodeId];
    return [add('cross_entropy_grad', {}, [outputGradient, logits, targets]), undefined];
  },
  onnx: 'SoftmaxCrossEntropyLoss',
};

/** dloss (scalar), logits, targets → dloss / N · (softmax(logits) − one_hot(target)). */
export const crossEntropyGrad: OpDefinition = {
  name: 'cross_entropy_grad',
  title: 'CrossEntropyLoss, gradient',
  inferType: (inputs) => inputAt(inputs, 1),
  flops: (_inputs, output) => multiplyDims(5, productOfDims(output.shape)),
};
