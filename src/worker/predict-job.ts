import type { ImageSplit } from '../core/data/dataset';
import type { AugmentationConfig } from '../core/data/augmentation';
import { writePlanes } from '../core/data/image';
import { describeError } from '../core/errors';
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
import { openTrainedModel } from './trained-model';

/** Most probable classes of image files; one that can't be read gets an error of its own. */
export async function predictJob(request: PredictRequest, context: JobContext): Promise<PredictResult> {
  const { runFolder, topK } = request;
  const record = await readRunRecord(runFolder);
  const { data, config } = record;
  const { mean, std, classes } = data;
  const size = imageSize(storedShape(record));
  const graph = await readGraph(runFolder);
  const job = async (engine: Engine): Promise<PredictResult> => {
    // One image after the other, none of which is known before.
    const images = { splits: [], normalization: { mean, std }, batchSize: 1 };
    const model = await openTrainedModel(engine, runFolder, request.checkpoint, images, context);
    const predictions: Prediction[] = [];
    for (const image of request.images) {
      context.signal.throwIfAborted();
      predictions.push(await predictImage(image));
    }
    return { predictions };

    async function predictImage(image: string): Promise<Prediction> {
      let split: ImageSplit;
      try {
        split = await readAsSplit(image, size, config.augment);
      } catch (error) {
        return { image, top: [], error: describeError(error) };
      }
      const probabilities = softmax(await logitsOf(model, split, context.signal));
      const top = [...probabilities]
        .map((probability, label) => ({ label: classes[label] ?? `output ${label}`, probability }))
        .sort((a, b) => b.probability - a.probability)
        .slice(0, topK);
      return { image, top, error: null };
    }
  };
  return runOnDevice(deviceFor(request), () => samplePlans(graph), context, job);
}

/** Some images are classified before a GPU's kernels are compiled. */
function deviceFor({ device, threads }: PredictRequest): DeviceRequest {
  return { device: device === 'auto' ? 'cpu' : device, threads };
}

async function readAsSplit(file: string, size: ImageSize, augment: AugmentationConfig): Promise<ImageSplit> {
  const image = evaluationImage(await decodeImage(file, size), augment);
  const images = new Uint8Array(image.pixels.length);
  writePlanes(image, images, 0);
  return { count: 1, images, labels: new Int32Array(1) };
}

async function logitsOf(model: ModelSession, split: ImageSplit, signal: AbortSignal): Promise<Float32Array> {
  let logits = new Float32Array();
  await evaluateSplit(model, split, {
    batchSize: 1,
    signal,
    onLogits: (values) => {
      logits = Float32Array.from(values);
    },
  });
  signal.throwIfAborted();
  return logits;
}

/** In double precision, the largest subtracted first. */
function softmax(logits: Float32Array): Float64Array {
  const largest = logits.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const exponentials = Float64Array.from(logits, (value) => Math.exp(value - largest));
  const sum = exponentials.reduce((total, value) => total + value, 0);
  return exponentials.map((value) => value / sum);
}
