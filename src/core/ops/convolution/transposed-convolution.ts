import { addDims, formatShape, multiplyDims, productOfDims, type Dim } from '../../graph/dim';
import { OpError, type OpDefinition } from '../op';
import { dimAt, inputAt, requireTypeOfWeight, spatialShape } from '../shapes';
import { formatSize, paddingTerms, plusTerm, spatialFormulas, weightsFormula } from '../size-formulas';
import { at, kernelOf, requireBias, requireChannels } from './convolution';
import { lowerTransposed } from './lower-transposed';

export type TransposedConvolutionAttributes = {
  readonly stride: readonly number[];
  /** What a convolution the other way round would pad, on both sides: that much is cut off. */
  readonly padding: readonly number[];
  /** Added at the end of each dimension; depends on the input where `forward` was given an output size. */
  readonly outputPadding: readonly Dim[];
  readonly dilation: readonly number[];
  readonly groups: number;
};

/**
 * What transposed convolutions of all ranks share: x `[N, C, …size]` or `[C, …size]`, weight `[C, O/groups, …kernel]`,
 * bias `[O]` (optional) → `[N, O, …]`,
 * each size (size − 1)·stride − 2·padding + dilation·(kernel − 1) + output padding + 1. Source: PyTorch, ConvTranspose2d.
 */
export function transposedConvolution(rank: number): OpDefinition<TransposedConvolutionAttributes> {
  const title = `ConvTranspose${rank}d`;
  return {
    name: `conv_transpose${rank}d`,
    title,
    inferType(inputs, attrs) {
      const input = inputAt(inputs, 0);
      const weight = inputAt(inputs, 1);
      const { batch, channels, size } = spatialShape(title, input, rank);
      const kernel = kernelOf(title, weight, rank);
      const inChannels = dimAt(weight.shape, 0);
      if (typeof inChannels === 'number' && inChannels % attrs.groups !== 0) {
        throw new OpError(
          `${title}: the ${inChannels} inputs of the weight are not divisible by groups=${attrs.groups}.`,
        );
      }
      requireChannels(title, input.shape, channels, inChannels, attrs.groups);
      const outChannels = multiplyDims(dimAt(weight.shape, 1), attrs.groups);
      requireBias(title, inputs[2], outChannels);
      requireTypeOfWeight(title, input, weight);
      const output = size.map((length, axis) => transposedSize(length, at(kernel, axis), attrs, axis));
      if (output.some((length) => typeof length === 'number' && length < 1)) {
        throw new OpError(
          `${title}: nothing is left of the output for an input of shape ${formatShape(input.shape)}: its size would be ${formatShape(output)}.`,
        );
      }
      return { shape: [...batch, outChannels, ...output], dtype: input.dtype };
    },
    /** Each input element is multiplied with all weights of its channel. */
    flops(inputs, output) {
      const perInput = productOfDims(inputAt(inputs, 1).shape.slice(1));
      const products = multiplyDims(2, multiplyDims(productOfDims(inputAt(inputs, 0).shape), perInput));
      return inputs.length > 2 ? addDims(products, productOfDims(output.shape)) : products;
    },
    receptiveField: (inputs, { stride, padding, dilation }) => ({
      kind: 'transposed',
      kernel: kernelOf(title, inputAt(inputs, 1), rank),
      stride,
      padding,
      dilation,
    }),
    formulas(inputs, output, attrs) {
      const kernel = kernelOf(title, inputAt(inputs, 1), rank);
      const { size } = spatialShape(title, inputAt(inputs, 0), rank);
      return spatialFormulas(rank, (axis) =>
        transposedFormula(dimAt(size, axis), dimAt(output.shape, axis - rank), at(kernel, axis), attrs, axis),
      );
    },
    parameterFormula(inputs, { groups }) {
      const [inChannels = 0, groupOutputs = 0, ...kernel] = inputAt(inputs, 1).shape;
      const groupInputs = typeof inChannels === 'number' ? inChannels / groups : inChannels;
      return weightsFormula(multiplyDims(groupOutputs, groups), [groupInputs], kernel, inputs.length > 2);
    },
    lower: lowerTransposed,
    symbolicAttributes: ['outputPadding'],
  };
}

export function transposedSize(
  length: Dim,
  kernel: number,
  { stride, padding, outputPadding, dilation }: TransposedConvolutionAttributes,
  axis: number,
): Dim {
  const fixed = at(dilation, axis) * (kernel - 1) + 1 - 2 * at(padding, axis);
  return addDims(addDims(multiplyDims(addDims(length, -1), at(stride, axis)), fixed), outputPadding[axis] ?? 0);
}

function transposedFormula(
  input: Dim,
  output: Dim,
  kernel: number,
  { stride, padding, outputPadding, dilation }: TransposedConvolutionAttributes,
  axis: number,
): string {
  const step = at(stride, axis);
  const places = step === 1 ? `${formatSize(input)} − 1` : `(${formatSize(input)} − 1)·${step}`;
  const cut = at(padding, axis) === 0 ? '' : paddingTerms(-at(padding, axis), -at(padding, axis));
  const spacing = at(dilation, axis);
  const span = spacing === 1 || kernel === 1 ? ` + ${kernel}` : ` + ${spacing}·(${kernel} − 1) + 1`;
  return `${places}${cut}${span}${plusTerm(outputPadding[axis] ?? 0)} = ${formatSize(output)}`;
}
