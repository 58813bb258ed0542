import { normalizedDims, type NormalizeAttributes } from '../../../../core/ops/activation/normalize';
import { elementCount } from '../../../../core/graph/dim';
import type { KernelStep } from '../../../plan';
import { type ProgramBuilder } from '../../program-builder';
import { inputOf } from '../../../steps/tensors';
import { floatWord } from '../../../steps/float-word';

/** normalize and normalize_grad, of the root of the sum of squares along neighbouring dimensions. */
export function encodeNormalize(step: KernelStep, program: ProgramBuilder): void {
  const { shape } = inputOf(step, 0);
  const { dims, eps } = step.attrs as NormalizeAttributes;
  const along = normalizedDims(dims, shape.length);
  const [first = 0, last = 0] = [along[0], along.at(-1)];
  const length = elementCount(shape.slice(first, last + 1));
  const inner = elementCount(shape.slice(last + 1));
  const lines = elementCount(shape.slice(0, first)) * inner;
  const addresses = [...step.inputs, step.output].map((tensor) => program.address(tensor));
  program.command(step.op, [...addresses, lines, length, inner, floatWord(eps)]);
}
