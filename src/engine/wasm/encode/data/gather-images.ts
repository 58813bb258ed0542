import { normalizationTable } from '../../../../core/data/batches';
import type { KernelStep } from '../../../plan';
import { type ProgramBuilder } from '../../program-builder';
import { listAttribute, optionalListAttribute } from '../../../steps/attributes';
import { imageShape, inputOf } from '../../../steps/tensors';
import { floatWord } from '../../../steps/float-word';

/** Inputs: images u8 [count, C, H, W] in the region `data`, picks i32 [N, 4 or 8]. */
export function encodeGatherImages(step: KernelStep, program: ProgramBuilder): void {
  const [images, picks] = [inputOf(step, 0), inputOf(step, 1)];
  const [count, channels, height, width] = imageShape(images);
  const values = normalizationTable(listAttribute(step.attrs, 'mean'), listAttribute(step.attrs, 'std'));
  const erased = optionalListAttribute(step.attrs, 'erased');
  program.command('gather_images', [
    ...[program.address(images), program.address(picks), program.address(step.output)],
    program.table(Array.from(values, floatWord)),
    ...[step.output.shape[0] ?? 0, count, channels, height, width],
    ...[picks.shape[1] ?? 0, erased ? program.table(erased) : 0],
  ]);
}
