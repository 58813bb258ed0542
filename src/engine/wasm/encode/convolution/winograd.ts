import type { PlanTensor } from '../../../plan';
import { align, type ProgramBuilder } from '../../program-builder';
import { panelsOf } from '../blocking';
import { encodeWinogradPanels, hasFewTiles } from './winograd-panels';
import { FIXED_BYTES, POSITIONS, type Kernels, type Strips } from './winograd-shapes';
import type { Convolution } from '../../../steps/convolution';

/** Transformed inputs and products of one block stay in the second-level cache. */
const BLOCK_BYTES = 1200 * 1024;
/**
 * Least bytes of the transformed inputs and output gradients of one chunk: those that stay in the caches. More where the
 * sums, which each chunk reads and writes, are larger yet.
 */
const CHUNK_BYTES = 4 * 1024 * 1024;
/** Fewer channels do not pay for the transforms, nor fewer tiles for the kernels', which become four times as large. */
const LEAST_CHANNELS = 16;
/** Fewer kernels are not worth to be shared out. */
const KERNELS_OF_UNIT = 256;
const LEAST_TILES = 8;

/** Whether 3×3 kernels of stride 1 are computed by Winograd's algorithm: where it saves most of the multiplications. */
export function usesWinograd(convolution: Convolution): boolean {
  const { groups, images, inputChannels, outputChannels, inputSize, outputSize, kernel, stride, dilation, padding } =
    convolution;
  const ones = [...stride, ...dilation].every((value) => value === 1);
  if (!ones || groups !== 1 || kernel[0] !== 3 || kernel[1] !== 3) return false;
  // At most 2 on every side: the gradient's slabs are made for that.
  const grows = outputSize.map((size, axis) => size - (inputSize[axis] ?? 0) - (padding[axis] ?? 0));
  if (Math.max(...padding) > 2 || Math.max(...grows) > 0) return false;
  if (Math.min(inputChannels, outputChannels) < LEAST_CHANNELS) return false;
  const [height, width] = outputSize;
  if (images * tilesOf(height) * tilesOf(width) < LEAST_TILES) return false;
  return POSITIONS * tilesOf(height) * tilesOf(width) < 0.6 * 9 * height * width;
}

/** `size`: of the image that the strips cut, which is the source's for output gradients. */
function stripsOf(
  source: number,
  [images, channels, height, width]: readonly [number, number, number, number],
  outputSize: readonly [number, number],
  [above, left]: readonly [number, number],
): Strips {
  const tilesOfStrip = tilesOf(outputSize[1]);
  const stripsOfImage = tilesOf(outputSize[0]);
  const pitch = tilesOfStrip * 4 + 4;
  return {
    words: [source, images, channels, height, width, stripsOfImage, tilesOfStrip, pitch, left + above * 65536],
    strips: images * stripsOfImage,
    tilesOfStrip,
    pitch,
  };
}

export function encodeWinogradConv2d(
  program: ProgramBuilder,
  { images, inputChannels, outputChannels, inputSize, outputSize, padding }: Convolution,
  x: PlanTensor,
  weight: PlanTensor,
  bias: PlanTensor | undefined,
  y: PlanTensor,
): void {
  const strips = stripsOf(program.address(x), [images, inputChannels, ...inputSize], outputSize, padding);
  const kernels = {
    weight,
    rows: outputChannels,
    depth: inputChannels,
    rowStride: inputChannels * 9,
    depthStride: 9,
    flip: false,
  };
  encodeConvolution(program, strips, kernels, program.address(y), program.addressOrZero(bias), outputSize);
}

/** dx is the convolution of dy with the kernels turned by 180°, input and output channels exchanged. */
export function encodeWinogradGradInput(
  program: ProgramBuilder,
  { images, inputChannels, outputChannels, inputSize, outputSize, padding }: Convolution,
  dy: PlanTensor,
  weight: PlanTensor,
  dx: PlanTensor,
): void {
  const around = [2 - padding[0], 2 - padding[1]] as const;
  const strips = stripsOf(program.address(dy), [images, outputChannels, ...outputSize], inputSize, around);
  const kernels = {
    weight,
    rows: inputChannels,
    depth: outputChannels,
    rowStride: 9,
    depthStride: inputChannels * 9,
    flip: true,
  };
  encodeConvolution(program, strips, kernels, program.address(dx), 0, inputSize);
}

