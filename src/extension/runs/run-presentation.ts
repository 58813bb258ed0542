import { basename } from 'node:path';
import { formatPipeline } from '../../core/data/augment/format-pipeline';
import { isAugmented, type AugmentationConfig } from '../../core/data/augmentation';
import { describeSplit } from '../../core/data/split-config';
import type {
  ClassWeights,
  ClippingConfig,
  MixingConfig,
  OptimizerConfig,
  ScheduleConfig,
  TrainConfig,
} from '../../core/train/config';
import { assertNever } from '../../core/errors';
import { describeSpread } from '../../core/inspect/spread-of';
import type { StoredRun } from '../../node/run-store';
import { reportOf } from '../../node/train-folds';
import type { DeviceRecord, EvaluationMetrics, RunRecord, RunStatus } from '../../protocol/run-folder';

/* Runs in words: what the Experiments view, the pickers and the curves panel say of them. */

/** Where a run that trains in this window is, sooner than its folder tells. */
export interface LiveProgress {
  /** Epochs done, with the fraction of this one. */
  readonly epoch: number;
  readonly epochs: number;
  readonly trainLoss: number;
  readonly imagesPerSecond: number;
}

export interface Row {
  readonly label: string;
  readonly value: string;
}

/** `97.2 % · epoch 3/10`: behind the name in the tree, where the sidebar may cut it; the icon tells the state. */
export function describeRun(run: StoredRun, live?: LiveProgress): string {
  const { record } = run;
  if (!record) return 'damaged';
  const accuracy = record.test?.accuracy ?? record.bestValAccuracy;
  return [
    ...(accuracy === null ? [] : [formatPercent(accuracy)]),
    `epoch ${live ? formatEpoch(live.epoch) : record.epochsDone}/${record.config.epochs}`,
    ...(live ? [`loss ${formatLoss(live.trainLoss)}`] : []),
  ].join(' · ');
}

/** `93.1 % ± 1.2 % · 5 folds`, or `3 of 5 folds` while some are missing: of the test images where there are any. */
export function describeFolds(runs: readonly StoredRun[], folds: number): string {
  const done = runs.flatMap(({ record }) => (record?.status === 'completed' ? [record] : []));
  const counted = done.length === folds ? `${folds} folds` : `${done.length} of ${folds} folds`;
  if (done.length < 2) return counted;
  const { valAccuracy, testAccuracy } = reportOf(done);
  return `${describeSpread(testAccuracy ?? valAccuracy, formatPercent)} · ${counted}`;
}

/** Markdown of the tooltip. */
export function foldsTooltip(name: string, runs: readonly StoredRun[], folds: number): string {
  const done = runs.flatMap(({ record }) => (record?.status === 'completed' ? [record] : []));
  const head = `**${escapeMarkdown(name)}** — ${done.length} of ${folds} folds completed`;
  if (done.length < 2) return head;
  const { valAccuracy, testAccuracy } = reportOf(done);
  const rows: Row[] = [
    { label: 'Validation accuracy', value: describeSpread(valAccuracy, formatPercent) },
    ...(testAccuracy ? [{ label: 'Test accuracy', value: describeSpread(testAccuracy, formatPercent) }] : []),
  ];
  const lines = rows.map(({ label, value }) => `| ${label} | ${escapeMarkdown(value)} |`);
  return [head, ['| | |', '|:--|:--|', ...lines].join('\n'), 'Mean ± standard deviation of the folds'].join('\n\n');
}

/** Name and theme colour of the codicon of a state. */
export function statusIcon(status: RunStatus): { readonly icon: string; readonly color: string | undefined } {
  switch (status) {
    case 'running':
      return { icon: 'sync~spin', color: 'charts.blue' };
    case 'completed':
      return { icon: 'pass', color: 'charts.green' };
    case 'stopped':
      return { icon: 'circle-slash', color: 'charts.yellow' };
    case 'failed':
      return { icon: 'error', color: 'charts.red' };
    default:
      return assertNever(status);
  }
}

/** `lenet.py:LeNet · digits · Adam 0.001 · batch 64` */
export function summarizeRun(record: RunRecord): string {
  const { model, data, config } = record;
  const optimizer = `${optimizerName(config.optimizer)} ${config.optimizer.learningRate}`;
  return [modelLabel(model), data.name, optimizer, `batch ${config.batchSize}`].join(' · ');
}

