import { formatShape, multiplyDims, productOfDims, type Dim } from '../../graph/dim';
import { OpError, type OpDefinition } from '../op';
import { readDimList, readTruth } from '../read-sizes';
import { dimAt, inputAt, requireEqual } from '../shapes';

export type AffineGridAttributes = {
  /** `[N, C, H, W]` or `[N, C, D, H, W]` of the image to be read. */
  readonly size: readonly Dim[];
  readonly alignCorners: boolean;
};

/**
 * The places that an affine map gives, for grid_sample: theta `[N, 2, 3]` → `[N, H, W, 2]`, `[N, 3, 4]` →
 * `[N, D, H, W, 3]`. Source: Jaderberg et al., 'Spatial Transformer Networks', 2015; PyTorch, functional.affine_grid.
 */
export const affineGrid: OpDefinition<AffineGridAttributes> = {
  name: 'affine_grid',
  title: 'AffineGrid',
  inferType(inputs, { size }) {
    const theta = inputAt(inputs, 0);
    const rank = size.length - 2;
    if (rank !== 2 && rank !== 3) {
      throw new OpError(`AffineGrid: size must be (N, C, H, W) or (N, C, D, H, W), got ${formatShape(size)}.`);
    }
    if (size.some((length) => typeof length === 'number' && length < 1)) {
      throw new OpError(`AffineGrid: size must be positive, got ${formatShape(size)}.`);
    }
    const message = `AffineGrid expects theta of shape (${dimAt(size, 0)}, ${rank}, ${rank + 1}), got ${formatShape(theta.shape)}.`;
    if (theta.shape.length !== 3) throw new OpError(message);
    for (const [index, length] of [dimAt(size, 0), rank, rank + 1].entries()) {
      requireEqual(theta.shape[index], length, message);
    }
    return { shape: [dimAt(size, 0), ...size.slice(2), rank], dtype: theta.dtype };
  },
  /** A row of theta for each coordinate of each place. */
  flops: (_inputs, output) => multiplyDims(productOfDims(output.shape), 2 * output.shape.length - 2),
  // Theta has no places: each place of the grid sees all of it.
  receptiveField: () => ({ kind: 'global' }),
  gradient: ({ add, attrs, outputGradient }) => [add('affine_grid_grad', attrs, [outputGradient])],
  symbolicAttributes: ['size'],
  pytorch: {
    functions: [
      {
        names: ['torch.nn.functional.affine_grid'],
        signature: 'theta, size, align_corners=None',
        build: (args) => ({
          op: 'affine_grid',
          attrs: {
            size: readDimList('affine_grid', args, 'size'),
            alignCorners: readTruth('affine_grid', args, 'align_corners'),
          },
          inputs: [args.tensor('theta').id],
        }),
      },
    ],
  },
  onnx: 'AffineGrid',
};

/** dgrid → dtheta: for each row of theta the sums over the places of dgrid times the place's coordinates and 1. */
export const affineGridGrad: OpDefinition<AffineGridAttributes> = {
  name: 'affine_grid_grad',
  title: 'AffineGrid, gradient',
  inferType(inputs, { size }) {
    const rank = size.length - 2;
    return { shape: [dimAt(size, 0), rank, rank + 1], dtype: inputAt(inputs, 0).dtype };
  },
  flops: (inputs) => multiplyDims(productOfDims(inputAt(inputs, 0).shape), 2 * inputAt(inputs, 0).shape.length - 2),
  symbolicAttributes: ['size'],
};
