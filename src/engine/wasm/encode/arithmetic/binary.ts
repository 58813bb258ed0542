import { elementCount } from '../../../../core/graph/dim';
import type { KernelStep, PlanTensor } from '../../../plan';
import { type ProgramBuilder } from '../../program-builder';
import { booleanAttribute, numberAttribute } from '../../../steps/attributes';
import { inputOf, sizeOf } from '../../../steps/tensors';
import { binaryCode } from './binary-codes';
import { collapseDims } from '../../../steps/collapse-dims';
import { encodeElementwise } from './elementwise';
import { floatWord } from '../../../steps/float-word';

/** An operand: where its elements lie, and its sizes. */
interface Operand {
  readonly address: number;
  readonly shape: readonly number[];
}

/** A function of two tensors, which may be broadcast. */
export function encodeBinary(step: KernelStep, program: ProgramBuilder): void {
  const [a, b] = [inputOf(step, 0), inputOf(step, 1)];
  const plain = sizeOf(a) === sizeOf(step.output) && sizeOf(b) === sizeOf(step.output);
  if (plain && a.dtype === 'f32' && (step.op === 'add' || step.op === 'multiply')) {
    encodeElementwise(step, program);
    return;
  }
  encodeFunction(program, binaryCode(step.op, a.dtype), operandOf(program, a), operandOf(program, b), step.output);
}

/** A function of a tensor and a number. */
export function encodeWithNumber(step: KernelStep, program: ProgramBuilder): void {
  const { attrs, output } = step;
  const x = inputOf(step, 0);
  const name = attrs['function'];
  if (typeof name !== 'string') throw new Error('A function of a number has no name');
  const value = numberAttribute(attrs, 'number');
  const number = { address: program.table([x.dtype === 'f32' ? floatWord(value) : value]), shape: [] };
  const operands = [operandOf(program, x), number] as const;
  const [a, b] = booleanAttribute(attrs, 'numberFirst') ? [operands[1], operands[0]] : operands;
  encodeFunction(program, binaryCode(name, x.dtype), a, b, output);
}

/** x^(1/p) */
export function encodeRoot(step: KernelStep, program: ProgramBuilder): void {
  const x = operandOf(program, inputOf(step, 0));
  const exponent = { address: program.table([floatWord(1 / numberAttribute(step.attrs, 'p'))]), shape: [] };
  encodeFunction(program, binaryCode('power', 'f32'), x, exponent, step.output);
}

/** The gradient of a mean: the same for each of the elements that it was made of, divided by their number. */
export function encodeMeanGrad(step: KernelStep, program: ProgramBuilder): void {
  const dy = inputOf(step, 0);
  const share = { address: program.table([floatWord(sizeOf(dy) / sizeOf(step.output))]), shape: [] };
  encodeFunction(program, binaryCode('multiply', 'f32'), operandOf(program, dy), share, step.output);
}

function operandOf(program: ProgramBuilder, tensor: PlanTensor): Operand {
  return { address: program.address(tensor), shape: tensor.shape };
}

function encodeFunction(program: ProgramBuilder, code: number, a: Operand, b: Operand, output: PlanTensor): void {
  const y = program.address(output);
  const size = sizeOf(output);
  if ([a, b].every(({ shape }) => [1, size].includes(elementCount(shape)))) {
    const [stepOfA, stepOfB] = [a, b].map(({ shape }) => (size > 1 && elementCount(shape) === 1 ? 0 : 1));
    program.elementwise('binary', [code, a.address, b.address, y, stepOfA ?? 1, stepOfB ?? 1], size);
    return;
  }
  const dims = collapseDims(output.shape, [a.shape, b.shape]);
  const words = dims.flatMap(({ size: length, steps }) => [length, ...steps]);
  if (dims.length < 2) words.push(1, 0, 0);
  program.command('binary_broadcast', [code, a.address, b.address, y, Math.max(2, dims.length), ...words]);
}
