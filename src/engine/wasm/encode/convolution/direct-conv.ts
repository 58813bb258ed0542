import type { PlanTensor } from '../../../plan';
import { align, type ProgramBuilder } from '../../program-builder';
import { SPILL_BYTES, TILE_COLUMNS, panelsOf } from '../blocking';
import type { Convolution } from '../../../steps/convolution';

/** More output channels than this pay for packed columns. */
const MOST_ROWS = 16;
/** A padded image stays in the second-level cache. */
const MOST_IMAGE_BYTES = 192 * 1024;
/** Before the padded image in a part's scratch: a tile. */
const TILE_BYTES = 192;

/** A convolution of stride 1: rows are the target's channels. */
interface DirectConv {
  readonly images: number;
  readonly channels: number;
  readonly rows: number;
  readonly sourceSize: readonly [number, number];
  readonly targetSize: readonly [number, number];
  readonly kernel: readonly [number, number];
  readonly padding: readonly [number, number];
}

export function usesDirectConv2d(convolution: Convolution): boolean {
  return isPlain(convolution) && pays(forwardOf(convolution));
}

export function usesDirectGradInput(convolution: Convolution): boolean {
  const { kernel, padding } = convolution;
  if (padding[0] >= kernel[0] || padding[1] >= kernel[1]) return false;
  return isPlain(convolution) && pays(gradInputOf(convolution));
}

function isPlain({ groups, stride, dilation }: Convolution): boolean {
  return groups === 1 && [...stride, ...dilation].every((value) => value === 1);
}

/** By the shape alone: any number of threads has to sum up in the same order. */
function pays(conv: DirectConv): boolean {
  const { rows, channels, kernel, targetSize } = conv;
  if (rows > MOST_ROWS || kernel[0] * kernel[1] === 1) return false;
  const filled = targetSize[1] / (Math.ceil(targetSize[1] / TILE_COLUMNS) * TILE_COLUMNS);
  return filled >= 0.85 && channels * conv.sourceSize[0] * pitchOf(conv) * 4 <= MOST_IMAGE_BYTES;
}

/** Floats of a padded row: what the last tile's columns read, and what the source has. */
function pitchOf({ kernel, padding, sourceSize, targetSize }: DirectConv): number {
  const read = Math.ceil(targetSize[1] / TILE_COLUMNS) * TILE_COLUMNS + kernel[1] - 1;
  return Math.max(read, padding[1] + Math.ceil(sourceSize[1] / 4) * 4);
}

function forwardOf(convolution: Convolution): DirectConv {
  const { images, inputChannels, outputChannels, inputSize, outputSize, kernel, padding } = convolution;
  const [sourceSize, targetSize] = [inputSize, outputSize];
  return { images, channels: inputChannels, rows: outputChannels, sourceSize, targetSize, kernel, padding };
}

function gradInputOf(convolution: Convolution): DirectConv {
  const { images, inputChannels, outputChannels, inputSize, outputSize, kernel } = convolution;
  const padding = [kernel[0] - 1 - convolution.padding[0], kernel[1] - 1 - convolution.padding[1]] as const;
  const [sourceSize, targetSize] = [outputSize, inputSize];
  return { images, channels: outputChannels, rows: inputChannels, sourceSize, targetSize, kernel, padding };
}

export function encodeDirectConv2d(
  program: ProgramBuilder,
  convolution: Convolution,
  x: PlanTensor,
  weight: PlanTensor,
  bias: PlanTensor | undefined,
  y: PlanTensor,
): void {
  const { inputChannels, kernel } = convolution;
  const taps = kernel[0] * kernel[1];
  encode(program, forwardOf(convolution), x, weight, [inputChannels * taps, taps, 0], y, program.addressOrZero(bias));
}

/** dx is the convolution of dy with the kernels turned by 180°, input and output channels exchanged. */
export function encodeDirectGradInput(
  program: ProgramBuilder,
  convolution: Convolution,
  dy: PlanTensor,
  weight: PlanTensor,
  dx: PlanTensor,
): void {
  const { inputChannels, kernel } = convolution;
  const taps = kernel[0] * kernel[1];
  encode(program, gradInputOf(convolution), dy, weight, [taps, inputChannels * taps, 1], dx, 0);
}

/** `kernels`: float strides of row and channel, 1 to turn them. */
function encode(
  program: ProgramBuilder,
  conv: DirectConv,
  source: PlanTensor,
  weight: PlanTensor,
  kernels: readonly [number, number, number],
  target: PlanTensor,
  bias: number,
): void {
  const { images, channels, rows, sourceSize, targetSize, kernel, padding } = conv;
  const pitch = pitchOf(conv);
  const packed = program.kept(panelsOf(rows).paddedRows * channels * kernel[0] * kernel[1] * 4, weight, (to) =>
    program.command('direct_kernels', [program.address(weight), to, rows, channels, ...kernel, ...kernels]),
  );
  const offsets: number[] = [];
  for (let i = 0; i < kernel[0]; i++) {
    for (let channel = 0; channel < channels; channel++) {
      for (let j = 0; j < kernel[1]; j++) offsets.push(((channel * sourceSize[0] + i) * pitch + j) * 4);
    }
  }
  const partBytes = align(TILE_BYTES + channels * sourceSize[0] * pitch * 4 + SPILL_BYTES);
  const scratch = program.partScratch(partBytes);
  program.command(
    'direct_conv',
    [
      ...[program.address(source), packed, program.address(target), bias],
      ...[images, channels, ...sourceSize, rows, ...targetSize, ...kernel, ...padding],
      ...[pitch, ...scratch, program.table(offsets)],
    ],
    { units: images },
  );
}