export function configurationRows(record: RunRecord): Row[] {
  const { model, data, config, device, versions } = record;
  return [
    { label: 'Model', value: modelLabel(model) },
    { label: 'Input', value: model.inputShape.join(' × ') },
    { label: 'Parameters', value: formatCount(model.parameterCount) },
    { label: 'Data set', value: data.name },
    {
      label: 'Images',
      value: `${formatCount(data.trainCount)} train, ${formatCount(data.valCount)} val, ${formatCount(data.testCount)} test`,
    },
    ...(data.decided
      ? [
          {
            label: 'Decided',
            value: `${formatCount(data.decided.excluded)} left out, ${formatCount(data.decided.relabelled)} relabelled`,
          },
        ]
      : []),
    { label: 'Classes', value: formatCount(data.classes.length) },
    ...configRows(config),
    { label: 'Device', value: describeDevice(device) },
    { label: 'Version', value: `CNN Lab ${versions.cnnLab}, Node.js ${versions.node}` },
  ];
}

/** A GPU has no threads that are told apart. */
function describeDevice({ kind, description, threads }: DeviceRecord): string {
  return kind === 'wasm' ? `${description}, ${count(threads, 'thread')}` : description;
}

function configRows(config: TrainConfig): Row[] {
  return [
    { label: 'Epochs', value: formatCount(config.epochs) },
    { label: 'Batch size', value: formatCount(config.batchSize) },
    { label: 'Optimizer', value: describeOptimizer(config.optimizer) },
    { label: 'Learning rate', value: `${config.optimizer.learningRate}` },
    { label: 'Schedule', value: describeSchedule(config.schedule) },
    ...lossRows(config),
    {
      label: 'Early stopping',
      value:
        config.earlyStoppingPatience === null
          ? 'off'
          : `after ${count(config.earlyStoppingPatience, 'epoch')} without gain`,
    },
    { label: 'Seed', value: `${config.seed}` },
  ];
}

/** What only some runs have. */
function lossRows({ loss, clipping, parameterGroups, augment, precision, sampler, mixing, split }: TrainConfig): Row[] {
  const { decayNorms, learningRateFactors } = parameterGroups;
  const factors = learningRateFactors.map(({ prefix, factor }) => `${prefix} × ${factor}`);
  return [
    ...(loss.labelSmoothing === 0 ? [] : [{ label: 'Label smoothing', value: `${loss.labelSmoothing}` }]),
    ...(loss.classWeights === 'none' ? [] : [{ label: 'Class weights', value: describeWeights(loss.classWeights) }]),
    ...(sampler === 'shuffle' ? [] : [{ label: 'Sampler', value: sampler }]),
    ...(describeMixing(mixing) === '' ? [] : [{ label: 'Mixing', value: describeMixing(mixing) }]),
    ...(split.kind === 'stratified' && !split.fold ? [] : [{ label: 'Split', value: describeSplit(split) }]),
    ...(precision === 'f32' ? [] : [{ label: 'Precision', value: precision }]),
    ...(clipping.kind === 'none' ? [] : [{ label: 'Gradient clipping', value: describeClipping(clipping) }]),
    ...(isAugmented(augment) ? [{ label: 'Augmentation', value: describeAugmentation(augment) }] : []),
    ...(decayNorms ? [] : [{ label: 'Weight decay', value: 'not of biases and norms' }]),
    ...(factors.length === 0 ? [] : [{ label: 'Learning rates', value: factors.join(', ') }]),
  ];
}

/** `cat × 2, dog × 0.5` */
function describeWeights(weights: ClassWeights): string {
  if (typeof weights === 'string') return weights;
  return Object.entries(weights)
    .map(([name, weight]) => `${name} × ${weight}`)
    .join(', ');
}

/** `MixUp 0.2 or CutMix 1, half of the batches`; empty where nothing is mixed. */
export function describeMixing({ mixup, cutmix, probability }: MixingConfig): string {
  const kinds = [...(mixup > 0 ? [`MixUp ${mixup}`] : []), ...(cutmix > 0 ? [`CutMix ${cutmix}`] : [])];
  if (kinds.length === 0) return '';
  return `${kinds.join(' or ')}${probability === 1 ? '' : `, ${formatPercent(probability)} of the batches`}`;
}

export function metricRows(record: RunRecord, live?: LiveProgress): Row[] {
  return [
    {
      label: 'Epoch',
      value: `${live ? formatEpoch(live.epoch) : record.epochsDone} of ${record.config.epochs}`,
    },
    ...(live
      ? [
          { label: 'Training loss', value: formatLoss(live.trainLoss) },
          { label: 'Speed', value: `${formatCount(Math.round(live.imagesPerSecond))} images/s` },
        ]
      : []),
    ...(record.bestEpoch === null ? [] : [{ label: 'Best epoch', value: `${record.bestEpoch}` }]),
    ...(record.bestValAccuracy === null
      ? []
      : [{ label: 'Validation accuracy', value: formatPercent(record.bestValAccuracy) }]),
    ...(record.test
      ? [
          { label: 'Test accuracy', value: formatPercent(record.test.accuracy) },
          { label: 'Test loss', value: formatLoss(record.test.loss) },
          ...testMeasureRows(record.test),
        ]
      : []),
    { label: 'Training time', value: formatDuration(record.trainSeconds) },
  ];
}

