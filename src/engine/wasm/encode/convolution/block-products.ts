import type { PlanTensor } from '../../../plan';
import type { ProgramBuilder } from '../../program-builder';
import { SPILL_BYTES, TILE_COLUMNS, panelsOf } from '../blocking';
import type { Convolution } from '../../../steps/convolution';

/** Packed copies larger than this are not made. */
const MOST_BYTES = 48 * 1024 * 1024;
/** Fewer floats are not worth to be shared out. */
const FLOATS_OF_UNIT = 8192;

/**
 * Whether a convolution is computed place by place, with the images of the batch side by side as a matrix's columns: strides
 * cost nothing there, and kernel elements that lie on the padding are not multiplied. It pays for strides and small images.
 */
export function usesBlockProducts(convolution: Convolution): boolean {
  const { groups, images, inputChannels, outputChannels, inputSize, outputSize, kernel, stride } = convolution;
  if (groups !== 1 || Math.min(inputChannels, outputChannels) < 16) return false;
  if (images / (Math.ceil(images / TILE_COLUMNS) * TILE_COLUMNS) < 0.75) return false;
  const places = outputSize[0] * outputSize[1];
  const floats = images * (inputChannels * inputSize[0] * inputSize[1] + outputChannels * places);
  if (floats * 4 > MOST_BYTES) return false;
  const used = pairsOf(convolution).length / (places * kernel[0] * kernel[1]);
  return stride[0] * stride[1] > 1 || used < 0.6;
}

/** An output place, a kernel element, and the input place that they meet in. */
interface Meeting {
  readonly output: number;
  readonly tap: number;
  readonly input: number;
}

function pairsOf({ inputSize, outputSize, kernel, stride, dilation, padding }: Convolution): readonly Meeting[] {
  const meetings: Meeting[] = [];
  for (let y = 0; y < outputSize[0]; y++) {
    for (let x = 0; x < outputSize[1]; x++) {
      for (let i = 0; i < kernel[0]; i++) {
        for (let j = 0; j < kernel[1]; j++) {
          const row = y * stride[0] + i * dilation[0] - padding[0];
          const column = x * stride[1] + j * dilation[1] - padding[1];
          if (row < 0 || row >= inputSize[0] || column < 0 || column >= inputSize[1]) continue;
          meetings.push({ output: y * outputSize[1] + x, tap: i * kernel[1] + j, input: row * inputSize[1] + column });
        }
      }
    }
  }
  return meetings;
}

/** A tensor whose element (row or column, depth, block) lies at outer·pitch + depth·pitch + block. */
interface BlockedTensor {
  readonly tensor: PlanTensor;
  readonly outer: number;
  readonly outerPitch: number;
  readonly depthPitch: number;
  readonly blocks: number;
}

interface BlockTarget {
  readonly address: number;
  readonly rowPitch: number;
  readonly columnPitch: number;
  readonly blocks: number;
  readonly bias: number;
}

export function encodeBlockConv2d(
  program: ProgramBuilder,
  convolution: Convolution,
  x: PlanTensor,
  weight: PlanTensor,
  bias: PlanTensor | undefined,
  y: PlanTensor,
): void {
  const { inputChannels, outputChannels } = convolution;
  const { inputs, outputs, taps } = blocksOf(convolution);
  encodeProducts(
    program,
    inputChannels,
    {
      tensor: weight,
      outer: outputChannels,
      outerPitch: inputChannels * taps,
      depthPitch: taps,
      blocks: taps,
    },
    imagesByChannel(convolution.images, x, inputChannels, inputs),
    {
      address: program.address(y),
      rowPitch: outputs,
      columnPitch: outputChannels * outputs,
      blocks: outputs,
      bias: program.addressOrZero(bias),
    },
    pairsOf(convolution).map(({ output, tap, input }) => [output, tap, input] as const),
  );
}

export function encodeBlockGradInput(
  program: ProgramBuilder,
  convolution: Convolution,
  dy: PlanTensor,
  weight: PlanTensor,
  dx: PlanTensor,
): void {
  const { inputChannels, outputChannels } = convolution;
  const { inputs, outputs, taps } = blocksOf(convolution);
  encodeProducts(
    program,
    outputChannels,
    {
      tensor: weight,
      outer: inputChannels,
      outerPitch: taps,
      depthPitch: inputChannels * taps,
      blocks: taps,
    },
    imagesByChannel(convolution.images, dy, outputChannels, outputs),
    {
      address: program.address(dx),
      rowPitch: inputs,
      columnPitch: inputChannels * inputs,
      blocks: inputs,
      bias: 0,
    },
    pairsOf(convolution).map(({ output, tap, input }) => [input, tap, output] as const),
  );
}

