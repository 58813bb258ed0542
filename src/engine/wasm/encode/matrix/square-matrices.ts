import { align } from '../../program-builder';
import type { Encoder } from '../encoder';
import { inputOf, sizeOf } from '../../../steps/tensors';

/**
 * A function of each matrix `[…, n, n]` by itself, which one part computes in doubles: `matrices` of them as scratch and
 * `indices` numbers for each row. `more`: further argument words.
 */
export function squareMatrixEncoder(
  kernel: string,
  { matrices, indices = 0, more = [] }: { matrices: number; indices?: number; more?: readonly number[] },
): Encoder {
  return (step, program) => {
    const x = inputOf(step, 0);
    const n = x.shape.at(-1) ?? 1;
    const count = n === 0 ? sizeOf(step.output) : sizeOf(x) / n ** 2;
    const bytes = align(8 * matrices * n ** 2 + 4 * indices * n);
    const scratch = program.partScratch(bytes);
    const places = [program.address(x), program.address(step.output)];
    program.command(kernel, [...places, count, n, ...scratch, ...more]);
  };
}
