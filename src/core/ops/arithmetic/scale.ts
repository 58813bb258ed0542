import { productOfDims } from '../../graph/dim';
import type { OpDefinition } from '../op';
import { inputAt } from '../shapes';

export type ScaleAttributes = { readonly factor: number };

/** factor · x, element-wise. */
export const scale: OpDefinition<ScaleAttributes> = {
  name: 'scale',
  title: 'scale',
  inferType: (inputs) => inputAt(inputs, 0),
  flops: (_inputs, output) => productOfDims(output.shape),
  gradient: ({ add, attrs, outputGradient }) => [add('scale', attrs, [outputGradient])],
  elementwise: () => true,
};
