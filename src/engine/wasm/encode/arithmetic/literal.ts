import { literalNumber } from '../../../../core/ops/arithmetic/literal';
import type { KernelStep } from '../../../plan';
import { type ProgramBuilder } from '../../program-builder';
import { sizeOf } from '../../../steps/tensors';
import { floatWord } from '../../../steps/float-word';

/** Values that stand with the program. */
export function encodeLiteral({ attrs, output }: KernelStep, program: ProgramBuilder): void {
  const values = Array.isArray(attrs['values']) ? attrs['values'] : [];
  const words = values.map((value) =>
    output.dtype === 'f32' ? floatWord(literalNumber(value)) : literalNumber(value),
  );
  const [only = 0] = words;
  const target = program.address(output);
  if (words.length === 1) program.elementwise('constant', [target, only], sizeOf(output));
  else program.elementwise('copy', [program.table(words), target], sizeOf(output));
}
