import type { KernelStep } from '../../../plan';
import { imageShape, inputOf, sizeOf } from '../../../steps/tensors';
import type { ProgramBuilder } from '../../program-builder';
import { splitIndex } from '../split-index';

/** Inputs: images and others f32 [N, C, H, W], mix f32 [N, 5]: λ, then the box's top, bottom, left and right. */
export function encodeMixImages(step: KernelStep, program: ProgramBuilder): void {
  const [, channels, height, width] = imageShape(step.output);
  program.forEach({
    name: step.op,
    tensors: { images: inputOf(step, 0), others: inputOf(step, 1), mix: inputOf(step, 2), y: step.output },
    sizes: { channels, height, width },
    size: sizeOf(step.output),
    body: `${splitIndex('i', ['n', 'channel', 'row', 'column'], ['', 'p.channels', 'p.height', 'p.width'])}
  let share = load_mix(5u * n);
  let down = f32(row) >= load_mix(5u * n + 1u) && f32(row) < load_mix(5u * n + 2u);
  let across = f32(column) >= load_mix(5u * n + 3u) && f32(column) < load_mix(5u * n + 4u);
  let other = load_others(i);
  var value = load_images(i);
  if (down && across) {
    value = other;
  } else if (share != 1.0) {
    value = share * value + (1.0 - share) * other;
  }
  store_y(i, value);`,
  });
}
