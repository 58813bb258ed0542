import { multiplyDims, productOfDims } from '../../graph/dim';
import type { NodeId } from '../../graph/graph';
import { isFloating } from '../arithmetic/promote';
import { OpUnsupported, type GradientContext, type OpDefinition } from '../op';
import { inputAt } from '../shapes';
import type { LossAttributes } from './loss-op';

export interface LossGradientAttributes extends LossAttributes {
  /** Name of the loss: `mse_loss`. */
  readonly loss: string;
  /** Which of the loss's inputs the gradient is of. */
  readonly of: number;
}

/** dloss, then the inputs of a loss of each value by itself, all of one shape → the gradient of one of them. */
export const pointwiseLossGrad: OpDefinition<LossGradientAttributes> = {
  name: 'pointwise_loss_grad',
  title: 'Loss, gradient',
  inferType: (inputs, { of }) => inputAt(inputs, 1 + of),
  flops: (_inputs, output) => multiplyDims(4, productOfDims(output.shape)),
  // All but a reduced loss's gradient, one number that is read first, is read element by element.
  elementwise: () => true,
};

/** dloss, then the inputs of a loss of scores and class indices → the gradient of the scores. */
export const classLossGrad: OpDefinition<LossGradientAttributes> = {
  name: 'class_loss_grad',
  title: 'Loss, gradient',
  inferType: (inputs) => inputAt(inputs, 1),
  flops: (_inputs, output) => multiplyDims(4, productOfDims(output.shape)),
};

/** The gradients of the first `differentiable` inputs; the others (targets that are classes or signs, weights) have none. */
export function gradientOf(op: string, differentiable: number) {
  return (context: GradientContext<LossAttributes>): (NodeId | undefined)[] => {
    const { add, typeOf, node, attrs, outputGradient } = context;
    const needs = node.inputs.map((id, index) => context.needs[index] === true && isFloating(typeOf(id).dtype));
    if (needs.some((need, index) => need && index >= differentiable)) {
      throw new OpUnsupported(
        `${node.op}: training the ${differentiable === 1 ? 'target' : 'weight'} is not supported.`,
      );
    }
    return node.inputs.map((_, of) =>
      needs[of] ? add(op, { ...attrs, loss: node.op, of }, [outputGradient, ...node.inputs]) : undefined,
    );
  };
}
