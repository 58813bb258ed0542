import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { imageFormatNames, isImageFileName } from '../../core/data/image-file-name';
import { softmaxRows } from '../../core/inspect/class-metrics';
import { UserError, describeError } from '../../core/errors';
import type {
  ClassScore,
  FilePrediction,
  ImagePrediction,
  NetworkImage,
  PredictFilesRequest,
  PredictionRequest,
  ScoresRequest,
  SplitScores,
} from '../../protocol/inspection';
import { floatInput } from '../model-session';
import { loadNetworkImage, networkInput } from './network-image';
import { readValue, type OpenedSubject } from './opened-subject';
import { splitValues } from './split-values';
import type { Subjects } from './subjects';
import type { RunningTask } from './tasks';

export async function predict(
  subjects: Subjects,
  { subject, image: reference, topK }: PredictionRequest,
): Promise<ImagePrediction> {
  const { opened } = await subjects.use(subject);
  const image = await loadNetworkImage(subjects, subject, opened, reference);
  return { image, top: topClasses(await scoresOf(opened, image), opened, topK) };
}

/** Every image file of the list, and of its folders with what is below them; one that can't be read gets an error of its own. */
export async function predictFiles(
  subjects: Subjects,
  { subject, paths, topK }: PredictFilesRequest,
  task: RunningTask,
): Promise<readonly FilePrediction[]> {
  const { opened } = await subjects.use(subject);
  const files = (await Promise.all(paths.map(imageFiles))).flat();
  if (files.length === 0) {
    throw new UserError('There are no images to classify.', `Images are ${imageFormatNames}.`);
  }
  const predictions: FilePrediction[] = [];
  for (const [index, path] of files.entries()) {
    await task.checkpoint(index, files.length);
    try {
      const image = await loadNetworkImage(subjects, subject, opened, { kind: 'file', path });
      predictions.push({ path, top: topClasses(await scoresOf(opened, image), opened, topK), error: null });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      predictions.push({ path, top: [], error: describeError(error) });
    }
  }
  await task.checkpoint(files.length, files.length);
  return predictions;
}

export async function scores(
  subjects: Subjects,
  { subject, split: name }: ScoresRequest,
  task: RunningTask,
): Promise<SplitScores> {
  const { opened } = await subjects.use(subject);
  const split = await subjects.split(subject, name);
  const classes = opened.run?.record.data.classes ?? [];
  const outputs = opened.layer(opened.output).shape[0] ?? 1;
  const logits = new Float32Array(split.count * outputs);
  for await (const { start, values } of splitValues(opened, opened.output, split, split.count, task)) {
    logits.set(values, start * outputs);
  }
  const probabilities = softmaxRows(logits, outputs);
  const labels = split.labels.slice();
  const losses = Float32Array.from(labels, (label, row) => crossEntropy(logits, row, outputs, label));
  return { split: name, classes, labels, probabilities: withoutSpare(probabilities, outputs, classes.length), losses };
}

/** The network's output for an image. */
export async function scoresOf(opened: OpenedSubject, image: NetworkImage): Promise<Float32Array> {
  const program = await opened.activations([opened.output], 1);
  floatInput(program, 'images').set(networkInput(image, opened));
  await program.run();
  return readValue(program, opened.output);
}

/** Most probable first; ties go to the lower class. */
function topClasses(logits: Float32Array, opened: OpenedSubject, topK: number): readonly ClassScore[] {
  const probabilities = softmaxRows(logits, logits.length);
  const names = opened.run?.record.data.classes ?? [];
  return Array.from(logits, (logit, index) => ({
    class: index,
    label: names[index] ?? `output ${index}`,
    logit,
    probability: probabilities[index] ?? 0,
  }))
    .sort((a, b) => b.logit - a.logit || a.class - b.class)
    .slice(0, topK);
}

/** −log softmax(logits)[label], in double precision. */
function crossEntropy(logits: Float32Array, row: number, outputs: number, label: number): number {
  const own = logits.subarray(row * outputs, (row + 1) * outputs);
  const largest = own.reduce((most, value) => Math.max(most, value), -Infinity);
  const sum = own.reduce((total, value) => total + Math.exp(value - largest), 0);
  return Math.log(sum) + largest - (own[label] ?? NaN);
}

/** A network may have more outputs than the data has classes. */
function withoutSpare(rows: Float32Array, outputs: number, classes: number): Float32Array {
  if (outputs === classes || classes === 0) return rows;
  return Float32Array.from({ length: (rows.length / outputs) * classes }, (_, index) => {
    const [row, column] = [Math.floor(index / classes), index % classes];
    return column < outputs ? (rows[row * outputs + column] ?? 0) : 0;
  });
}

/** In the order of their names. */
async function imageFiles(path: string): Promise<readonly string[]> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new UserError(`There is no file or folder ${path}.`);
  if (!found.isDirectory()) return [path];
  const entries = await readdir(path, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile() && isImageFileName(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
