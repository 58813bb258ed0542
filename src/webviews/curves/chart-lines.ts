import type { PanelState } from './panel-state';
import type { RunHistory } from './run-history';

export type Metric = 'loss' | 'accuracy';

/** Faint raw step values behind their moving average; the means over each epoch; then what is measured after it. */
export type LineKind = 'raw' | 'steps' | 'train' | 'validation' | 'top5';

/** One line of a chart. xs ascend; a NaN among the ys is a gap. */
export interface Line {
  readonly key: string;
  readonly run: string;
  readonly runName: string;
  readonly kind: LineKind;
  /** Colour and marker of the run. */
  readonly slot: number;
  readonly xs: Float64Array;
  readonly ys: Float64Array;
  /** Where the best checkpoint stands, as an index; null on other lines than validation. */
  readonly best: number | null;
}

export interface LineLook {
  /** CSS pixels. */
  readonly width: number;
  readonly opacity: number;
  readonly dash: readonly number[];
  /** Markers at the points: epochs only, where there is room. */
  readonly points: 'none' | 'hollow' | 'filled';
}

export const looks: Readonly<Record<LineKind, LineLook>> = {
  raw: { width: 1, opacity: 0.28, dash: [], points: 'none' },
  steps: { width: 1.25, opacity: 1, dash: [], points: 'none' },
  train: { width: 1.25, opacity: 1, dash: [5, 4], points: 'hollow' },
  validation: { width: 2.25, opacity: 1, dash: [], points: 'filled' },
  top5: { width: 1.5, opacity: 1, dash: [1.5, 3.5], points: 'filled' },
};

export const kindNames: Readonly<Record<LineKind, string>> = {
  raw: 'train, each step',
  steps: 'steps',
  train: 'train',
  validation: 'validation',
  top5: 'validation top-5',
};

type Settings = Pick<PanelState, 'slots' | 'smoothing' | 'axis' | 'steps' | 'train' | 'validation' | 'top5'>;

/** The lines of a chart in the order they are drawn: what matters most lies on top. */
export function chartLines(metric: Metric, runs: readonly RunHistory[], settings: Settings): Line[] {
  const lines: Record<LineKind, Line[]> = { raw: [], steps: [], train: [], validation: [], top5: [] };
  for (const run of runs) {
    const add = (kind: LineKind, xs: Float64Array, ys: Float64Array): void => {
      const best = kind === 'validation' ? run.epochs.findIndex(({ epoch }) => epoch === run.bestEpoch) : -1;
      lines[kind].push({
        key: `${run.id}/${kind}`,
        run: run.id,
        runName: run.name,
        kind,
        slot: settings.slots[run.id] ?? 0,
        xs,
        ys,
        best: best < 0 ? null : best,
      });
    };
    if (settings.steps && metric === 'loss' && run.steps.length > 0) {
      const xs = run.stepX(settings.axis);
      if (settings.smoothing > 0) add('raw', xs, run.stepLosses());
      add('steps', xs, run.smoothedStepLosses(settings.smoothing));
    }
    if (run.epochs.length === 0) continue;
    const xs = run.epochX(settings.axis);
    const [train, validation] = epochValues[metric];
    if (settings.train) add('train', xs, Float64Array.from(run.epochs, train));
    if (settings.validation) add('validation', xs, Float64Array.from(run.epochs, validation));
    if (settings.top5 && metric === 'accuracy' && run.measures('valTop5')) {
      add(
        'top5',
        xs,
        Float64Array.from(run.epochs, ({ valTop5 = NaN }) => valTop5),
      );
    }
  }
  return [...lines.raw, ...lines.steps, ...lines.train, ...lines.top5, ...lines.validation];
}

type EpochValue = (epoch: RunHistory['epochs'][number]) => number;

const epochValues: Readonly<Record<Metric, readonly [train: EpochValue, validation: EpochValue]>> = {
  loss: [({ trainLoss }) => trainLoss, ({ valLoss }) => valLoss],
  accuracy: [({ trainAccuracy }) => trainAccuracy, ({ valAccuracy }) => valAccuracy],
};
