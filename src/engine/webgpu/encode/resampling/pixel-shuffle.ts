import type { KernelStep } from '../../../plan';
import { numberAttribute } from '../../../steps/attributes';
import { inputOf, sizeOf } from '../../../steps/tensors';
import type { ProgramBuilder } from '../../program-builder';
import { encodeMove } from '../shape/move';

/** [P, f, f, H, W] → [P, H, f, W, f]. */
export function encodePixelShuffle(step: KernelStep, program: ProgramBuilder): void {
  const x = inputOf(step, 0);
  const factor = numberAttribute(step.attrs, 'factor');
  const [height = 1, width = 1] = x.shape.slice(-2);
  const plane = height * width;
  encodeMove(program, {
    name: step.op,
    from: x,
    to: step.output,
    dims: [
      { size: sizeOf(x) / (factor * factor * plane), source: factor * factor * plane },
      { size: height, source: width },
      { size: factor, source: factor * plane },
      { size: width, source: 1 },
      { size: factor, source: plane },
    ],
  });
}

/** [P, H, f, W, f] → [P, f, f, H, W]. */
export function encodePixelUnshuffle(step: KernelStep, program: ProgramBuilder): void {
  const [x, y] = [inputOf(step, 0), step.output];
  const factor = numberAttribute(step.attrs, 'factor');
  const [height = 1, width = 1] = y.shape.slice(-2);
  const block = factor * factor * height * width;
  encodeMove(program, {
    name: step.op,
    from: x,
    to: y,
    dims: [
      { size: sizeOf(x) / block, source: block },
      { size: factor, source: width * factor },
      { size: factor, source: 1 },
      { size: height, source: factor * width * factor },
      { size: width, source: factor },
    ],
  });
}
