import { productOfDims } from '../../graph/dim';
import type { OpDefinition } from '../op';
import { inputAt } from '../shapes';
import { isFloating } from './promote';

export type ScaleAttributes = { readonly factor: number };

/** factor · x, element-wise. */
export const scale: OpDefinition<ScaleAttributes> = {
  name: 'scale',
  halfStorage: true,
  title: 'scale',
  inferType: (inputs) => inputAt(inputs, 0),
  flops: (_inputs, output) => productOfDims(output.shape),
  // Whole numbers have no product of floats.
  lower: ({ add, attrs, node }) =>
    isFloating(node.type.dtype)
      ? add('scale', attrs, node.inputs)
      : add('with_number', { function: 'multiply', number: attrs.factor, numberFirst: false }, node.inputs),
  gradient: ({ add, attrs, outputGradient }) => [add('scale', attrs, [outputGradient])],
  elementwise: () => true,
};