function encodeConvolution(
  program: ProgramBuilder,
  image: Strips,
  kernels: Kernels,
  target: number,
  bias: number,
  targetSize: readonly [number, number],
): void {
  if (hasFewTiles(image, kernels)) {
    encodeWinogradPanels(program, image, kernels, [target, bias, kernels.rows, ...targetSize]);
    return;
  }
  const { words, strips, tilesOfStrip, pitch } = image;
  const { rows, depth } = kernels;
  const { paddedRows, panels } = panelsOf(rows);
  const packedStep = paddedRows * depth * 4 + 64;
  const packed = program.kept(packedStep * POSITIONS, kernels.weight, (to) =>
    program.command(
      'winograd_kernels',
      [
        ...[program.address(kernels.weight), to, rows, depth, kernels.rowStride, kernels.depthStride],
        ...[kernels.flip ? 1 : 0, ...program.partScratch(FIXED_BYTES), packedStep],
      ],
      { units: Math.ceil((rows * depth) / KERNELS_OF_UNIT) },
    ),
  );

  const tileBytes = POSITIONS * 4 * (depth + paddedRows);
  const wish = Math.max(16, Math.floor(BLOCK_BYTES / tileBytes));
  const most = Math.max(1, Math.floor(wish / tilesOfStrip));
  const { blockStrips, rowParts } = shareOut(strips, most, panels, program.threads);
  const tiles = Math.ceil((blockStrips * tilesOfStrip) / 8) * 8;
  const tilesAt = FIXED_BYTES;
  const slabAt = tilesAt + align(tiles * 4);
  const inputsAt = slabAt + align(blockStrips * 6 * pitch * 4 + 64);
  const productsAt = inputsAt + align((tiles * depth * 4 + 64) * POSITIONS);
  const partBytes = productsAt + align((tiles * paddedRows * 4 + 64) * POSITIONS);
  const scratch = program.partScratch(partBytes);
  program.command(
    'winograd_conv',
    [
      ...words,
      ...[packed, target, bias, rows, ...targetSize, blockStrips, rowParts, ...scratch],
      ...[tilesAt, slabAt, inputsAt, productsAt, packedStep],
    ],
    { units: rowParts === 1 ? Math.ceil(strips / blockStrips) : 0 },
  );
}

/** Strips of a block, and how many parts share the output channels: so that all threads have as much to do. */
function shareOut(
  strips: number,
  most: number,
  panels: number,
  threads: number,
): { readonly blockStrips: number; readonly rowParts: number } {
  const blocks = Math.ceil(strips / most);
  if (blocks >= threads || panels < threads) {
    const rounded = Math.ceil(blocks / threads) * threads;
    return { blockStrips: Math.max(1, Math.ceil(strips / rounded)), rowParts: 1 };
  }
  return { blockStrips: Math.ceil(strips / blocks), rowParts: threads };
}

/** dweight = Gᵀ·(Σ over tiles of the transformed dy ⊙ the transformed x)·G, chunk by chunk of strips. */
export function encodeWinogradGradWeight(
  program: ProgramBuilder,
  { images, inputChannels, outputChannels, inputSize, outputSize, padding }: Convolution,
  x: PlanTensor,
  dy: PlanTensor,
  dweight: PlanTensor,
): void {
  const inputs = stripsOf(program.address(x), [images, inputChannels, ...inputSize], outputSize, padding);
  const outputs = stripsOf(program.address(dy), [images, outputChannels, ...outputSize], outputSize, [0, 0]);
  const paddedChannels = Math.ceil(inputChannels / 8) * 8;
  const { paddedRows, panels } = panelsOf(outputChannels);
  const stripBytes = POSITIONS * 4 * (paddedChannels + paddedRows) * inputs.tilesOfStrip;
  const sumBytes = POSITIONS * (paddedRows * paddedChannels * 4 + panels * 64);
  const chunkBytes = Math.max(CHUNK_BYTES, sumBytes / 2);
  const chunkStrips = Math.min(inputs.strips, Math.max(1, Math.floor(chunkBytes / stripBytes)));
  const chunkTiles = chunkStrips * inputs.tilesOfStrip;
  const unitStrips = Math.max(1, Math.min(chunkStrips, Math.floor(64 / inputs.tilesOfStrip)));
  const [inputStep, outputStep] = [chunkTiles * paddedChannels * 4 + 64, chunkTiles * paddedRows * 4 + 64];
  const packedInputs = program.scratch(inputStep * POSITIONS);
  const packedOutputs = program.scratch(outputStep * POSITIONS);
  const sums = program.scratch(sumBytes);
  const partBytes = align(FIXED_BYTES + 4 * (unitStrips * 6 * inputs.pitch + 16) * 4);
  const scratch = program.partScratch(partBytes);
  for (let first = 0; first < inputs.strips; first += chunkStrips) {
    const strips = Math.min(chunkStrips, inputs.strips - first);
    const chunk = [unitStrips, first, strips, ...scratch];
    const units = Math.ceil(strips / unitStrips);
    program.command('winograd_weight_inputs', [...inputs.words, packedInputs, inputStep, ...chunk], {
      barrier: false,
      units: units * Math.ceil(inputChannels / 4),
    });
    program.command('winograd_weight_outputs', [...outputs.words, packedOutputs, outputStep, ...chunk], {
      units: units * Math.ceil(outputChannels / 4),
    });
    program.command(
      'winograd_weight_products',
      [
        ...[packedOutputs, packedInputs, sums, outputChannels, inputChannels, strips * inputs.tilesOfStrip],
        ...[first === 0 ? 1 : 0, outputStep, inputStep],
      ],
      { units: POSITIONS * panels },
    );
  }
  program.command(
    'winograd_weight_finish',
    [sums, program.address(dweight), outputChannels, inputChannels, ...scratch],
    { units: Math.ceil((outputChannels * inputChannels) / KERNELS_OF_UNIT) },
  );
}

function tilesOf(size: number): number {
  return Math.ceil(size / 4);
}
