import { formatShape, multiplyDims, productOfDims, type Dim } from '../../graph/dim';
import type { Shape, TensorType } from '../../graph/graph';
import { OpError, type OpDefinition, type ReceptiveFieldRule } from '../op';
import { dimAt, inputAt, requireFloatInput } from '../shapes';
import { formatSize, spatialFormulas } from '../size-formulas';
import { interpolationBindings, type InterpolationMode } from './interpolate-bindings';
import { scaledSize } from './scaled-size';

export type InterpolateAttributes = {
  /** One for all spatial dimensions, or a list of one for each; an empty list where `scale` says the size. */
  readonly size: Dim | readonly Dim[];
  /** Output size / input size, one for all or a list of one for each; an empty list where `size` is given. */
  readonly scale: number | readonly number[];
  readonly mode: InterpolationMode;
  readonly alignCorners: boolean;
  /** Places are computed with output size / input size, not with `scale`; absent: no. */
  readonly recomputeScale?: boolean;
  /** Where the output is smaller, all of the input counts; absent: no. */
  readonly antialias?: boolean;
};

/** Input elements along each dimension that one output element mixes. */
const tapsOf: Readonly<Record<InterpolationMode, number>> = {
  nearest: 1,
  'nearest-exact': 1,
  linear: 2,
  bilinear: 2,
  trilinear: 2,
  bicubic: 4,
  area: 1,
};

/** Spatial dimensions that a mode is for; the others are for all. */
const rankOf: Partial<Record<InterpolationMode, number>> = { linear: 1, bilinear: 2, bicubic: 2, trilinear: 3 };

/**
 * Changes the size of a sequence, image or volume: `[N, C, …size]` → `[N, C, …]`, each size the given one or
 * ⌊size·scale⌋. Source: PyTorch, torch.nn.functional.interpolate.
 */
export const interpolate: OpDefinition<InterpolateAttributes> = {
  name: 'interpolate',
  halfStorage: true,
  title: 'Upsample',
  inferType(inputs, attrs) {
    const input = inputAt(inputs, 0);
    const rank = spatialRank(input, attrs.mode);
    const output = outputSizes(input.shape, rank, attrs);
    requireFloatInput('Upsample', input);
    if (output.some((size) => typeof size === 'number' && size < 1)) {
      throw new OpError(
        `Upsample: an input of shape ${formatShape(input.shape)} would get the size ${formatShape(output)}.`,
      );
    }
    return { shape: [...input.shape.slice(0, 2), ...output], dtype: input.dtype };
  },
  /** A multiply-add for every element that is mixed; copies (nearest) count nothing, means (area) one addition for each input. */
  flops(inputs, output, { mode }) {
    if (mode === 'area') return productOfDims(inputAt(inputs, 0).shape);
    const taps = tapsOf[mode];
    return taps === 1 ? 0 : multiplyDims(productOfDims(output.shape), 2 * taps ** (output.shape.length - 2));
  },
  receptiveField(inputs, attrs) {
    const { shape } = inputAt(inputs, 0);
    return resampleRule(shape.slice(2), outputSizes(shape, shape.length - 2, attrs), attrs);
  },
  formulas(inputs, output, { scale }) {
    const rank = output.shape.length - 2;
    return spatialFormulas(rank, (axis) => {
      const [from, to] = [dimAt(inputAt(inputs, 0).shape, axis - rank), dimAt(output.shape, axis - rank)];
      const factor = atAxis(scale, axis);
      if (factor === undefined) return `size = ${formatSize(to)}`;
      const product = `${formatSize(from)}·${factor}`;
      return `${Number.isInteger(factor) ? product : `⌊${product}⌋`} = ${formatSize(to)}`;
    });
  },
  gradient: ({ add, typeOf, node, attrs, outputGradient }) => [
    add('interpolate_grad', { ...attrs, inputShape: typeOf(node.inputs[0] ?? 0).shape }, [outputGradient]),
  ],
  symbolicAttributes: ['size'],
  pytorch: interpolationBindings,
  onnx: 'Resize',
  keras: 'UpSampling2D',
};

/** dy → dx of `inputShape`: what each input element gave, with the weights that it had. */
export const interpolateGrad: OpDefinition<InterpolateAttributes & { readonly inputShape: Shape }> = {
  name: 'interpolate_grad',
  halfStorage: true,
  title: 'Upsample, gradient',
  inferType: (inputs, { inputShape }) => ({ shape: inputShape, dtype: inputAt(inputs, 0).dtype }),
  flops: (inputs, output, attrs) => interpolate.flops?.([output], inputAt(inputs, 0), attrs) ?? 0,
  symbolicAttributes: ['size', 'inputShape'],
};

function spatialRank({ shape }: TensorType, mode: InterpolationMode): number {
  const rank = shape.length - 2;
  const needed = rankOf[mode];
  if (rank < 1 || rank > 3 || (needed !== undefined && needed !== rank)) {
    const dimensions = needed === undefined ? '3 to 5' : String(needed + 2);
    throw new OpError(
      `Upsample: mode='${mode}' expects an input of ${dimensions} dimensions, got shape ${formatShape(shape)}.`,
    );
  }
  return rank;
}

function outputSizes(input: Shape, rank: number, { size, scale }: InterpolateAttributes): readonly Dim[] {
  for (const [name, given] of [
    ['size', size],
    ['scale_factor', scale],
  ] as const) {
    if (Array.isArray(given) && given.length > 0 && given.length !== rank) {
      throw new OpError(
        `Upsample: ${name} has ${given.length} numbers for the ${rank} spatial dimensions of an input of shape ${formatShape(input)}.`,
      );
    }
  }
  return input.slice(2).map((length, axis) => {
    const factor = atAxis(scale, axis);
    return factor === undefined ? (atAxis(size, axis) ?? length) : scaledSize('Upsample', length, factor);
  });
}

function atAxis<Item extends Dim>(given: Item | readonly Item[], axis: number): Item | undefined {
  return typeof given === 'object' ? given[axis] : given;
}

/** 'area' is an adaptive mean: a window where the sizes divide. Sizes whose ratio is not known give 'global', which holds for all of them. */
function resampleRule(input: Shape, output: Shape, { scale, mode }: InterpolateAttributes): ReceptiveFieldRule {
  const ratios = input.map((size, axis) => {
    const to = output[axis];
    if (typeof size === 'number' && typeof to === 'number') return to / size;
    if (to === size) return 1;
    return atAxis(scale, axis) ?? Number.NaN;
  });
  if (ratios.some(Number.isNaN)) return { kind: 'global' };
  if (mode !== 'area') return { kind: 'resample', scale: ratios, taps: ratios.map(() => tapsOf[mode]) };
  const bins = ratios.map((ratio) => 1 / ratio);
  if (!bins.every(Number.isInteger)) return { kind: 'global' };
  const each = (value: number) => bins.map(() => value);
  return { kind: 'window', kernel: bins, stride: bins, padding: each(0), dilation: each(1) };
}
