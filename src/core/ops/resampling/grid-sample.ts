import { formatShape, multiplyDims, productOfDims, type Dim } from '../../graph/dim';
import type { NodeId, Shape } from '../../graph/graph';
import type { Arguments } from '../arguments';
import { OpError, type OpDefinition } from '../op';
import { readTruth } from '../read-sizes';
import { dimAt, inputAt, requireEqual, requireTypeOfWeight } from '../shapes';

export type GridSampleAttributes = {
  readonly mode: string;
  readonly paddingMode: string;
  readonly alignCorners: boolean;
};

const modes = ['bilinear', 'nearest', 'bicubic'];
const paddingModes = ['zeros', 'border', 'reflection'];

/**
 * Reads an image at the places that a grid names: x `[N, C, H, W]`, grid `[N, OH, OW, 2]` → `[N, C, OH, OW]`; volumes
 * alike, with grids `[N, OD, OH, OW, 3]`. Source: PyTorch, torch.nn.functional.grid_sample.
 */
export const gridSample: OpDefinition<GridSampleAttributes> = {
  name: 'grid_sample',
  title: 'GridSample',
  inferType(inputs, { mode }) {
    const [input, grid] = [inputAt(inputs, 0), inputAt(inputs, 1)];
    const rank = input.shape.length - 2;
    const shapes = `${formatShape(input.shape)} and a grid of ${formatShape(grid.shape)}`;
    if ((rank !== 2 && rank !== 3) || grid.shape.length !== rank + 2) {
      throw new OpError(`GridSample expects images (N, C, H, W) and a grid (N, OH, OW, 2), or volumes, got ${shapes}.`);
    }
    requireEqual(dimAt(grid.shape, 0), dimAt(input.shape, 0), `GridSample expects batches of one size, got ${shapes}.`);
    requireEqual(dimAt(grid.shape, -1), rank, `GridSample expects ${rank} coordinates for each place, got ${shapes}.`);
    if (mode === 'bicubic' && rank === 3) throw new OpError("GridSample: mode='bicubic' is only for images.");
    requireTypeOfWeight('GridSample', input, grid);
    const places = grid.shape.slice(1, -1);
    return { shape: [dimAt(input.shape, 0), dimAt(input.shape, 1), ...places], dtype: input.dtype };
  },
  flops: (_inputs, output, { mode }) => mixingFlops(output.shape, mode),
  // The grid may name any place of the image.
  receptiveField: () => ({ kind: 'global' }),
  gradient: ({ add, typeOf, node, attrs, outputGradient, needs }) => {
    const [x, grid] = node.inputs as [NodeId, NodeId];
    const inputShape = typeOf(x).shape;
    return [
      needs[0] ? add('grid_sample_grad_input', { ...attrs, inputShape }, [outputGradient, grid]) : undefined,
      needs[1] ? add('grid_sample_grad_grid', attrs, [outputGradient, x, grid]) : undefined,
    ];
  },
  pytorch: {
    functions: [
      {
        names: ['torch.nn.functional.grid_sample'],
        signature: "input, grid, mode='bilinear', padding_mode='zeros', align_corners=None",
        build: (args) => ({
          op: 'grid_sample',
          attrs: {
            mode: readChoice(args, 'mode', modes),
            paddingMode: readChoice(args, 'padding_mode', paddingModes),
            alignCorners: readTruth('grid_sample', args, 'align_corners'),
          },
          inputs: [args.tensor('input').id, args.tensor('grid').id],
        }),
      },
    ],
  },
  onnx: 'GridSample',
};

/** dy, grid → dx of `inputShape`. */
export const gridSampleGradInput: OpDefinition<GridSampleAttributes & { readonly inputShape: Shape }> = {
  name: 'grid_sample_grad_input',
  title: 'GridSample, gradient of the input',
  inferType: (inputs, { inputShape }) => ({ shape: inputShape, dtype: inputAt(inputs, 0).dtype }),
  flops: (inputs, _output, { mode }) => mixingFlops(inputAt(inputs, 0).shape, mode),
  symbolicAttributes: ['inputShape'],
};

/** dy, x, grid → dgrid. */
export const gridSampleGradGrid: OpDefinition<GridSampleAttributes> = {
  name: 'grid_sample_grad_grid',
  title: 'GridSample, gradient of the grid',
  inferType: (inputs) => inputAt(inputs, 2),
  flops: (inputs, output, { mode }) =>
    multiplyDims(mixingFlops(inputAt(inputs, 0).shape, mode), dimAt(output.shape, -1)),
};

/** A multiply-add for every element that is mixed; copies (nearest) count nothing. */
function mixingFlops(shape: Shape, mode: string): Dim {
  const taps = mode === 'nearest' ? 1 : mode === 'bilinear' ? 2 : 4;
  return taps === 1 ? 0 : multiplyDims(productOfDims(shape), 2 * taps ** (shape.length - 2));
}

function readChoice(args: Arguments, name: string, choices: readonly string[]): string {
  const value = args.string(name);
  if (choices.includes(value)) return value;
  throw new OpError(`grid_sample: ${name} must be one of ${choices.join(', ')}, got '${value}'.`);
}
