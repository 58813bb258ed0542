import type { Dim } from '../../graph/dim';
import type { TensorType } from '../../graph/graph';
import type { Arguments, ArgumentValue } from '../arguments';
import { OpError, type ReceptiveFieldRule, type SizeFormula } from '../op';
import { at } from '../convolution/convolution';
import { readSizes } from '../read-sizes';
import { dimAt, inputAt, poolOutputSize, requireWindowFits, spatialShape } from '../shapes';
import { spatialFormulas, windowFormula } from '../size-formulas';

/** The window of a pool; one number for each spatial dimension. */
export interface PoolWindow {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  /** Absent: 1. */
  readonly dilation?: readonly number[];
  readonly ceilMode: boolean;
}

/** kernel_size, stride (kernel_size where None) and padding (at most half of the kernel) of a pooling layer. */
export function readPoolWindow(
  title: string,
  args: Arguments,
  rank: number,
  { padded = true } = {},
): { readonly kernel: readonly number[]; readonly stride: readonly number[]; readonly padding: readonly number[] } {
  const kernel = readSizes(title, args, 'kernel_size', rank);
  const stride = isAbsent(args) ? kernel : readSizes(title, args, 'stride', rank);
  const padding = padded ? readSizes(title, args, 'padding', rank) : kernel.map(() => 0);
  if (Math.min(...kernel, ...stride) < 1) throw new OpError(`${title}: kernel_size and stride must be positive.`);
  for (const [axis, size] of padding.entries()) {
    if (size < 0 || size * 2 > at(kernel, axis)) {
      throw new OpError(
        `${title}: padding must be between 0 and half of the kernel size, got ${size} for a kernel of ${at(kernel, axis)}.`,
      );
    }
  }
  return { kernel, stride, padding };
}

/** PyTorch reads an empty tuple as None. */
function isAbsent(args: Arguments): boolean {
  const stride = args.value('stride');
  return stride.kind === 'none' || (stride.kind === 'sequence' && stride.items.length === 0);
}

/** Output of a pool over `[N, C, …size]` or `[C, …size]`. */
export function poolType(title: string, inputs: readonly TensorType[], window: PoolWindow): TensorType {
  const input = inputAt(inputs, 0);
  const { batch, channels, size } = spatialShape(title, input, window.kernel.length);
  const output = size.map((length, axis) =>
    poolOutputSize(length, {
      kernel: at(window.kernel, axis),
      stride: at(window.stride, axis),
      padding: at(window.padding, axis),
      dilation: window.dilation?.[axis] ?? 1,
      ceilMode: window.ceilMode,
    }),
  );
  requireWindowFits(title, input.shape, output, window.kernel);
  return { shape: [...batch, channels, ...output], dtype: input.dtype };
}

export function poolReceptiveField({ kernel, stride, padding, dilation }: PoolWindow): ReceptiveFieldRule {
  return { kind: 'window', kernel, stride, padding, dilation: dilation ?? kernel.map(() => 1) };
}

export function poolFormulas(
  inputs: readonly TensorType[],
  output: TensorType,
  { kernel, stride, padding, dilation, ceilMode }: PoolWindow,
): readonly SizeFormula[] {
  const rank = kernel.length;
  return spatialFormulas(rank, (axis) =>
    windowFormula(dimAt(inputAt(inputs, 0).shape, axis - rank), dimAt(output.shape, axis - rank), {
      kernel: at(kernel, axis),
      stride: at(stride, axis),
      padding: [at(padding, axis), at(padding, axis)],
      dilation: dilation?.[axis] ?? 1,
      ceilMode,
    }),
  );
}

/**
 * Whether the window is as large as an input whose size is not known, as in `F.avg_pool2d(x, x.shape[2:])`: then the pool
 * is a global one whatever the stride. The sizes must be those of the input, symbol for symbol.
 */
export function coversInput(args: Arguments, input: TensorType, rank: number): boolean {
  const kernel = args.value('kernel_size');
  const items = kernel.kind === 'sequence' ? kernel.items : Array<ArgumentValue>(rank).fill(kernel);
  const sizes: readonly (Dim | undefined)[] = items.map((item) => (item.kind === 'integer' ? item.value : undefined));
  if (sizes.length !== rank || sizes.every((length) => typeof length === 'number')) return false;
  const size = input.shape.slice(-rank);
  return sizes.every((length, axis) => length !== undefined && length === size[axis]) && isUnpadded(args, rank);
}

function isUnpadded(args: Arguments, rank: number): boolean {
  return readSizes('', args, 'padding', rank).every((size) => size === 0);
}
