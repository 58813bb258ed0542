import type { Dataset, ImageSplit, SplitName } from '../core/data/dataset';
import { noViews } from '../core/data/test-time';
import { UserError } from '../core/errors';
import { confusionMatrix } from '../core/inspect/class-metrics';
import { labelConfusions } from '../core/inspect/score-metrics';
import { defaultHead } from '../core/train/head';
import type { Engine } from '../engine/engine';
import { readRunRecord } from '../node/run-store';
import type { RunRecord } from '../protocol/run-folder';
import type { EvaluateRequest, EvaluateResult } from '../protocol/worker';
import { evaluationSplits } from './augment/prepare-images';
import type { JobContext } from './job';
import { loadRunData, storedShape } from './load-run-data';
import { samplePlans } from './model-session';
import { runOnDevice } from './open-engine';
import { readGraph } from './load-model';
import { readSplit, runSplits } from './run-splits';
import { scoreSplit } from './score-split';
import { isCropped, splitViews, viewedAugmentation } from './test-views';
import { openTrainedModel } from './trained-model';

export async function evaluateJob(request: EvaluateRequest, context: JobContext): Promise<EvaluateResult> {
  const { runFolder, views = noViews } = request;
  const record = await readRunRecord(runFolder);
  const { head = defaultHead, data, config } = record;
  const dataset = await loadRunData(request.data ?? data.path, context, storedShape(record));
  const chosen = await chooseSplit(dataset, record, request, context);
  const labelled = withRunLabels(chosen.split, dataset, record);
  const augment = viewedAugmentation(config.augment, views);
  const { split } = await evaluationSplits({ split: labelled }, dataset, augment, context);
  const looks = splitViews(split, dataset, record.model.inputShape, augment, views);
  const classCount = data.classes.length;
  const graph = await readGraph(runFolder);

  const job = async (engine: Engine): Promise<EvaluateResult> => {
    const { mean, std } = data;
    const { batchSize } = config;
    // Pieces are cut when their turn comes: they are streamed.
    const resident = isCropped(views) ? [] : [split];
    const images = { splits: resident, normalization: { mean, std }, batchSize };
    const model = await openTrainedModel(engine, runFolder, head, request.checkpoint, images, context);
    const scored = await scoreSplit(model, split, {
      classes: classCount,
      batchSize,
      signal: context.signal,
      views: looks,
      keep: true,
    });
    if (!scored?.probabilities) throw new UserError('The evaluation was stopped.');
    const { metrics, probabilities, scores } = scored;
    const { labels, labelSets } = split;
    return {
      ...metrics,
      head,
      views,
      split: chosen.name,
      classes: data.classes,
      confusion: labelSets ? new Int32Array() : confusionMatrix(labels, probabilities, classCount),
      ...(labelSets ? { labelConfusions: labelConfusions(labelSets, probabilities, classCount) } : {}),
      perClass: scores?.classes ?? [],
      ...(request.scores ? { scores: { labels, ...(labelSets ? { labelSets } : {}), probabilities } } : {}),
    };
  };
  return runOnDevice(request, () => samplePlans(graph, undefined, undefined, head), context, job);
}

interface NamedSplit {
  readonly name: SplitName;
  readonly split: ImageSplit;
}

/** Of the run's own data, the parts as the run had them; of another data set, only those that it brings. */
async function chooseSplit(
  dataset: Dataset,
  record: RunRecord,
  request: EvaluateRequest,
  context: JobContext,
): Promise<NamedSplit> {
  const own = request.data === null || request.data === record.data.path;
  const { train, val, test } = own
    ? runSplits(dataset, record, await readSplit(request.runFolder), context)
    : { train: dataset.train, val: dataset.val, test: dataset.test };
  const splits: Readonly<Record<SplitName, ImageSplit | undefined>> = { train, val, test };
  const order: readonly SplitName[] = request.split === null ? ['test', 'val', 'train'] : [request.split];
  for (const name of order) {
    const split = splits[name];
    if (split && split.count > 0) return { name, split };
  }
  const present = Object.entries(splits).flatMap(([name, split]) => (split ? [name] : []));
  throw new UserError(`${dataset.name} has no ${order.join(' or ')} images.`, `It has ${present.join(' and ')}.`);
}

/** The same images, labelled as the run counts its classes. Throws where the data set has a class that the run does not know. */
function withRunLabels(split: ImageSplit, { classes, name }: Dataset, { data, head }: RunRecord): ImageSplit {
  const runLabels = classes.map((label) => data.classes.indexOf(label));
  const unknown = classes.filter((_, index) => runLabels[index] === -1);
  if (unknown.length > 0) {
    throw new UserError(
      `The run does not know the ${unknown.length === 1 ? 'class' : 'classes'} ${unknown.join(', ')} of ${name}.`,
      `It was trained on ${data.classes.join(', ')}.`,
    );
  }
  const { labels, labelSets, count } = split;
  if (labelSets && head !== 'multi-label') {
    throw new UserError(
      `The images of ${name} have several classes, the run was trained on images of one class each.`,
      'Choose a data set with one class for each image.',
    );
  }
  const own = { ...split, labels: labels.map((label) => runLabels[label] ?? -1) };
  if (head !== 'multi-label') return own;
  const runSets = new Uint8Array(count * data.classes.length);
  const put = (image: number, label: number) => {
    const column = runLabels[label];
    if (column !== undefined) runSets[image * data.classes.length + column] = 1;
  };
  if (labelSets)
    labelSets.forEach((set, cell) => set === 1 && put(Math.floor(cell / classes.length), cell % classes.length));
  else labels.forEach((label, image) => put(image, label));
  return { ...own, labelSets: runSets };
}
