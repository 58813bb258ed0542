import type { DType } from '../../../../core/graph/graph';
import type { KernelStep } from '../../../plan';
import type { ProgramBuilder } from '../../program-builder';
import { inputOf, sizeOf } from '../../../steps/tensors';

/** Of whole numbers that have fewer bits than a word: bits to clear, and whether they are signed. */
const narrow: Partial<Record<DType, readonly [shift: number, signed: number]>> = {
  u8: [24, 0],
  i8: [24, 1],
  i16: [16, 1],
};

/** Elements of another type; whole numbers and truth values are words. */
export function encodeCast(step: KernelStep, program: ProgramBuilder): void {
  const [x, { output }] = [inputOf(step, 0), step];
  const addresses = [program.address(x), program.address(output)];
  const [kernel, ...more] = kernelOf(x.dtype, output.dtype);
  program.elementwise(kernel, [...addresses, ...more], sizeOf(output));
}

function kernelOf(from: DType, to: DType): readonly [kernel: string, ...more: number[]] {
  const isFloat = from === 'f32';
  if (to === 'f32') return isFloat ? ['copy'] : ['word_to_float'];
  if (to === 'bool') return isFloat ? ['float_to_truth'] : from === 'bool' ? ['copy'] : ['word_to_truth'];
  const bits = narrow[to];
  if (isFloat) return ['float_to_word', ...(bits ?? [0, 1])];
  return bits && from !== 'bool' ? ['word_to_word', ...bits] : ['copy'];
}
