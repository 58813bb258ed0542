import type { PlanTensor } from '../../../plan';
import { align, type ProgramBuilder } from '../../program-builder';
import { encodeSame3x3, encodeSame3x3GradWeight, isSame3x3 } from './depthwise-3x3';
import { formOf, layOutSlab, slabWords, type Slab, type SlabGeometry } from './depthwise-slab';
import { type Convolution, forwardTaps, type Tap } from '../../../steps/convolution';

/** What the sums of the groups that are done together take. */
const SUMS_BYTES = 16 * 1024;

/** A tap, the source plane that it reads and the index of its weight. */
interface WeightedTap extends Tap {
  readonly plane: number;
  readonly weight: number;
}

/** Target rows of the same taps: `first`, and every so many after it. */
interface RowPhase {
  readonly rows: number;
  readonly first: number;
  /** Taps of all places, or of those in even columns and those in odd ones. */
  readonly taps: readonly (readonly WeightedTap[])[];
}

/** A pass over planes, of which each group has `targets` to write. */
interface Pass {
  readonly geometry: Omit<SlabGeometry, 'taps'>;
  readonly phases: readonly RowPhase[];
  readonly weight: number;
  readonly bias: number;
  readonly target: number;
  readonly targets: number;
  readonly targetHeight: number;
  readonly targetWidth: number;
  /** Target rows from one grid row to the next. */
  readonly targetRows: number;
}

export function encodeDepthwise(
  program: ProgramBuilder,
  convolution: Convolution,
  x: PlanTensor,
  weight: PlanTensor,
  bias: PlanTensor | undefined,
  y: PlanTensor,
): void {
  if (isSame3x3(convolution)) {
    encodeSame3x3(program, convolution, [x, weight, y], { bias, turned: false });
    return;
  }
  const [gridHeight, gridWidth] = convolution.outputSize;
  const taps = forwardTaps(convolution).map((tap, index) => ({ ...tap, plane: 0, weight: index }));
  encodePass(program, convolution, {
    geometry: { ...sourceOf(program, convolution, x), gridHeight, gridWidth },
    phases: [{ rows: gridHeight, first: 0, taps: [taps] }],
    weight: program.address(weight),
    bias: program.addressOrZero(bias),
    target: program.address(y),
    targets: convolution.outputChannels,
    targetHeight: gridHeight,
    targetWidth: gridWidth,
    targetRows: 1,
  });
}

export function encodeDepthwiseGradInput(
  program: ProgramBuilder,
  convolution: Convolution,
  dy: PlanTensor,
  weight: PlanTensor,
  dx: PlanTensor,
): void {
  if (isSame3x3(convolution)) {
    encodeSame3x3(program, convolution, [dy, weight, dx], { turned: true });
    return;
  }
  const { stride, inputSize, outputSize, outputChannels } = convolution;
  if (stride[1] > 2) {
    program.command('depthwise_scatter', scatterWords(program, convolution, dy, weight, dx));
    return;
  }
  encodePass(program, convolution, {
    geometry: {
      source: program.address(dy),
      sources: outputChannels,
      height: outputSize[0],
      width: outputSize[1],
      gridHeight: Math.ceil(inputSize[0] / stride[0]),
      gridWidth: Math.ceil(inputSize[1] / stride[1]),
      stride: [1, 1],
    },
    phases: Array.from({ length: Math.min(stride[0], inputSize[0]) }, (_, row) => ({
      rows: Math.ceil((inputSize[0] - row) / stride[0]),
      first: row,
      taps: Array.from({ length: stride[1] }, (_none, column) => transposedTaps(convolution, row, column)),
    })),
    weight: program.address(weight),
    bias: 0,
    target: program.address(dx),
    targets: 1,
    targetHeight: inputSize[0],
    targetWidth: inputSize[1],
    targetRows: stride[0],
  });
}

export function encodeDepthwiseGradWeight(
  program: ProgramBuilder,
  convolution: Convolution,
  x: PlanTensor,
  dy: PlanTensor,
  dweight: PlanTensor,
): void {
  if (isSame3x3(convolution)) {
    encodeSame3x3GradWeight(program, convolution, x, dy, dweight);
    return;
  }
  const { images, groups, outputChannels, outputSize } = convolution;
  const [gridHeight, gridWidth] = outputSize;
  const taps = forwardTaps(convolution);
  const geometry = { ...sourceOf(program, convolution, x), gridHeight, gridWidth, taps };
  const slab = layOutSlab(geometry);
  const offsets = taps.map((tap) => slab.offsetOf(tap, 0));
  const form = formOf(offsets, slab);
  const slots = Math.ceil(taps.length / 4) * 4;
  const groupSlots = outputChannels * slots;
  const blockGroups = Math.max(1, Math.min(groups, Math.floor(SUMS_BYTES / (groupSlots * 24))));
  const totalsAt = slab.bytes + align(blockGroups * groupSlots * 16);
  const partBytes = totalsAt + align(blockGroups * groupSlots * 8);
  const scratch = program.partScratch(partBytes);
  // The slots beyond the last tap repeat it; nobody reads them.
  const padded = Array.from({ length: slots }, (_, i) => offsets[Math.min(i, offsets.length - 1)] ?? 0);
  program.command(
    'depthwise_grad_weight',
    [
      ...slabWords(program, geometry, slab, ...scratch),
      ...[program.address(dy), program.address(dweight), images, groups, outputChannels, gridWidth],
      ...[taps.length, program.table(padded), slots, form, slab.bytes, totalsAt, blockGroups],
    ],
    { units: Math.ceil(groups / 8) },
  );
}

