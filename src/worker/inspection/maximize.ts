import { gradientOutput, seedInput } from '../../core/inspect/inspection-graph';
import { addTotalVariationGradient, roll } from '../../core/inspect/image-priors';
import { UserError } from '../../core/errors';
import { PhiloxStream, streams } from '../../core/rng/philox';
import type { MaximizedImage, MaximizeRequest } from '../../protocol/inspection';
import { floatInput } from '../model-session';
import { normalizationOf } from './network-image';
import { readFloats, readValue } from './opened-subject';
import type { Subjects } from './subjects';
import type { RunningTask } from './tasks';

/** Adam's constants. Source: Kingma and Ba, 2015. */
const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8];
/** Of the random image at the start, in units of the input after normalisation. */
const startDeviation = 0.1;

/**
 * Gradient ascent from noise on the channel's mean (a class's score), with Adam. Held back by an L2 penalty and total
 * variation, and moved about at random by some pixels each step. Source: Olah, Mordvintsev and Schubert, 'Feature
 * Visualization', Distill, 2017.
 */
export async function maximize(
  subjects: Subjects,
  request: MaximizeRequest,
  task: RunningTask,
): Promise<MaximizedImage> {
  const { subject, layer, channel, steps, learningRate, l2, totalVariation, jitter, seed } = request;
  const { opened } = await subjects.use(subject);
  const { shape, path, title } = opened.layer(layer);
  const [channels = 1, ...size] = shape;
  if (!(channel >= 0 && channel < channels))
    throw new UserError(`${path || title} has ${channels} channels; there is no ${channel}.`);
  const places = size.reduce((product, length) => product * length, 1);
  const program = await opened.gradients(layer, ['images'], 1);
  if (!program.plan.outputs[gradientOutput('images')])
    throw new UserError(`${path || title} does not depend on the image.`);
  const weights = new Float32Array(channels * places).fill(1 / places, channel * places, (channel + 1) * places);

  const stream = new PhiloxStream(seed, streams.samples, layer);
  const inputShape = opened.inputShape;
  const length = inputShape.reduce((product, each) => product * each, 1);
  const image = Float32Array.from({ length }, () => startDeviation * stream.nextNormal());
  const [first, second] = [new Float64Array(length), new Float64Array(length)];
  const activations = new Float32Array(steps);
  const bounds = pixelBounds(normalizationOf(opened));
  const plane = length / (inputShape[0] ?? 1);
  for (let step = 1; step <= steps; step++) {
    await task.checkpoint(step - 1, steps);
    const shift = () => (jitter > 0 ? stream.nextBelow(2 * jitter + 1) - jitter : 0);
    const [dy, dx] = [shift(), shift()];
    floatInput(program, 'images').set(roll(image, inputShape, dy, dx));
    floatInput(program, seedInput).set(weights);
    await program.run();
    const values = await readValue(program, layer);
    activations[step - 1] = mean(values.subarray(channel * places, (channel + 1) * places));
    const gradient = Float64Array.from(roll(await readFloats(program, gradientOutput('images')), inputShape, -dy, -dx));
    for (let i = 0; i < length; i++) gradient[i] = (gradient[i] ?? 0) - l2 * (image[i] ?? 0);
    addTotalVariationGradient(gradient, image, inputShape, -totalVariation);
    for (let i = 0; i < length; i++) {
      const slope = gradient[i] ?? 0;
      first[i] = beta1 * (first[i] ?? 0) + (1 - beta1) * slope;
      second[i] = beta2 * (second[i] ?? 0) + (1 - beta2) * slope * slope;
      const direction = (first[i] ?? 0) / (1 - beta1 ** step);
      const scale = Math.sqrt((second[i] ?? 0) / (1 - beta2 ** step)) + epsilon;
      const [low, high] = bounds[Math.floor(i / plane)] ?? [-Infinity, Infinity];
      // Only what a picture can show.
      image[i] = Math.min(high, Math.max(low, (image[i] ?? 0) + (learningRate * direction) / scale));
    }
  }
  await task.checkpoint(steps, steps);
  const { mean: means, std } = normalizationOf(opened);
  const pixels = Uint8Array.from(image, (value, i) => {
    const own = Math.floor(i / plane);
    return Math.round(255 * Math.min(1, Math.max(0, value * (std[own] ?? 1) + (means[own] ?? 0))));
  });
  return {
    image: { name: `${path || title}, channel ${channel}`, shape: inputShape, pixels, label: null },
    activations,
  };
}

/** What black and white are after normalisation, by channel. */
function pixelBounds({ mean: means, std }: { readonly mean: readonly number[]; readonly std: readonly number[] }) {
  return means.map((center, channel): readonly [number, number] => {
    const deviation = std[channel] ?? 1;
    return [(0 - center) / deviation, (1 - center) / deviation];
  });
}

function mean(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
