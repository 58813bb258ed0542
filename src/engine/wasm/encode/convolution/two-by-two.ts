import type { PlanTensor } from '../../../plan';
import { align, type ProgramBuilder } from '../../program-builder';
import { SPILL_BYTES, TILE_COLUMNS, panelsOf, panelsOfUnit } from '../blocking';
import type { Convolution } from '../../../steps/convolution';

/** Positions that images and kernels are transformed to: see `kernels/two-by-two.ts`. */
const POSITIONS = 9;
/** A part's workspace. */
const PART_BYTES = 320;
/** Packed rows and products of one unit stay in the second-level cache. */
const UNIT_BYTES = 640 * 1024;
/** Fewer images are not worth to be shared out. */
const TRANSFORMS_OF_UNIT = 512;

/** Whether 3×3 kernels meet images of 2×2 with a padding of 1, in a batch that fills the columns of the products. */
export function usesTwoByTwo(convolution: Convolution): boolean {
  const { groups, images, inputChannels, outputChannels, inputSize, outputSize, kernel, stride, dilation, padding } =
    convolution;
  const is = (value: number, ...pairs: (readonly [number, number])[]) => pairs.flat().every((each) => each === value);
  if (groups !== 1 || !is(2, inputSize, outputSize) || !is(3, kernel) || !is(1, stride, dilation, padding))
    return false;
  if (Math.min(inputChannels, outputChannels) < 16) return false;
  return images / (Math.ceil(images / TILE_COLUMNS) * TILE_COLUMNS) >= 0.75;
}

export function encodeTwoByTwoConv2d(
  program: ProgramBuilder,
  { images, inputChannels, outputChannels }: Convolution,
  x: PlanTensor,
  weight: PlanTensor,
  bias: PlanTensor | undefined,
  y: PlanTensor,
): void {
  encodeProducts(program, 'two_by_two_conv', {
    rows: { source: weight, count: outputChannels, stride: inputChannels * 9, depthStride: 9 },
    columns: { source: x, count: images, stride: inputChannels * 4, depthStride: 4 },
    depth: inputChannels,
    reversed: false,
    target: y,
    bias,
  });
}

/** dx is the convolution of dy with the kernels turned by 180°, input and output channels exchanged. */
export function encodeTwoByTwoGradInput(
  program: ProgramBuilder,
  { images, inputChannels, outputChannels }: Convolution,
  dy: PlanTensor,
  weight: PlanTensor,
  dx: PlanTensor,
): void {
  encodeProducts(program, 'two_by_two_conv', {
    rows: { source: weight, count: inputChannels, stride: 9, depthStride: inputChannels * 9 },
    columns: { source: dy, count: images, stride: outputChannels * 4, depthStride: 4 },
    depth: outputChannels,
    reversed: true,
    target: dx,
  });
}

export function encodeTwoByTwoGradWeight(
  program: ProgramBuilder,
  { images, inputChannels, outputChannels }: Convolution,
  x: PlanTensor,
  dy: PlanTensor,
  dweight: PlanTensor,
): void {
  encodeProducts(program, 'two_by_two_grad_weight', {
    rows: { source: dy, count: outputChannels, stride: 4, depthStride: outputChannels * 4 },
    columns: { source: x, count: inputChannels, stride: 4, depthStride: inputChannels * 4 },
    depth: images,
    reversed: true,
    target: dweight,
  });
}

/** Rows or columns of the nine products, with the source's float strides. */
interface Side {
  readonly source: PlanTensor;
  readonly count: number;
  readonly stride: number;
  readonly depthStride: number;
}

interface Products {
  readonly rows: Side;
  readonly columns: Side;
  readonly depth: number;
  /** What the rows are made from is turned by 180°. */
  readonly reversed: boolean;
  readonly target: PlanTensor;
  readonly bias?: PlanTensor | undefined;
}

function encodeProducts(
  program: ProgramBuilder,
  kernel: 'two_by_two_conv' | 'two_by_two_grad_weight',
  { rows, columns, depth, reversed, target, bias }: Products,
): void {
  const paddedColumns = Math.ceil(columns.count / TILE_COLUMNS) * TILE_COLUMNS;
  // One cache line more than the data: positions a power of two apart would share cache sets.
  const columnStep = paddedColumns * depth * 4 + 64;
  const packedColumns = program.scratch(columnStep * POSITIONS + SPILL_BYTES);
  program.command(
    'two_by_two_columns',
    [
      program.address(columns.source),
      packedColumns,
      columns.count,
      depth,
      columns.stride,
      columns.depthStride,
      columnStep,
    ],
    { units: Math.ceil((columns.count * depth) / TRANSFORMS_OF_UNIT) },
  );

  const panelBytes = POSITIONS * 6 * 4 * (depth + paddedColumns);
  const { panels } = panelsOf(rows.count);
  const unitPanels = 2 * panelBytes <= UNIT_BYTES ? panelsOfUnit(panels, program.threads) : 1;
  const productsAt = align(PART_BYTES + (unitPanels * 6 * depth * 4 + 64) * POSITIONS);
  const partBytes = productsAt + align((unitPanels * 6 * paddedColumns * 4 + 64) * POSITIONS);
  const scratch = program.partScratch(partBytes);
  const words = [
    ...[program.address(rows.source), packedColumns, program.address(target), program.addressOrZero(bias)],
    ...[rows.count, columns.count, depth, rows.stride, rows.depthStride, reversed ? 1 : 0, columnStep],
    ...[unitPanels, ...scratch, productsAt],
  ];
  const units = Math.ceil(panels / unitPanels);
  const keptPitch = align((unitPanels * 6 * depth * 4 + 64) * POSITIONS);
  let kept = [0, 0];
  if (program.keepsWhatIsMadeOf(rows.source)) {
    program.kept(keptPitch * units, rows.source, (to) => {
      kept = [to, keptPitch];
      program.command('two_by_two_kernels', [...words, ...kept], { units });
    });
  }
  program.command(kernel, [...words, ...kept], { units });
}
