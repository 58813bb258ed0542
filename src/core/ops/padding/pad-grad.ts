import { productOfDims, type Dim } from '../../graph/dim';
import type { GradientContext, OpDefinition } from '../op';
import { inputAt } from '../shapes';
import type { PadAttributes, PadMode } from './pad';

export type PadGradAttributes = PadAttributes & {
  readonly mode: Exclude<PadMode, 'constant'>;
  readonly inputShape: readonly Dim[];
};

/** dL/dx of a padding with elements of x: dy → `inputShape`, the sum over the places where an element stands. */
export const padGrad: OpDefinition<PadGradAttributes> = {
  name: 'pad_grad',
  halfStorage: true,
  title: 'Padding, gradient',
  inferType: (inputs, { inputShape }) => ({ shape: inputShape, dtype: inputAt(inputs, 0).dtype }),
  flops: (inputs) => productOfDims(inputAt(inputs, 0).shape),
  symbolicAttributes: ['before', 'after', 'inputShape'],
};

/** The gradient rule of a padding with elements of x. */
export function padGradient(mode: PadGradAttributes['mode']) {
  return ({ add, typeOf, node, attrs, outputGradient }: GradientContext<PadAttributes>): readonly [number] => {
    const [x = 0] = node.inputs;
    const { before, after } = attrs;
    return [add('pad_grad', { mode, before, after, inputShape: typeOf(x).shape }, [outputGradient])];
  };
}
