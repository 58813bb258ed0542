import { formatShape, multiplyDims, productOfDims, type Dim } from '../../graph/dim';
import type { Arguments } from '../arguments';
import { at } from '../convolution/convolution';
import { requirePositive } from '../convolution/convolution-bindings';
import { OpError, type OpDefinition } from '../op';
import { readSizes } from '../read-sizes';
import { dimAt, inputAt, requireFloatInput, requireWindowFits, spatialShape, windowOutputSize } from '../shapes';
import { bracketed, formatSize, kernelFactors } from '../size-formulas';

export type UnfoldAttributes = {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
};

/** The windows of an image as columns: `[N, C, H, W]` or `[C, H, W]` → `[N, C·kH·kW, windows]`. Source: PyTorch, Unfold. */
export const unfold: OpDefinition<UnfoldAttributes> = {
  name: 'unfold',
  title: 'Unfold',
  inferType(inputs, attrs) {
    const input = inputAt(inputs, 0);
    requireFloatInput('Unfold', input);
    const { batch, channels, size } = spatialShape('Unfold', input, 2);
    const windows = windowCounts(size, attrs);
    requireWindowFits('Unfold', input.shape, windows, attrs.kernel);
    const rows = multiplyDims(channels, productOfDims(attrs.kernel));
    return { shape: [...batch, rows, productOfDims(windows)], dtype: input.dtype };
  },
  // The windows stand in one dimension, which no window of rows and columns describes.
  receptiveField: () => ({ kind: 'global' }),
  formulas(inputs, output, attrs) {
    const { channels, size } = spatialShape('Unfold', inputAt(inputs, 0), 2);
    const [rows, columns] = windowCounts(size, attrs).map(bracketed);
    const factors = kernelFactors(attrs.kernel);
    return [
      ...(factors
        ? [{ name: 'C', text: `${bracketed(channels)}·${factors} = ${formatSize(dimAt(output.shape, -2))}` }]
        : []),
      { name: 'L', text: `${rows ?? ''}·${columns ?? ''} = ${formatSize(dimAt(output.shape, -1))}` },
    ];
  },
  gradient({ add, typeOf, node, attrs, outputGradient }) {
    const [x = 0] = node.inputs;
    return [add('fold', { ...attrs, outputSize: typeOf(x).shape.slice(-2) }, [outputGradient])];
  },
  pytorch: {
    modules: [
      {
        name: 'Unfold',
        signature: 'kernel_size, dilation=1, padding=0, stride=1',
        build: (args) => ({ op: 'unfold', attrs: readUnfoldWindow('Unfold', args), tensors: [] }),
      },
    ],
    functions: [
      {
        names: ['torch.nn.functional.unfold'],
        signature: 'input, kernel_size, dilation=1, padding=0, stride=1',
        build: (args) => ({
          op: 'unfold',
          attrs: readUnfoldWindow('unfold', args),
          inputs: [args.tensor('input').id],
        }),
      },
    ],
  },
};

/** How many windows stand below each other and side by side. */
export function windowCounts(
  size: readonly Dim[],
  { kernel, stride, padding, dilation }: UnfoldAttributes,
): readonly Dim[] {
  return size.map((length, axis) =>
    windowOutputSize(length, at(kernel, axis), at(stride, axis), 2 * at(padding, axis), at(dilation, axis)),
  );
}

export function readUnfoldWindow(title: string, args: Arguments): UnfoldAttributes {
  const [kernel = [], stride = [], padding = [], dilation = []] = ['kernel_size', 'stride', 'padding', 'dilation'].map(
    (name) => readSizes(title, args, name, 2, { spreadsOne: false }),
  );
  requirePositive(title, 'kernel_size', kernel);
  requirePositive(title, 'stride', stride);
  requirePositive(title, 'dilation', dilation);
  if (padding.some((size) => size < 0)) {
    throw new OpError(`${title}: padding must not be negative, got ${formatShape(padding)}.`);
  }
  return { kernel, stride, padding, dilation };
}
