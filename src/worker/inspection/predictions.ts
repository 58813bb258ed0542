import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { imageFormatNames, isImageFileName } from '../../core/data/image-file-name';
import { lossOfRow, probabilityRows } from '../../core/inspect/head-scores';
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
  const { head } = opened;
  const labels = split.labels.slice();
  const { labelSets } = split;
  const losses = Float32Array.from(labels, (label, row) => {
    const truth = labelSets
      ? ({ kind: 'set', labels: labelSets.subarray(row * classes.length, (row + 1) * classes.length) } as const)
      : ({ kind: 'class', label } as const);
    return lossOfRow(logits.subarray(row * outputs, (row + 1) * outputs), head, truth);
  });
  return {
    ...{ split: name, classes, head, labels },
    ...(labelSets ? { labelSets: labelSets.slice() } : {}),
    probabilities: probabilityRows(logits, outputs, head, classes.length || outputs),
    losses,
  };
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
  const { head } = opened;
  const classes = head === 'binary' ? 2 : logits.length;
  const probabilities = probabilityRows(logits, logits.length, head, classes);
  const names = opened.run?.record.data.classes ?? [];
  return Array.from(probabilities, (probability, index) => ({
    class: index,
    label: names[index] ?? `output ${index}`,
    // A single logit is for the second class and against the first.
    logit: head === 'binary' ? (2 * index - 1) * (logits[0] ?? 0) : (logits[index] ?? 0),
    probability,
  }))
    .sort((a, b) => b.logit - a.logit || a.class - b.class)
    .slice(0, topK);
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
