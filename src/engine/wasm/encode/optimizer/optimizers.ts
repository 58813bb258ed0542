import type { KernelStep } from '../../../plan';
import { type ProgramBuilder } from '../../program-builder';
import { booleanAttribute, numberAttribute } from '../../../steps/attributes';
import { inputOf, sizeOf } from '../../../steps/tensors';
import { floatWord } from '../../../steps/float-word';

export function encodeSgd(step: KernelStep, program: ProgramBuilder): void {
  const { words, moments } = describe(step, booleanAttribute(step.attrs, 'momentum') ? 1 : 0, program);
  const nesterov = booleanAttribute(step.attrs, 'nesterov');
  program.elementwise('sgd', [...words, moments[0] ?? 0, nesterov ? 1 : 0], sizeOf(step.output));
}

/** adam and adamw. */
export function encodeAdam(step: KernelStep, program: ProgramBuilder): void {
  const { words, moments } = describe(step, step.attrs['amsgrad'] === true ? 3 : 2, program);
  const [first = 0, second = 0, largest = 0] = moments;
  program.elementwise('adam', [...words, first, second, largest, step.op === 'adamw' ? 1 : 0], sizeOf(step.output));
}

export function encodeRmsprop(step: KernelStep, program: ProgramBuilder): void {
  const [momentum, centered] = [booleanAttribute(step.attrs, 'momentum'), booleanAttribute(step.attrs, 'centered')];
  const { words, moments } = describe(step, 1 + Number(momentum) + Number(centered), program);
  const [square = 0, ...others] = moments;
  const buffer = momentum ? (others[0] ?? 0) : 0;
  const mean = centered ? (others.at(-1) ?? 0) : 0;
  program.elementwise('rmsprop', [...words, square, buffer, mean], sizeOf(step.output));
}

/** What gradients are multiplied by, so that their norm is `maximum` at most. */
export function encodeClipNorm(step: KernelStep, program: ProgramBuilder): void {
  const blocks = step.inputs.flatMap((gradient) => {
    const size = sizeOf(gradient);
    return Array.from({ length: Math.ceil(size / NORM_BLOCK) }, (_, block) => [
      program.address(gradient) + 4 * NORM_BLOCK * block,
      Math.min(NORM_BLOCK, size - NORM_BLOCK * block),
    ]);
  });
  const sums = program.scratch(8 * blocks.length);
  const maximum = floatWord(numberAttribute(step.attrs, 'maximum'));
  program.command('square_blocks', [program.table(blocks.flat()), sums, blocks.length]);
  program.command('clip_norm_finish', [sums, blocks.length, maximum, program.address(step.output)]);
}

/** Floats of a block of gradients: enough that the sums of a large model's blocks are quickly added up. */
const NORM_BLOCK = 16384;

/** Inputs: parameters, gradients, so many moments, hyper, and the factor that clips gradients, if there is one. */
function describe(step: KernelStep, momentCount: number, program: ProgramBuilder) {
  const address = (index: number) => program.address(inputOf(step, index));
  const hyper = 2 + momentCount;
  const { clipValue } = step.attrs;
  const factor = step.inputs.length > hyper + 1 ? address(hyper + 1) : 0;
  const limit = floatWord(typeof clipValue === 'number' ? clipValue : Number.POSITIVE_INFINITY);
  return {
    words: [address(0), address(1), address(hyper), factor, limit],
    moments: Array.from({ length: momentCount }, (_, index) => address(2 + index)),
  };
}
