import { divideExactly, formatShape, productOfDims, type Dim } from '../../graph/dim';
import type { Arguments } from '../arguments';
import { OpError, OpUnsupported, type OpDefinition } from '../op';
import { readDims } from '../read-sizes';
import { dimAt, inputAt, requireFloatInput, surelyDiffer } from '../shapes';
import { bracketed, formatSize, kernelFactors } from '../size-formulas';
import { readUnfoldWindow, windowCounts, type UnfoldAttributes } from './unfold';

export type FoldAttributes = UnfoldAttributes & { readonly outputSize: readonly Dim[] };

/** The sum of windows at their places: `[N, C·kH·kW, windows]` or without N → `[N, C, …outputSize]`. Source: PyTorch, Fold. */
export const fold: OpDefinition<FoldAttributes> = {
  name: 'fold',
  title: 'Fold',
  inferType(inputs, attrs) {
    const input = inputAt(inputs, 0);
    const { kernel, outputSize } = attrs;
    if (input.shape.length !== 2 && input.shape.length !== 3) {
      throw new OpError(`Fold expects an input (N, C·kernel, windows), got shape ${formatShape(input.shape)}.`);
    }
    requireFloatInput('Fold', input);
    const [rows, given] = [dimAt(input.shape, -2), dimAt(input.shape, -1)];
    const channels = divideExactly(rows, productOfDims(kernel));
    if (channels === undefined) {
      const message = `Fold: dimension ${input.shape.length - 2} of an input of shape ${formatShape(input.shape)} must be divisible by the kernel's ${kernel.join('·')}.`;
      throw typeof rows === 'number' ? new OpError(message) : new OpUnsupported(message);
    }
    const windows = windowCounts(outputSize, attrs);
    if (windows.some((count) => typeof count === 'number' && count < 1)) {
      throw new OpError(
        `Fold: the ${kernel.join('×')} window is larger than the padded output ${formatShape(outputSize)}.`,
      );
    }
    // Where symbols leave it open whether the windows are as many, the output's size is the given one all the same.
    if (surelyDiffer(given, productOfDims(windows))) {
      throw new OpError(
        `Fold: an output of ${formatShape(outputSize)} has ${productOfDims(windows)} windows, the input of shape ${formatShape(input.shape)} has ${given}.`,
      );
    }
    return { shape: [...input.shape.slice(0, -2), channels, ...outputSize], dtype: input.dtype };
  },
  /** One addition for each element of each window. */
  flops: (inputs) => productOfDims(inputAt(inputs, 0).shape),
  // The windows stand in one dimension, which no window of rows and columns describes.
  receptiveField: () => ({ kind: 'global' }),
  formulas(inputs, output, { kernel }) {
    const factors = kernelFactors(kernel);
    const [from, to] = [dimAt(inputAt(inputs, 0).shape, -2), dimAt(output.shape, -3)];
    const [height, width] = [dimAt(output.shape, -2), dimAt(output.shape, -1)];
    return [
      ...(factors
        ? [
            {
              name: 'C',
              text: `${bracketed(from)}/${kernel.length > 1 && factors.includes('·') ? `(${factors})` : factors} = ${formatSize(to)}`,
            },
          ]
        : []),
      { name: 'H', text: `output_size = ${formatSize(height)}` },
      { name: 'W', text: `output_size = ${formatSize(width)}` },
    ];
  },
  gradient({ add, attrs, outputGradient }) {
    const { kernel, stride, padding, dilation } = attrs;
    return [add('unfold', { kernel, stride, padding, dilation }, [outputGradient])];
  },
  symbolicAttributes: ['outputSize'],
  pytorch: {
    modules: [
      {
        name: 'Fold',
        signature: 'output_size, kernel_size, dilation=1, padding=0, stride=1',
        build: (args) => ({ op: 'fold', attrs: readAttributes('Fold', args), tensors: [] }),
      },
    ],
    functions: [
      {
        names: ['torch.nn.functional.fold'],
        signature: 'input, output_size, kernel_size, dilation=1, padding=0, stride=1',
        build: (args) => ({ op: 'fold', attrs: readAttributes('fold', args), inputs: [args.tensor('input').id] }),
      },
    ],
  },
};

function readAttributes(title: string, args: Arguments): FoldAttributes {
  return {
    ...readUnfoldWindow(title, args),
    outputSize: readDims(title, args, 'output_size', 2, { spreadsOne: false }),
  };
}
