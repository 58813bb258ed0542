import type { AugmentationConfig, ImageChange } from '../core/data/augmentation';
import type { ImageSplit } from '../core/data/dataset';
import { writePlanes } from '../core/data/image';
import { noViews } from '../core/data/test-time';
import { describeError } from '../core/errors';
import { probabilityRows } from '../core/inspect/head-scores';
import { defaultHead } from '../core/train/head';
import { outputCount } from '../core/train/training-graph';
import { readRunRecord } from '../node/run-store';
import type { PredictRequest, PredictResult, Prediction } from '../protocol/worker';
import type { ImageSize } from '../core/data/image';
import { evaluationImage } from './augment/prepare-images';
import { decodeImage } from './data/decode-image';
import { evaluateSplit } from './evaluate-split';
import type { JobContext } from './job';
import { imageSize, storedShape } from './load-run-data';
import type { ModelSession } from './model-session';
import { samplePlans } from './model-session';
import { runOnDevice, type DeviceRequest } from './open-engine';
import { readGraph } from './load-model';
import type { Engine } from '../engine/engine';
import { splitViews, viewedAugmentation } from './test-views';
import { openTrainedModel } from './trained-model';

/** Most probable classes of image files; one that can't be read gets an error of its own. */
export async function predictJob(request: PredictRequest, context: JobContext): Promise<PredictResult> {
  const { runFolder, topK, views = noViews } = request;
  const record = await readRunRecord(runFolder);
  const { data, config, model: reference, head = defaultHead } = record;
  const { mean, std, classes } = data;
  const size = imageSize(storedShape(record));
  const augment = viewedAugmentation(config.augment, views);
  const graph = await readGraph(runFolder);
  const job = async (engine: Engine): Promise<PredictResult> => {
    // One image after the other, none of which is known before.
    const images = { splits: [], normalization: { mean, std }, batchSize: 1 };
    const model = await openTrainedModel(engine, runFolder, head, request.checkpoint, images, context);
    const predictions: Prediction[] = [];
    for (const image of request.images) {
      context.signal.throwIfAborted();
      predictions.push(await predictImage(image));
    }
    return { predictions };

    async function predictImage(image: string): Promise<Prediction> {
      let split: ImageSplit;
      try {
        split = await readAsSplit(image, size, augment, head === 'multi-label' ? classes.length : 0);
      } catch (error) {
        return { image, top: [], error: describeError(error) };
      }
      const probabilities = await probabilitiesOf(split);
      const top = [...probabilities]
        .map((probability, label) => ({ label: classes[label] ?? `output ${label}`, probability }))
        .sort((a, b) => b.probability - a.probability)
        .slice(0, topK);
      return { image, top, error: null };
    }

    async function probabilitiesOf(split: ImageSplit): Promise<Float64Array> {
      const looks = splitViews(split, size, reference.inputShape, augment, views);
      const sum = new Float64Array(head === 'binary' ? 2 : (outputCount(graph) ?? classes.length));
      for (const { split: seen, change } of looks) {
        const logits = await logitsOf(model, seen(), change, context.signal);
        // All outputs of a softmax, used or not, as they are told.
        const own = probabilityRows(logits, logits.length, head, sum.length);
        own.forEach((probability, index) => (sum[index] = (sum[index] ?? 0) + probability / looks.length));
      }
      return sum;
    }
  };
  return runOnDevice(deviceFor(request), () => samplePlans(graph, undefined, undefined, head), context, job);
}

/** Some images are classified before a GPU's kernels are compiled. */
function deviceFor({ device, threads }: PredictRequest): DeviceRequest {
  return { device: device === 'auto' ? 'cpu' : device, threads };
}

/** `labels`: how many yes and no an image has; 0: it has one class. */
async function readAsSplit(
  file: string,
  size: ImageSize,
  augment: AugmentationConfig,
  labels: number,
): Promise<ImageSplit> {
  const image = evaluationImage(await decodeImage(file, size), augment);
  const images = new Uint8Array(image.pixels.length);
  writePlanes(image, images, 0);
  return { count: 1, images, labels: new Int32Array(1), ...(labels > 0 ? { labelSets: new Uint8Array(labels) } : {}) };
}

async function logitsOf(
  model: ModelSession,
  split: ImageSplit,
  change: ImageChange,
  signal: AbortSignal,
): Promise<Float32Array> {
  let logits = new Float32Array();
  await evaluateSplit(model, split, {
    batchSize: 1,
    signal,
    change,
    onLogits: (values) => {
      logits = Float32Array.from(values);
    },
  });
  signal.throwIfAborted();
  return logits;
}
