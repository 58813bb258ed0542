import type { KernelStep } from '../../../plan';
import type { ProgramBuilder } from '../../program-builder';
import { inputOf, planeShape } from '../../../steps/tensors';

/** So many (channel, chunk) units keep any number of threads evenly busy. */
const ENOUGH_UNITS = 64;

/** Into how many chunks of images a reduction over channels is cut: by the shape alone, as it changes the order of the sums. */
export function channelChunks(images: number, channels: number): number {
  return Math.min(images, Math.ceil(ENOUGH_UNITS / channels));
}

export function encodeChannelSum(step: KernelStep, program: ProgramBuilder): void {
  const x = inputOf(step, 0);
  const [images, channels, places] = planeShape(x);
  const target = program.address(step.output);
  if (places === 1) {
    program.command('column_sum', [program.address(x), target, images, channels]);
    return;
  }
  const chain = program.takeChain();
  const chunks = channelChunks(images, channels);
  const partial = program.scratch(chunks * channels * 8);
  program.command('channel_sum', [program.address(x), partial, images, channels, places, chunks, ...chain], {
    units: channels * chunks,
  });
  program.command('channel_sum_finish', [partial, target, channels, chunks]);
}
