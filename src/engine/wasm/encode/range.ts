import type { Attributes } from '../../../core/graph/graph';
import type { Encoder } from './encoder';
import { sizeOf } from '../../steps/tensors';
import { floatWord } from '../../steps/float-word';

/**
 * An element-wise op whose kernel takes the addresses of all inputs and of the output, then these numbers as floats.
 * Every element is a word, whatever its type.
 */
export function rangeEncoder(kernel: string, numbers: (attrs: Attributes) => readonly number[] = () => []): Encoder {
  return (step, program) => {
    const addresses = [...step.inputs, step.output].map((tensor) => program.address(tensor));
    program.elementwise(kernel, [...addresses, ...numbers(step.attrs).map(floatWord)], sizeOf(step.output));
  };
}

/** The same with whole numbers. */
export function wordsEncoder(kernel: string, numbers: (attrs: Attributes) => readonly number[] = () => []): Encoder {
  return (step, program) => {
    const addresses = [...step.inputs, step.output].map((tensor) => program.address(tensor));
    program.elementwise(kernel, [...addresses, ...numbers(step.attrs)], sizeOf(step.output));
  };
}

/** An op with one kernel for floats and one for the words of other types. */
export function byType(floats: Encoder, words: Encoder): Encoder {
  return (step, program) => (step.inputs[0]?.dtype === 'f32' ? floats : words)(step, program);
}