/** The planes of x, read by the places of y. */
function sourceOf(
  program: ProgramBuilder,
  { inputSize, stride }: Convolution,
  x: PlanTensor,
): Omit<SlabGeometry, 'taps' | 'gridHeight' | 'gridWidth'> {
  const [height, width] = inputSize;
  return { source: program.address(x), sources: 1, height, width, stride };
}

/** What input places of these remainders modulo the stride get from the output gradients, relative to place / stride. */
function transposedTaps(
  { kernel, stride, dilation, padding, outputChannels }: Convolution,
  row: number,
  column: number,
): readonly WeightedTap[] {
  const taps: WeightedTap[] = [];
  for (let plane = 0; plane < outputChannels; plane++) {
    for (let i = kernel[0] - 1; i >= 0; i--) {
      for (let j = kernel[1] - 1; j >= 0; j--) {
        const tapRow = (row + padding[0] - i * dilation[0]) / stride[0];
        const tapColumn = (column + padding[1] - j * dilation[1]) / stride[1];
        if (!Number.isInteger(tapRow) || !Number.isInteger(tapColumn)) continue;
        taps.push({ row: tapRow, column: tapColumn, plane, weight: (plane * kernel[0] + i) * kernel[1] + j });
      }
    }
  }
  return taps;
}

function encodePass(
  program: ProgramBuilder,
  { images, groups, outputChannels, kernel }: Convolution,
  pass: Pass,
): void {
  const { phases, targets, targetHeight, targetWidth } = pass;
  const taps = phases.flatMap((phase) => phase.taps.flat());
  const geometry = { ...pass.geometry, taps: taps.length > 0 ? taps : [{ row: 0, column: 0 }] };
  const slab = layOutSlab(geometry);
  const offsetsOf = (list: readonly WeightedTap[]): number[] => list.map((tap) => slab.offsetOf(tap, tap.plane));
  const columnPhases = phases[0]?.taps.length ?? 1;
  const [only] = phases;
  const form = columnPhases === 2 ? 3 : only && phases.length === 1 ? formOf(offsetsOf(only.taps.flat()), slab) : 0;
  const targetPitch = 4 * pass.targetRows * targetWidth;
  const blocks = blocksOf(slab, geometry.stride[0], targetWidth, columnPhases, targetPitch);
  const phaseWords = phases.flatMap((phase) => {
    const words = phase.taps.flat().flatMap((tap) => [slab.offsetOf(tap, tap.plane), tap.weight]);
    const counts = [phase.taps[0]?.length ?? 0, phase.taps[1]?.length ?? 0];
    return [phase.rows, 4 * phase.first * targetWidth, program.table(words), ...counts];
  });
  const scratch = program.partScratch(slab.bytes);
  const kernelSize = kernel[0] * kernel[1];
  program.command(
    'depthwise',
    [
      ...slabWords(program, geometry, slab, ...scratch),
      ...[pass.weight, pass.bias, pass.target, images * groups, groups, targets, targetHeight * targetWidth],
      ...[outputChannels * kernelSize, kernelSize, targetPitch],
      ...[program.table(blocks), blocks.length / 3 / slab.stripRows],
      ...[form, program.table(phaseWords), phases.length],
    ],
    { units: images * groups },
  );
}

/** Blocks of a strip's rows: offset in the slab, in the target, floats. The last of a row may do again what the one before it did. */
function blocksOf(
  slab: Slab,
  rowStride: number,
  width: number,
  columnPhases: number,
  targetPitch: number,
): readonly number[] {
  const size = 4 * columnPhases;
  const starts: number[] = [];
  for (let column = 0; column + size <= width; column += size) starts.push(column);
  const rest = width % size;
  // It begins in an even column, where the columns alternate.
  if (rest > 0) starts.push(Math.max(0, columnPhases * Math.ceil((width - size) / columnPhases)));
  return Array.from({ length: slab.stripRows }, (_, row) =>
    starts.flatMap((column) => [
      4 * (row * rowStride * slab.rowPitch + column / columnPhases),
      row * targetPitch + 4 * column,
      Math.min(size, width - column),
    ]),
  ).flat();
}

/** See `kernels/depthwise-scatter.ts`. */
function scatterWords(
  program: ProgramBuilder,
  { images, groups, outputChannels, inputSize, outputSize, kernel, stride, dilation, padding }: Convolution,
  dy: PlanTensor,
  weight: PlanTensor,
  dx: PlanTensor,
): readonly number[] {
  return [
    ...[program.address(dx), program.address(weight), program.address(dy), images, groups, outputChannels],
    ...[...inputSize, ...outputSize, ...kernel, ...stride, ...dilation, ...padding],
  ];
}
