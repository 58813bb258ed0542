import type { KernelStep } from '../../../plan';
import { floatWord, type ProgramBuilder } from '../../program-builder';
import { booleanAttribute, numberAttribute } from '../attributes';
import { batchWords } from '../batch-words';
import { inputOf, planeShape, sizeOf } from '../tensors';

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