function testMeasureRows({ top5, labelAccuracy, f1, rocAuc, averagePrecision }: EvaluationMetrics): Row[] {
  const row = (label: string, value: number | undefined, format: (value: number) => string): Row[] =>
    value === undefined || Number.isNaN(value) ? [] : [{ label, value: format(value) }];
  const measure = (value: number) => value.toFixed(4);
  return [
    ...row('Test top-5 accuracy', top5, formatPercent),
    ...row('Test accuracy of single labels', labelAccuracy, formatPercent),
    ...row('Test F1 (macro)', f1, measure),
    ...row('Test ROC AUC (macro)', rocAuc, measure),
    ...row('Test average precision (macro)', averagePrecision, measure),
  ];
}

/** Markdown of the tooltip. */
export function runTooltip(run: StoredRun, live?: LiveProgress): string {
  const { record } = run;
  const head = [`**${escapeMarkdown(run.name)}** — ${run.status}`];
  if (run.failure) head.push(`$(error) ${escapeMarkdown(run.failure)}`);
  if (!record) return head.join('\n\n');
  head.push(escapeMarkdown(summarizeRun(record)));
  const rows: Row[] = [...metricRows(record, live), { label: 'Started', value: formatTime(run.startedAt) }];
  const lines = rows.map(({ label, value }) => `| ${label} | ${escapeMarkdown(value)} |`);
  return [...head, ['| | |', '|:--|:--|', ...lines].join('\n')].join('\n\n');
}

export function modelLabel(model: { readonly file: string; readonly target: string }): string {
  return `${basename(model.file)}:${model.target}`;
}

export function describeOptimizer(optimizer: OptimizerConfig): string {
  const decay = optimizer.weightDecay === 0 ? [] : [`weight decay ${optimizer.weightDecay}`];
  switch (optimizer.kind) {
    case 'sgd': {
      const momentum =
        optimizer.momentum === 0 ? [] : [`${optimizer.nesterov ? 'Nesterov ' : ''}momentum ${optimizer.momentum}`];
      return ['SGD', ...momentum, ...decay].join(', ');
    }
    case 'adam':
    case 'adamw':
      return [optimizerName(optimizer), ...(optimizer.amsgrad ? ['AMSGrad'] : []), ...decay].join(', ');
    case 'rmsprop': {
      const momentum = optimizer.momentum === 0 ? [] : [`momentum ${optimizer.momentum}`];
      return ['RMSprop', ...(optimizer.centered ? ['centred'] : []), ...momentum, ...decay].join(', ');
    }
    default:
      return assertNever(optimizer);
  }
}

export function optimizerName({ kind }: OptimizerConfig): string {
  return { sgd: 'SGD', adam: 'Adam', adamw: 'AdamW', rmsprop: 'RMSprop' }[kind];
}

export function describeClipping(clipping: ClippingConfig): string {
  switch (clipping.kind) {
    case 'none':
      return 'off';
    case 'norm':
      return `norm ${clipping.maximum} at most`;
    case 'value':
      return `values ±${clipping.maximum} at most`;
    default:
      return assertNever(clipping);
  }
}

export function describeAugmentation({ train }: AugmentationConfig): string {
  return formatPipeline(train) || 'none';
}

export function describeSchedule(schedule: ScheduleConfig): string {
  switch (schedule.kind) {
    case 'constant':
      return 'constant';
    case 'step':
      return `× ${schedule.gamma} every ${count(schedule.stepEpochs, 'epoch')}`;
    case 'cosine':
      return `cosine to ${schedule.minimum}`;
    case 'one-cycle':
      return 'one cycle';
    default:
      return assertNever(schedule);
  }
}

export function formatPercent(share: number): string {
  return Number.isFinite(share) ? `${(share * 100).toFixed(1)} %` : '–';
}

export function formatLoss(loss: number): string {
  return Number.isFinite(loss) ? loss.toPrecision(4) : 'not a number';
}

export function formatCount(value: number): string {
  return value.toLocaleString('en-US');
}

/** `1 epoch`, `3 epochs` */
export function count(value: number, unit: string): string {
  return `${formatCount(value)} ${unit}${value === 1 ? '' : 's'}`;
}

export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${seconds < 10 ? seconds.toFixed(1) : whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** In the reader's own time zone, `2026-11-21 14:30`. */
export function formatTime(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

function formatEpoch(epoch: number): string {
  return epoch.toFixed(1);
}

/** What users name may hold any character; it must stay text. */
function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>&$~]/g, '\\$&').replace(/\s*\n\s*/g, ' ');
}
