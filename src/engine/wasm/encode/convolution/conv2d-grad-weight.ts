import type { KernelStep } from '../../../plan';
import { align, type ProgramBuilder } from '../../program-builder';
import { SPILL_BYTES, evenBlock, panelsOf } from '../blocking';
import { encodeColumns } from './columns';
import { encodeDepthwiseGradWeight } from './depthwise';
import { encodeBlockGradWeight, usesBlockProducts } from './block-products';
import { inputOf } from '../../../steps/tensors';
import { encodeTwoByTwoGradWeight, usesTwoByTwo } from './two-by-two';
import { encodeWinogradGradWeight, usesWinograd } from './winograd';
import { type Convolution, readConvolution, forwardTaps, isDepthwise } from '../../../steps/convolution';

/** Places that are packed at once. */
const BLOCK_PLACES = 256;
/** Least work of a chunk: below, adding up the chunks costs more than it brings. */
const LEAST_CHUNK_PLACES = 512;
const MOST_CHUNKS = 16;
const MOST_CHUNK_BYTES = 8 * 2 ** 20;
/** Packed (channel, tap) rows and output channels that stay in the second-level cache. */
const BLOCK_ROWS = 192;
const MOST_PANELS = 32;

export function encodeConv2dGradWeight(step: KernelStep, program: ProgramBuilder): void {
  const [x, dy] = [inputOf(step, 0), inputOf(step, 1)];
  const convolution = readConvolution(step, x, step.output, dy);
  if (isDepthwise(convolution)) {
    encodeDepthwiseGradWeight(program, convolution, x, dy, step.output);
    return;
  }
  if (usesWinograd(convolution)) {
    encodeWinogradGradWeight(program, convolution, x, dy, step.output);
    return;
  }
  if (usesTwoByTwo(convolution)) {
    encodeTwoByTwoGradWeight(program, convolution, x, dy, step.output);
    return;
  }
  if (usesBlockProducts(convolution)) {
    encodeBlockGradWeight(program, convolution, x, dy, step.output);
    return;
  }
  const { groups, inputChannels, outputChannels, outputSize, images } = convolution;
  const taps = forwardTaps(convolution);
  const weights = groups * outputChannels * inputChannels * taps.length;
  const places = images * outputSize[0] * outputSize[1];
  const { chunks, chunkPlaces } = chunksOf(places, weights);
  const { rowSplits, channelSplits } = splitsOf(convolution, chunks, program.threads);

  const blockPlaces = Math.min(BLOCK_PLACES, chunkPlaces);
  const blockChannels = blockChannelsOf(Math.ceil(inputChannels / channelSplits), taps.length);
  const described = encodeColumns(
    program,
    {
      source: program.address(x),
      images,
      groups,
      channels: inputChannels,
      sourceHeight: convolution.inputSize[0],
      sourceWidth: convolution.inputSize[1],
      gridHeight: outputSize[0],
      gridWidth: outputSize[1],
      stride: convolution.stride,
      taps,
    },
    blockChannels,
    blockPlaces,
  );
  const panels = Math.ceil(panelsOf(outputChannels).panels / rowSplits);
  const runsAt = 256; // After a partial tile of 192 bytes and the offsets of 8 columns.
  const slabAt = runsAt + align(described.runBytes);
  const rowsAt = slabAt + align(described.slabBytes);
  const panelsAt = rowsAt + align(panels * 6 * blockPlaces * 4 + SPILL_BYTES);
  const width = Math.ceil((blockChannels * taps.length) / 8) * 8;
  const partBytes = panelsAt + align(width * blockPlaces * 4 + SPILL_BYTES);
  const scratch = program.partScratch(partBytes);
  const target = chunks === 1 ? program.address(step.output) : program.scratch(chunks * weights * 4);
  program.command(
    'conv_grad_weight',
    [
      ...described.words,
      ...[program.address(dy), target, outputChannels, chunks, chunkPlaces, blockPlaces, rowSplits, channelSplits],
      ...[...scratch, runsAt, slabAt, rowsAt, panelsAt],
    ],
    { units: groups * chunks * rowSplits * channelSplits },
  );
  if (chunks > 1) {
    program.elementwise('sum_chunks', [target, program.address(step.output), chunks, weights], weights);
  }
}

/** By the shape alone, so that the order of the sums is the same for any number of threads. */
function chunksOf(places: number, weights: number): { readonly chunks: number; readonly chunkPlaces: number } {
  const affordable = Math.floor(MOST_CHUNK_BYTES / (weights * 4));
  const wanted = Math.min(MOST_CHUNKS, Math.floor(places / LEAST_CHUNK_PLACES), affordable);
  const chunkPlaces = Math.ceil(places / Math.max(1, wanted) / 8) * 8;
  return { chunks: Math.ceil(places / chunkPlaces), chunkPlaces };
}

/** Cuts the output for cache, and further where the chunks are too few to keep all threads busy. */
function splitsOf(
  { groups, inputChannels, outputChannels }: Convolution,
  chunks: number,
  threads: number,
): { readonly rowSplits: number; readonly channelSplits: number } {
  const { panels } = panelsOf(outputChannels);
  const rowSplits = Math.ceil(panels / MOST_PANELS);
  let channelSplits = 1;
  const units = (): number => groups * chunks * rowSplits * channelSplits;
  const uneven = (): boolean => Math.ceil(units() / threads) / (units() / threads) > 1.15;
  while (uneven() && channelSplits < inputChannels && channelSplits < 4 * threads) channelSplits++;
  return { rowSplits, channelSplits };
}

/** A multiple of 8 where that can be, so that no tile is part empty. */
function blockChannelsOf(channels: number, taps: number): number {
  const most = Math.max(1, Math.floor(BLOCK_ROWS / taps));
  if (most >= channels) return channels;
  return most >= 8 ? Math.floor(most / 8) * 8 : evenBlock(channels, most);
}
