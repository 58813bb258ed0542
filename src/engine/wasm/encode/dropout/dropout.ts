import type { KernelStep } from '../../../plan';
import { type ProgramBuilder } from '../../program-builder';
import { booleanAttribute, numberAttribute } from '../../../steps/attributes';
import { batchWords } from '../../../steps/batch-words';
import { inputOf, planeShape, sizeOf } from '../../../steps/tensors';
import { floatWord } from '../../../steps/float-word';

const WORDS = 2 ** 32;

export function encodeDropoutApply(step: KernelStep, program: ProgramBuilder): void {
  const [x, random] = [inputOf(step, 0), inputOf(step, 1)];
  const p = numberAttribute(step.attrs, 'p');
  const threshold = Math.min(Math.round(p * WORDS), WORDS - 1);
  const factor = p < 1 ? 1 / (1 - p) : 0;
  const perChannel = booleanAttribute(step.attrs, 'perChannel');
  const words = [
    ...[program.address(x), program.address(random), program.address(step.output)],
    ...[threshold, numberAttribute(step.attrs, 'key'), floatWord(factor)],
    ...batchWords(step.attrs, perChannel ? x.shape.slice(0, 2) : x.shape),
  ];
  if (perChannel) {
    const [images, channels, places] = planeShape(x);
    program.command('dropout_channels', [...words, images * channels, places]);
  } else {
    program.elementwise('dropout_apply', words, sizeOf(x));
  }
}
