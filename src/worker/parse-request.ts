import * as v from 'valibot';
import { noViews } from '../core/data/test-time';
import { parseTrainConfig } from '../core/train/parse-config';
import {
  deviceChoices,
  type BenchRequest,
  type EvaluateRequest,
  type MemoryRequest,
  type PredictRequest,
  type ResumeRequest,
  type TrainRequest,
} from '../protocol/worker';
import type { MislabelRequest } from '../protocol/mislabels';

/* Requests come from another process: read into their types before anything is done. A mistake in one is the host's bug. */

export function parseTrainRequest(value: unknown): TrainRequest {
  const request = v.parse(trainRequest, value);
  return { ...request, config: parseTrainConfig(request.config) };
}

export function parseResumeRequest(value: unknown): ResumeRequest {
  return v.parse(resumeRequest, value);
}

export function parseEvaluateRequest(value: unknown): EvaluateRequest {
  return v.parse(evaluateRequest, value);
}

export function parsePredictRequest(value: unknown): PredictRequest {
  return v.parse(predictRequest, value);
}

export function parseMislabelRequest(value: unknown): MislabelRequest {
  return v.parse(mislabelRequest, value);
}

export function parseBenchRequest(value: unknown): BenchRequest {
  return v.parse(benchRequest, value);
}

export function parseMemoryRequest(value: unknown): MemoryRequest {
  return v.parse(memoryRequest, value);
}

const path = v.pipe(v.string(), v.nonEmpty());
const positive = v.pipe(v.number(), v.integer(), v.minValue(1));
const device = {
  device: v.picklist(deviceChoices),
  threads: v.nullable(v.pipe(positive, v.maxValue(256))),
};
const checkpoint = v.picklist(['best', 'last']);

const model = v.object({ file: path, target: v.nullable(v.string()) });

const trainRequest = v.object({
  model,
  data: path,
  config: v.unknown(),
  ...device,
  runFolder: path,
  name: v.string(),
  weights: v.nullable(path),
});

const resumeRequest = v.object({ runFolder: path, ...device, epochs: v.nullable(positive) });

const views = v.variant('kind', [
  v.object({ kind: v.picklist(['none', 'flip', 'five-crop', 'ten-crop']) }),
  v.object({ kind: v.literal('shifts'), draws: v.pipe(positive, v.minValue(2), v.maxValue(1000)) }),
]);

const evaluateRequest = v.object({
  runFolder: path,
  checkpoint,
  data: v.nullable(path),
  split: v.nullable(v.picklist(['train', 'val', 'test'])),
  ...device,
  scores: v.optional(v.boolean(), false),
  views: v.optional(views, noViews),
});

const predictRequest = v.object({
  runFolder: path,
  checkpoint,
  images: v.array(path),
  topK: positive,
  ...device,
  views: v.optional(views, noViews),
});

const mislabelRequest = v.object({
  runFolder: path,
  folds: v.pipe(positive, v.minValue(2), v.maxValue(100)),
  epochs: v.nullable(positive),
  ...device,
});

const memoryRequest = v.object({
  model,
  inputShape: v.array(positive),
  classCount: v.nullable(positive),
  batchSize: positive,
  threads: device.threads,
});

const benchRequest = v.object({
  model,
  inputShape: v.nullable(v.array(positive)),
  classCount: v.nullable(positive),
  batchSize: positive,
  ...device,
  steps: v.nullable(positive),
  profile: v.boolean(),
});
