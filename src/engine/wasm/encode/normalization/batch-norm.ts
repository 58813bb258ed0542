import type { KernelStep, PlanTensor } from '../../../plan';
import { type ProgramBuilder } from '../../program-builder';
import { booleanAttribute, numberAttribute } from '../../../steps/attributes';
import { channelChunks } from '../reduction/channel-sum';
import { inputOf, planeShape, sizeOf } from '../../../steps/tensors';
import { floatWord } from '../../../steps/float-word';

export function encodeBatchNormStats(step: KernelStep, program: ProgramBuilder): void {
  const x = inputOf(step, 0);
  const [images, channels, places] = planeShape(x);
  if (places === 1) {
    const addresses = [program.address(x), program.address(step.output)];
    program.command('batch_norm_columns_stats', [...addresses, images, channels]);
    return;
  }
  const chunks = channelChunks(images, channels);
  const partial = program.scratch(chunks * channels * 24);
  program.command('batch_norm_stats', [program.address(x), partial, images, channels, places, chunks], {
    units: channels * chunks,
  });
  program.command('batch_norm_stats_finish', [
    ...[partial, program.address(step.output), channels, chunks, images * places],
  ]);
}

export function encodeBatchNormNormalize(step: KernelStep, program: ProgramBuilder): void {
  const stats = program.address(inputOf(step, 1));
  const [, channels] = planeShape(inputOf(step, 0));
  encodeNormalize(step, program, stats, stats + channels * 4, affineInputs(step, 2));
}

export function encodeBatchNormInference(step: KernelStep, program: ProgramBuilder): void {
  const [mean, variance] = [program.address(inputOf(step, 1)), program.address(inputOf(step, 2))];
  encodeNormalize(step, program, mean, variance, affineInputs(step, 3));
}

function encodeNormalize(
  step: KernelStep,
  program: ProgramBuilder,
  mean: number,
  variance: number,
  [weight, bias]: readonly (PlanTensor | undefined)[],
): void {
  const x = inputOf(step, 0);
  const [images, channels, places] = planeShape(x);
  const words = [program.address(x), mean, variance, program.addressOrZero(weight), program.addressOrZero(bias)];
  words.push(program.address(step.output));
  if (places === 1) {
    program.command('batch_norm_columns_normalize', [...words, images, channels, epsilon(step)]);
    return;
  }
  program.elementwise('batch_norm_normalize', [...words, channels, places, epsilon(step)], sizeOf(x));
}

export function encodeBatchNormGradStats(step: KernelStep, program: ProgramBuilder): void {
  const [dy, x, stats] = [inputOf(step, 0), inputOf(step, 1), program.address(inputOf(step, 2))];
  const [images, channels, places] = planeShape(x);
  if (places === 1) {
    program.command('batch_norm_columns_grad_stats', [
      ...[
        program.address(dy),
        program.address(x),
        stats,
        program.address(step.output),
        images,
        channels,
        epsilon(step),
      ],
    ]);
    return;
  }
  const chain = program.takeChain();
  const chunks = channelChunks(images, channels);
  const partial = program.scratch(chunks * channels * 16);
  program.command(
    'batch_norm_grad_stats',
    [program.address(dy), program.address(x), stats, partial, images, channels, places, chunks, ...chain],
    { units: channels * chunks },
  );
  program.command('batch_norm_grad_stats_finish', [
    ...[partial, stats, program.address(step.output), channels, chunks, epsilon(step)],
  ]);
}

export function encodeBatchNormGradInput(step: KernelStep, program: ProgramBuilder): void {
  const [dy, x, stats, gradientStats] = [inputOf(step, 0), inputOf(step, 1), inputOf(step, 2), inputOf(step, 3)];
  const [weight] = affineInputs(step, 4);
  const [images, channels, places] = planeShape(x);
  const words = [program.address(dy), program.address(x), program.address(stats), program.address(gradientStats)];
  words.push(program.addressOrZero(weight), program.address(step.output));
  if (places === 1) {
    program.command('batch_norm_columns_grad_input', [...words, images, channels, epsilon(step)]);
    return;
  }
  const rest = [channels, places, epsilon(step), images * places];
  program.elementwise('batch_norm_grad_input', [...words, ...rest], sizeOf(x));
}

export function encodeBatchNormInferenceGradInput(step: KernelStep, program: ProgramBuilder): void {
  const [dy, variance] = [inputOf(step, 0), inputOf(step, 1)];
  const [weight] = affineInputs(step, 2);
  const [, channels, places] = planeShape(dy);
  const words = [program.address(dy), program.address(variance), program.addressOrZero(weight)];
  words.push(program.address(step.output), channels, places, epsilon(step));
  program.elementwise('batch_norm_inference_grad_input', words, sizeOf(dy));
}

export function encodeBatchNormCount(step: KernelStep, program: ProgramBuilder): void {
  program.elementwise('batch_norm_count', [program.address(inputOf(step, 0)), program.address(step.output)], 1);
}

/** Moves a running mean (row 0) or variance (row 1, unbiased) towards the batch's. */
export function encodeBatchNormRunning(step: KernelStep, program: ProgramBuilder): void {
  const [running, stats] = [inputOf(step, 0), inputOf(step, 1)];
  const channels = sizeOf(running);
  const row = numberAttribute(step.attrs, 'row');
  const count = numberAttribute(step.attrs, 'count');
  const factor = row === 1 ? count / (count - 1) : 1;
  if (step.attrs['momentum'] === null) {
    const addresses = [program.address(running), program.address(stats) + row * channels * 4];
    const batches = program.address(inputOf(step, 2));
    const words = [...addresses, program.address(step.output), batches, floatWord(factor)];
    program.elementwise('batch_norm_running_mean', words, channels);
    return;
  }
  const momentum = numberAttribute(step.attrs, 'momentum');
  program.elementwise(
    'batch_norm_running',
    [
      ...[program.address(running), program.address(stats) + row * channels * 4, program.address(step.output)],
      ...[floatWord(1 - momentum), floatWord(momentum * factor)],
    ],
    channels,
  );
}

/** Weight and bias, which stand from input `first` on if the layer is affine. */
function affineInputs(step: KernelStep, first: number): readonly (PlanTensor | undefined)[] {
  return booleanAttribute(step.attrs, 'affine') ? step.inputs.slice(first) : [];
}

function epsilon(step: KernelStep): number {
  return floatWord(numberAttribute(step.attrs, 'eps'));
}
