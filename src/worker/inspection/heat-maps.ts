import { gradCam as combineMaps } from '../../core/inspect/grad-cam';
import { gradientOutput, seedInput, valueOutput } from '../../core/inspect/inspection-graph';
import { probabilityRows } from '../../core/inspect/head-scores';
import { UserError } from '../../core/errors';
import type { GradCamRequest, HeatMap, OcclusionRequest } from '../../protocol/inspection';
import { floatInput } from '../model-session';
import { loadNetworkImage, networkInput } from './network-image';
import { readFloats, readValue, type OpenedSubject } from './opened-subject';
import type { Subjects } from './subjects';
import type { RunningTask } from './tasks';

/** Where a layer's maps speak for a class. */
export async function gradCam(
  subjects: Subjects,
  { subject, image: reference, layer, class: wanted }: GradCamRequest,
): Promise<HeatMap> {
  const { opened } = await subjects.use(subject);
  const { shape, path, title } = opened.layer(layer);
  const [channels = 1, height = 1, width = 1] = shape;
  if (shape.length !== 3) throw new UserError(`${path || title} has no places.`, 'Choose a layer with maps.');
  const image = await loadNetworkImage(subjects, subject, opened, reference);
  const program = await opened.gradients(opened.output, [layer], 1);
  if (!program.plan.outputs[gradientOutput(layer)]) {
    throw new UserError(`The scores do not depend on ${path || title}.`, 'Choose a layer on the way to the output.');
  }
  floatInput(program, 'images').set(networkInput(image, opened));
  floatInput(program, seedInput).set(oneHot(opened, wanted));
  await program.run();
  const maps = await readFloats(program, valueOutput(layer));
  const gradients = await readFloats(program, gradientOutput(layer));
  return { shape: [height, width], values: combineMaps(maps, gradients, channels) };
}

/** Positions of the square that are computed at once. */
const batchSize = 16;

/**
 * How much of a class's probability is lost when a square of the image is the mean colour: one number for each position of
 * the square, which moves by `stride` and stays inside of the image. Source: Zeiler and Fergus, 2014.
 */
export async function occlusion(
  subjects: Subjects,
  { subject, image: reference, class: wanted, size, stride }: OcclusionRequest,
  task: RunningTask,
): Promise<HeatMap> {
  const { opened } = await subjects.use(subject);
  const [channels = 1, height = 1, width = 1] = opened.inputShape;
  if (!(size >= 1 && size <= Math.min(height, width) && stride >= 1)) {
    throw new UserError(
      `A square of ${size} pixels does not fit into the image.`,
      `Choose 1 to ${Math.min(height, width)}.`,
    );
  }
  const image = await loadNetworkImage(subjects, subject, opened, reference);
  const input = networkInput(image, opened);
  const [rows, columns] = [positions(height, size, stride), positions(width, size, stride)];
  const outputs = opened.layer(opened.output).shape[0] ?? 1;
  const classes = opened.head === 'binary' ? 2 : outputs;
  oneHot(opened, wanted);
  const probabilities = new Float32Array(1 + rows * columns);
  for (let start = 0; start < probabilities.length; start += batchSize) {
    await task.checkpoint(start, probabilities.length);
    const count = Math.min(batchSize, probabilities.length - start);
    const program = await opened.activations([opened.output], count);
    const batch = floatInput(program, 'images');
    for (let i = 0; i < count; i++) {
      const own = batch.subarray(i * input.length, (i + 1) * input.length);
      own.set(input);
      // Number 0 is the image as it is.
      const position = start + i - 1;
      if (position >= 0) cover(own, Math.floor(position / columns) * stride, (position % columns) * stride);
    }
    await program.run();
    const scores = await readValue(program, opened.output);
    const rowsOfScores = probabilityRows(scores, outputs, opened.head, classes);
    for (let i = 0; i < count; i++) probabilities[start + i] = rowsOfScores[i * classes + wanted] ?? 0;
  }
  await task.checkpoint(probabilities.length, probabilities.length);
  const [whole = 0] = probabilities;
  return { shape: [rows, columns], values: probabilities.subarray(1).map((value) => whole - value) };

  /** The mean colour is zero after normalisation. */
  function cover(pixels: Float32Array, top: number, left: number): void {
    for (let channel = 0; channel < channels; channel++) {
      for (let y = top; y < top + size; y++) {
        const row = (channel * height + y) * width + left;
        pixels.fill(0, row, row + size);
      }
    }
  }
}

function positions(length: number, size: number, stride: number): number {
  return Math.floor((length - size) / stride) + 1;
}

/** Whose gradient is a class's score; a single logit is for the second class and against the first. */
function oneHot(opened: OpenedSubject, wanted: number): Float32Array {
  const outputs = opened.layer(opened.output).shape[0] ?? 1;
  if (opened.head === 'binary' && (wanted === 0 || wanted === 1)) return Float32Array.of(2 * wanted - 1);
  if (!(wanted >= 0 && wanted < outputs))
    throw new UserError(`The network tells ${outputs} classes apart; there is no ${wanted}.`);
  const seed = new Float32Array(outputs);
  seed[wanted] = 1;
  return seed;
}
