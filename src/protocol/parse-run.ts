import * as v from 'valibot';
import { describeError } from '../core/errors';
import { parseTrainConfig } from '../core/train/parse-config';
import type { EpochMetrics, MetricsLine, RunRecord, StepMetrics } from './run-folder';

export type ParsedRunRecord =
  | { readonly ok: true; readonly record: RunRecord }
  /** In words for people, e.g. `run.json is damaged: …`. */
  | { readonly ok: false; readonly reason: string };

/** Reads the text of a run.json; never throws. */
export function parseRunRecord(text: string): ParsedRunRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { ok: false, reason: `run.json is damaged: ${describeError(error)}` };
  }
  const result = v.safeParse(runRecordSchema, value);
  if (!result.success) {
    const [issue] = result.issues;
    return { ok: false, reason: `run.json is damaged: ${v.getDotPath(issue) ?? 'the whole'}: ${issue.message}` };
  }
  try {
    return { ok: true, record: { ...result.output, config: parseTrainConfig(result.output.config) } };
  } catch (error) {
    return { ok: false, reason: `run.json is damaged: ${describeError(error)}` };
  }
}

export interface ParsedMetrics {
  readonly lines: readonly MetricsLine[];
  /** Complete lines that could not be read. */
  readonly skipped: number;
}

/**
 * Reads the text of a metrics.jsonl, or of a part of it that starts at a line. A last line without its line break is
 * torn (or still being written) and left out; a complete line that can't be read is counted.
 */
export function parseMetrics(text: string): ParsedMetrics {
  const lines: MetricsLine[] = [];
  let skipped = 0;
  const complete = text.slice(0, text.lastIndexOf('\n') + 1);
  for (const line of complete.split('\n')) {
    if (line.trim() === '') continue;
    const metrics = parseMetricsLine(line);
    if (metrics) lines.push(metrics);
    else skipped++;
  }
  return { lines, skipped };
}

export function parseMetricsLine(line: string): MetricsLine | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined; // A damaged line: the caller counts it.
  }
  const result = v.safeParse(metricsLineSchema, value);
  return result.success ? result.output : undefined;
}

/** JSON has no NaN: a number that is not finite is written as null and read back as NaN. */
const measured = v.pipe(
  v.nullable(v.number()),
  v.transform((value) => value ?? Number.NaN),
);
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const path = v.string();

const runRecordSchema = v.object({
  formatVersion: v.literal(1),
  id: v.string(),
  name: v.string(),
  status: v.picklist(['running', 'completed', 'stopped', 'failed']),
  failure: v.nullable(v.string()),
  failedOnGpu: v.optional(v.boolean(), false),
  model: v.object({
    file: path,
    target: v.string(),
    sourceHash: v.string(),
    inputShape: v.array(count),
    parameterCount: count,
  }),
  data: v.object({
    path,
    name: v.string(),
    classes: v.array(v.string()),
    fingerprint: v.string(),
    trainCount: count,
    valCount: count,
    testCount: count,
    mean: v.array(v.number()),
    std: v.array(v.number()),
    decided: v.exactOptional(v.object({ excluded: count, relabelled: count, hash: v.string() })),
    imageShape: v.exactOptional(v.array(count)),
  }),
  config: v.unknown(),
  head: v.optional(v.picklist(['multi-class', 'binary', 'multi-label'])),
  device: v.object({
    kind: v.picklist(['wasm', 'webgpu', 'tensorflow']),
    description: v.string(),
    threads: count,
  }),
  startedAt: v.string(),
  endedAt: v.nullable(v.string()),
  processId: count,
  versions: v.object({ cnnLab: v.string(), node: v.string() }),
  epochsDone: count,
  bestEpoch: v.nullable(count),
  bestValAccuracy: v.nullable(v.number()),
  test: v.nullable(
    v.object({
      ...{ loss: measured, accuracy: measured, count },
      ...{ top5: v.optional(measured), labelAccuracy: v.optional(measured), f1: v.optional(measured) },
      ...{ rocAuc: v.optional(measured), averagePrecision: v.optional(measured) },
    }),
  ),
  trainSeconds: v.number(),
});

const stepMetricsSchema = v.object({
  kind: v.literal('step'),
  step: count,
  epoch: v.number(),
  trainLoss: measured,
  learningRate: v.number(),
  imagesPerSecond: measured,
}) satisfies v.GenericSchema<unknown, StepMetrics>;

const epochMetricsSchema = v.object({
  kind: v.literal('epoch'),
  epoch: count,
  step: count,
  trainLoss: measured,
  trainAccuracy: measured,
  valLoss: measured,
  valAccuracy: measured,
  valTop5: v.optional(measured),
  valF1: v.optional(measured),
  learningRate: v.number(),
  imagesPerSecond: measured,
  seconds: measured,
  best: v.boolean(),
}) satisfies v.GenericSchema<unknown, EpochMetrics>;

const metricsLineSchema = v.variant('kind', [stepMetricsSchema, epochMetricsSchema]);
