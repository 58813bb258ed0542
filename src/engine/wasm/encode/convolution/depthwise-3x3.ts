import type { PlanTensor } from '../../../plan';
import { align, type ProgramBuilder } from '../../program-builder';
import type { Convolution } from '../../../steps/convolution';

/** Channels whose sums a part keeps at hand, as `kernels/depthwise-3x3.ts` has it, and the bytes of one channel's. */
const BLOCK_CHANNELS = 64;
const CHANNEL_BYTES = 9 * (16 + 8);

/** 3×3, stride 1, padding 1, one output channel a group: planes of one size go in and come out. */
export function isSame3x3({
  kernel,
  stride,
  dilation,
  padding,
  inputSize,
  outputSize,
  outputChannels,
}: Convolution): boolean {
  const all = (sizes: readonly [number, number], size: number): boolean => sizes[0] === size && sizes[1] === size;
  return (
    all(kernel, 3) &&
    all(stride, 1) &&
    all(dilation, 1) &&
    all(padding, 1) &&
    inputSize[0] === outputSize[0] &&
    inputSize[1] === outputSize[1] &&
    inputSize[0] >= 2 &&
    outputChannels === 1
  );
}

/** Also the gradient of the input: the kernel `turned` round and applied to the gradient of the output. */
export function encodeSame3x3(
  program: ProgramBuilder,
  { images, groups, inputSize }: Convolution,
  [x, weight, y]: readonly [PlanTensor, PlanTensor, PlanTensor],
  { bias, turned }: { readonly bias?: PlanTensor | undefined; readonly turned: boolean },
): void {
  program.command(
    'depthwise_3x3',
    [
      ...[program.address(x), program.address(weight), program.addressOrZero(bias), program.address(y)],
      ...[images * groups, groups, ...inputSize, zeroRow(program, inputSize[1]), turned ? 8 : 0],
    ],
    { units: images * groups },
  );
}

export function encodeSame3x3GradWeight(
  program: ProgramBuilder,
  { images, groups, inputSize }: Convolution,
  x: PlanTensor,
  dy: PlanTensor,
  dweight: PlanTensor,
): void {
  const partBytes = align(BLOCK_CHANNELS * CHANNEL_BYTES);
  const scratch = program.partScratch(partBytes);
  program.command(
    'depthwise_3x3_grad_weight',
    [
      ...[program.address(x), program.address(dy), program.address(dweight), images, groups, ...inputSize],
      ...[zeroRow(program, inputSize[1]), ...scratch],
    ],
    { units: Math.ceil(groups / 8) },
  );
}

/** A row beyond the plane; what is read before and after a row is zero here, too. */
function zeroRow(program: ProgramBuilder, width: number): number {
  return program.table(Array<number>(width + 32).fill(0)) + 64;
}
