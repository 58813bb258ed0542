import { addDims, productOfDims } from '../graph/dim';
import type { Attributes, NodeId } from '../graph/graph';
import type { OpDefinition } from './op';
import { inputAt } from './shapes';

/**
 * Which tensor the gradient of an element-wise function reads beside dy. The output, where it says enough: then the input
 * need not be kept, and the function may have been computed in its place.
 */
export type GradientSource<A extends Attributes> = 'input' | 'output' | ((attrs: A) => 'input' | 'output');

/** The rule of a function `name` whose gradient is the op `<name>_grad` of dy and that tensor. */
export function elementwiseGradient<A extends Attributes>(
  name: string,
  source: GradientSource<A>,
): NonNullable<OpDefinition<A>['gradient']> {
  return ({ add, node, attrs, outputGradient }) => {
    const [x] = node.inputs as [NodeId];
    const from = typeof source === 'function' ? source(attrs) : source;
    return [add(`${name}_grad`, attrs, [outputGradient, from === 'input' ? x : node.id])];
  };
}

/** The op `<name>_grad`: dy, and the input or output of `op`, make dx. */
export function gradientOp(op: OpDefinition): OpDefinition {
  return {
    name: `${op.name}_grad`,
    title: `${op.title}, gradient`,
    inferType: (inputs) => inputAt(inputs, 0),
    // The slope, and its product with dy.
    flops: (inputs, output, attrs) => addDims(op.flops?.(inputs, output, attrs) ?? 0, productOfDims(output.shape)),
    elementwise: () => true,
    ...(op.halfStorage ? { halfStorage: true } : {}),
  };
}
