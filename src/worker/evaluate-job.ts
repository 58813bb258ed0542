import type { Dataset, ImageSplit, SplitName } from '../core/data/dataset';
import { UserError } from '../core/errors';
import { softmaxRows } from '../core/inspect/class-metrics';
import type { Engine } from '../engine/engine';
import { readRunRecord } from '../node/run-store';
import type { RunRecord } from '../protocol/run-folder';
import type { EvaluateRequest, EvaluateResult } from '../protocol/worker';
import { evaluationSplits } from './augment/prepare-images';
import { evaluateSplit } from './evaluate-split';
import type { JobContext } from './job';
import { loadRunData, storedShape } from './load-run-data';
import { samplePlans } from './model-session';
import { runOnDevice } from './open-engine';
import { readGraph } from './load-model';
import { readSplit, runSplits } from './run-splits';
import { openTrainedModel } from './trained-model';

export async function evaluateJob(request: EvaluateRequest, context: JobContext): Promise<EvaluateResult> {
  const { runFolder } = request;
  const record = await readRunRecord(runFolder);
  const dataset = await loadRunData(request.data ?? record.data.path, context, storedShape(record));
  const chosen = await chooseSplit(dataset, record, request, context);
  const labelled = withRunLabels(chosen.split, dataset, record);
  const { split } = await evaluationSplits({ split: labelled }, dataset, record.config.augment, context);
  const classCount = record.data.classes.length;
  const graph = await readGraph(runFolder);

  const job = async (engine: Engine): Promise<EvaluateResult> => {
    const confusion = new Int32Array(classCount * classCount);
    const probabilities = request.scores ? new Float32Array(split.count * classCount) : undefined;
    const { mean, std } = record.data;
    const { batchSize } = record.config;
    const images = { splits: [split], normalization: { mean, std }, batchSize };
    const model = await openTrainedModel(engine, runFolder, request.checkpoint, images, context);
    const metrics = await evaluateSplit(model, split, {
      batchSize,
      signal: context.signal,
      onLogits(logits, indices) {
        const outputs = logits.length / indices.length;
        const shares = probabilities && softmaxRows(logits, outputs);
        indices.forEach((index, row) => {
          const predicted = argmax(logits.subarray(row * outputs, row * outputs + classCount));
          const cell = (split.labels[index] ?? 0) * classCount + predicted;
          confusion[cell] = (confusion[cell] ?? 0) + 1;
          // A network may have more outputs than the data has classes.
          if (shares) {
            probabilities.set(shares.subarray(row * outputs, row * outputs + classCount), index * classCount);
          }
        });
      },
    });
    if (!metrics) throw new UserError('The evaluation was stopped.');
    const scores = probabilities && { scores: { labels: split.labels, probabilities } };
    return { ...metrics, split: chosen.name, classes: record.data.classes, confusion, ...scores };
  };
  return runOnDevice(request, () => samplePlans(graph), context, job);
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
function withRunLabels(split: ImageSplit, { classes, name }: Dataset, { data }: RunRecord): ImageSplit {
  const runLabels = classes.map((label) => data.classes.indexOf(label));
  const unknown = classes.filter((_, index) => runLabels[index] === -1);
  if (unknown.length > 0) {
    throw new UserError(
      `The run does not know the ${unknown.length === 1 ? 'class' : 'classes'} ${unknown.join(', ')} of ${name}.`,
      `It was trained on ${data.classes.join(', ')}.`,
    );
  }
  return { ...split, labels: split.labels.map((label) => runLabels[label] ?? 0) };
}

function argmax(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if ((values[i] ?? 0) > (values[best] ?? 0)) best = i;
  return best;
}
