import { multiplyDims, productOfDims } from '../../graph/dim';
import type { OpDefinition } from '../op';
import { inputAt } from '../shapes';

export type AffineAttributes = { readonly factor: number; readonly shift: number };

/** factor · x + shift, element-wise. */
export const affine: OpDefinition<AffineAttributes> = {
  name: 'affine',
  title: 'affine',
  inferType: (inputs) => inputAt(inputs, 0),
  flops: (_inputs, output) => multiplyDims(2, productOfDims(output.shape)),
  gradient: ({ add, attrs, outputGradient }) => [
    attrs.factor === 1 ? outputGradient : add('scale', { factor: attrs.factor }, [outputGradient]),
  ],
  elementwise: () => true,
};
