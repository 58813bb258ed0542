import type { KernelStep } from '../../../plan';
import type { ProgramBuilder } from '../../program-builder';
import { inputOf, sizeOf } from '../../../steps/tensors';
import { encodeProduct } from './product';

/** y [rows, out] = x [rows, in]·weightᵀ + bias. */
export function encodeLinear(step: KernelStep, program: ProgramBuilder): void {
  const [x, weight, bias] = [inputOf(step, 0), inputOf(step, 1), step.inputs[2]];
  const [outputs = 1, inputs = 1] = weight.shape;
  const rows = sizeOf(x) / inputs;
  encodeProduct(program, {
    a: program.address(x),
    aTransposed: false,
    b: program.address(weight),
    bTransposed: true,
    target: program.address(step.output),
    bias: program.addressOrZero(bias),
    size: [rows, outputs, inputs],
  });
}

/** dx [rows, in] = dy [rows, out]·weight. */
export function encodeLinearGradInput(step: KernelStep, program: ProgramBuilder): void {
  const [dy, weight] = [inputOf(step, 0), inputOf(step, 1)];
  const [outputs = 1, inputs = 1] = weight.shape;
  encodeProduct(program, {
    a: program.address(dy),
    aTransposed: false,
    b: program.address(weight),
    bTransposed: false,
    target: program.address(step.output),
    bias: 0,
    size: [sizeOf(dy) / outputs, inputs, outputs],
  });
}

/** dweight [out, in] = dyᵀ·x. */
export function encodeLinearGradWeight(step: KernelStep, program: ProgramBuilder): void {
  const [x, dy] = [inputOf(step, 0), inputOf(step, 1)];
  const [outputs = 1, inputs = 1] = step.output.shape;
  encodeProduct(program, {
    a: program.address(dy),
    aTransposed: true,
    b: program.address(x),
    bTransposed: false,
    target: program.address(step.output),
    bias: 0,
    size: [outputs, inputs, sizeOf(x) / inputs],
  });
}
