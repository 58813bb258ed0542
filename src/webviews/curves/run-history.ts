import type { CurvesRun, RunIncrement } from '../../protocol/curves-panel';
import type { EpochMetrics, RunStatus, StepMetrics } from '../../protocol/run-folder';
import { GrowableColumn } from './growable-column';
import { Smoother } from './smoother';

export type AxisKind = 'epoch' | 'step' | 'time';

/**
 * What is known of one run. A resumed run goes on from its last checkpoint, so lines may come that go back in steps or
 * epochs: they take the place of all that stood from there on.
 */
export class RunHistory {
  readonly id: string;
  readonly name: string;
  readonly summary: string;
  readonly epochsPlanned: number;
  status: RunStatus;
  bestEpoch: number | null;
  readonly steps: StepMetrics[] = [];
  readonly epochs: EpochMetrics[] = [];
  /** Changes with every change of the metrics. */
  version = 0;
  private readonly stepNumber = new GrowableColumn();
  private readonly stepEpoch = new GrowableColumn();
  private readonly stepLoss = new GrowableColumn();
  private smoother: Smoother | undefined;
  private stepSeconds: { readonly version: number; readonly values: Float64Array } | undefined;

  constructor(run: CurvesRun) {
    this.id = run.id;
    this.name = run.name;
    this.summary = run.summary;
    this.epochsPlanned = run.epochsPlanned;
    this.status = run.status;
    this.bestEpoch = run.bestEpoch;
    this.append(run);
  }

  append(increment: Pick<RunIncrement, 'status' | 'bestEpoch' | 'steps' | 'epochs'>): void {
    this.status = increment.status;
    this.bestEpoch = increment.bestEpoch;
    if (increment.steps.length > 0 || increment.epochs.length > 0) this.version++;
    for (const step of increment.steps) this.appendStep(step);
    for (const epoch of increment.epochs) {
      dropFrom(this.epochs, (each) => each.epoch >= epoch.epoch);
      this.epochs.push(epoch);
    }
  }

  /** Where the step lines stand on the axis: epochs, steps or seconds of training. */
  stepX(axis: AxisKind): Float64Array {
    if (axis === 'epoch') return this.stepEpoch.view();
    if (axis === 'step') return this.stepNumber.view();
    if (this.stepSeconds?.version !== this.version) {
      this.stepSeconds = { version: this.version, values: this.secondsOfSteps() };
    }
    return this.stepSeconds.values;
  }

  epochX(axis: AxisKind): Float64Array {
    if (axis === 'epoch') return Float64Array.from(this.epochs, ({ epoch }) => epoch);
    if (axis === 'step') return Float64Array.from(this.epochs, ({ step }) => step);
    let elapsedSeconds = 0;
    return Float64Array.from(this.epochs, ({ seconds }) => (elapsedSeconds += seconds));
  }

  /** Whether any epoch has a measure that only some runs have. */
  measures(name: 'valTop5' | 'valF1'): boolean {
    return this.epochs.some((epoch) => epoch[name] !== undefined);
  }

  /** Training loss of the step lines. */
  stepLosses(): Float64Array {
    return this.stepLoss.view();
  }

  smoothedStepLosses(weight: number): Float64Array {
    if (weight === 0) return this.stepLosses();
    if (this.smoother?.weight !== weight) this.smoother = new Smoother(weight);
    return this.smoother.extend(this.stepLoss.view());
  }

  private appendStep(step: StepMetrics): void {
    const last = this.steps.at(-1);
    if (last && step.step <= last.step) {
      dropFrom(this.steps, (each) => each.step >= step.step);
      dropFrom(this.epochs, (each) => each.step >= step.step);
      for (const column of [this.stepNumber, this.stepEpoch, this.stepLoss]) column.truncate(this.steps.length);
      this.smoother = undefined;
    }
    this.steps.push(step);
    this.stepNumber.push(step.step);
    this.stepEpoch.push(step.epoch);
    this.stepLoss.push(step.trainLoss);
  }

  /**
   * Step lines carry no clock: those of a finished epoch are spread evenly over its seconds, those of the epoch that is
   * running go on at the pace of the one before. In the first epoch there is no pace yet (NaN: not drawn).
   */
  private secondsOfSteps(): Float64Array {
    const ends = [0, ...this.epochX('time')];
    const pace = this.epochs.at(-1)?.seconds ?? NaN;
    return Float64Array.from(this.steps, ({ epoch }) => {
      const done = Math.min(Math.floor(epoch), ends.length - 1);
      const start = ends[done] ?? NaN;
      return start + (epoch - done) * (this.epochs[done]?.seconds ?? pace);
    });
  }
}

/** Cuts an ordered list where `reached` begins to hold. */
function dropFrom<Item>(items: Item[], reached: (item: Item) => boolean): void {
  while (true) {
    const last = items.at(-1);
    if (last === undefined || !reached(last)) return;
    items.pop();
  }
}
