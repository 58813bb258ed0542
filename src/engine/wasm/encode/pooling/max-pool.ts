import type { MaxPoolAttributes } from '../../../../core/ops/pooling/max-pool';
import { poolType } from '../../../../core/ops/pooling/pool-window';
import type { KernelStep, PlanTensor } from '../../../plan';
import { align, type ProgramBuilder } from '../../program-builder';
import { numbersAttribute } from '../../../steps/attributes';
import { inputOf, sizeOf } from '../../../steps/tensors';
import { inVolume, volumesOf } from '../../../steps/volumes';

export function encodeMaxPool(step: KernelStep, program: ProgramBuilder): void {
  const x = inputOf(step, 0);
  const window = windowOf(step);
  const rowBytes = align((x.shape.at(-1) ?? 1) * 4 + 16);
  program.command(
    'max_pool',
    [
      ...[program.address(x), program.address(step.output), ...sizeWords(window, x, step.output)],
      ...[...rowList(window, program), ...program.partScratch(rowBytes)],
    ],
    { units: volumesOf(x, window.rank).planes },
  );
}

/** The output holds the values and, behind them, a byte for each. */
export function encodeMaxPoolWinners(step: KernelStep, program: ProgramBuilder): void {
  const x = inputOf(step, 0);
  const window = windowOf(step);
  const { shape } = poolType(step.op, [x], step.attrs as MaxPoolAttributes);
  const y = { shape: shape.map(Number) };
  program.command(
    'max_pool_winners',
    [program.address(x), program.address(step.output), ...sizeWords(window, x, y), ...rowList(window, program)],
    { units: volumesOf(x, window.rank).planes },
  );
}

export function encodeMaxPoolIndices(step: KernelStep, program: ProgramBuilder): void {
  const x = inputOf(step, 0);
  program.command('max_pool_indices', [
    ...[program.address(x), program.address(step.output), ...sizeWords(windowOf(step), x, step.output)],
  ]);
}

export function encodeMaxPoolGrad(step: KernelStep, program: ProgramBuilder): void {
  const [dy, winners, dx] = [inputOf(step, 0), inputOf(step, 1), step.output];
  const window = windowOf(step);
  const { planes, size } = volumesOf(dx, window.rank);
  program.command(
    'max_pool_grad',
    [
      ...[program.address(dy), program.address(dx), ...sizeWords(window, dx, dy)],
      ...[program.address(winners) + 4 * sizeOf(dy), program.table(elementOffsets(window, size))],
    ],
    { units: planes },
  );
}

type Three = readonly [number, number, number];

/** In depth, height and width. */
interface Window {
  readonly rank: number;
  readonly kernel: Three;
  readonly stride: Three;
  readonly padding: Three;
  readonly dilation: Three;
}

function windowOf({ attrs }: KernelStep): Window {
  const { kernel } = attrs;
  const rank = Array.isArray(kernel) ? kernel.length : 0;
  const three = (name: string, other: number): Three => inVolume(numbersAttribute(attrs, name, rank), other);
  return {
    rank,
    kernel: three('kernel', 1),
    stride: three('stride', 1),
    padding: three('padding', 0),
    dilation: three('dilation', 1),
  };
}

/** Words 2 … 20 of the kernels' arguments. */
function sizeWords(
  { rank, kernel, stride, padding, dilation }: Window,
  input: Pick<PlanTensor, 'shape'>,
  output: Pick<PlanTensor, 'shape'>,
): readonly number[] {
  const { planes, size } = volumesOf(input, rank);
  return [planes, ...size, ...volumesOf(output, rank).size, ...kernel, ...stride, ...padding, ...dilation];
}

/** Room for the rows of one window, for each part: address and bytes. */
function rowList({ kernel }: Window, program: ProgramBuilder): readonly [number, number] {
  const bytes = align(kernel[0] * kernel[1] * 8);
  return program.partScratch(bytes);
}

/** Bytes from a window's first element to each of its elements, in row-major order. */
function elementOffsets({ kernel, dilation }: Window, [, height, width]: Three): readonly number[] {
  const offsets: number[] = [];
  for (let z = 0; z < kernel[0]; z++) {
    for (let y = 0; y < kernel[1]; y++) {
      for (let x = 0; x < kernel[2]; x++) {
        offsets.push(4 * ((z * dilation[0] * height + y * dilation[1]) * width + x * dilation[2]));
      }
    }
  }
  return offsets;
}