export function encodeBlockGradWeight(
  program: ProgramBuilder,
  convolution: Convolution,
  x: PlanTensor,
  dy: PlanTensor,
  dweight: PlanTensor,
): void {
  const { images, inputChannels, outputChannels } = convolution;
  const { inputs, outputs, taps } = blocksOf(convolution);
  encodeProducts(
    program,
    images,
    {
      tensor: dy,
      outer: outputChannels,
      outerPitch: outputs,
      depthPitch: outputChannels * outputs,
      blocks: outputs,
    },
    {
      tensor: x,
      outer: inputChannels,
      outerPitch: inputs,
      depthPitch: inputChannels * inputs,
      blocks: inputs,
    },
    {
      address: program.address(dweight),
      rowPitch: inputChannels * taps,
      columnPitch: taps,
      blocks: taps,
      bias: 0,
    },
    pairsOf(convolution).map(({ output, tap, input }) => [tap, output, input] as const),
  );
}

function blocksOf({ inputSize, outputSize, kernel }: Convolution) {
  return {
    inputs: inputSize[0] * inputSize[1],
    outputs: outputSize[0] * outputSize[1],
    taps: kernel[0] * kernel[1],
  };
}

/** Columns are images, the depth is channels. */
function imagesByChannel(images: number, tensor: PlanTensor, channels: number, places: number): BlockedTensor {
  return {
    tensor,
    outer: images,
    outerPitch: channels * places,
    depthPitch: places,
    blocks: places,
  };
}

/** `sums`: target block, and the blocks of rows and columns whose product it takes up. */
function encodeProducts(
  program: ProgramBuilder,
  depth: number,
  rows: BlockedTensor,
  columns: BlockedTensor,
  target: BlockTarget,
  sums: readonly (readonly [target: number, row: number, column: number])[],
): void {
  const { paddedRows } = panelsOf(rows.outer);
  const paddedColumns = Math.ceil(columns.outer / TILE_COLUMNS) * TILE_COLUMNS;
  // One cache line more than the data: blocks a power of two apart would share cache sets.
  const rowStep = paddedRows * depth * 4 + 64;
  const columnStep = paddedColumns * depth * 4 + 64;
  const targetStep = paddedRows * paddedColumns * 4 + 64;
  const packedRows = program.kept(rowStep * rows.blocks + SPILL_BYTES, rows.tensor, (to) =>
    program.command('pack_block_rows', packWords(program, rows, to, depth, rowStep), {
      barrier: false,
      units: Math.ceil((rows.outer * depth * rows.blocks) / FLOATS_OF_UNIT),
    }),
  );
  const packedColumns = program.scratch(columnStep * columns.blocks + SPILL_BYTES);
  const products = program.scratch(targetStep * target.blocks);
  program.command('pack_block_columns', packWords(program, columns, packedColumns, depth, columnStep), {
    units: Math.ceil((columns.outer * depth * columns.blocks) / FLOATS_OF_UNIT),
  });

  const byTarget = Array.from({ length: target.blocks }, (): number[] => []);
  for (const [block, row, column] of sums) byTarget[block]?.push(row, column);
  let pairs = 0;
  const starts = [0, ...byTarget.map((list) => (pairs += list.length / 2))];
  program.command(
    'block_products',
    [
      ...[packedRows, packedColumns, products, rows.outer, columns.outer, depth, target.blocks],
      ...[program.table(starts), program.table(byTarget.flat()), rowStep, columnStep, targetStep],
    ],
    { units: target.blocks * panelsOf(rows.outer).panels },
  );
  program.command(
    'unpack_blocks',
    [
      ...[products, target.address, rows.outer, columns.outer, target.blocks],
      ...[target.rowPitch, target.columnPitch, targetStep, target.bias],
    ],
    { units: Math.ceil((rows.outer * columns.outer * target.blocks) / FLOATS_OF_UNIT) },
  );
}

function packWords(
  program: ProgramBuilder,
  { tensor, outer, blocks, outerPitch, depthPitch }: BlockedTensor,
  packed: number,
  depth: number,
  step: number,
): readonly number[] {
  return [program.address(tensor), packed, outer, depth, blocks, outerPitch, depthPitch, step];
}
