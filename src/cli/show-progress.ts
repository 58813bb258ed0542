import { SingleBar } from 'cli-progress';
import type { EpochMetrics } from '../protocol/run-folder';
import type { WorkerEvents } from '../protocol/worker';
import { barStyle } from './bar-style';
import { formatMeasure } from './class-report';
import { formatCount, formatDuration, formatLoss, formatPercent } from './format';
import type { Output } from './output';

export interface ProgressView {
  readonly events: Partial<WorkerEvents>;
  /** Takes the bar off the screen. */
  close(): void;
}

/** Shows a run as it goes: a bar on a terminal, a line an epoch anywhere, an event an epoch with `--json`. */
export function showProgress(output: Output): ProgressView {
  const { style } = output;
  let bar: { readonly kind: 'data' | 'epoch'; readonly view: SingleBar } | undefined;
  let epochs = 0;
  let stepsPerEpoch = 0;

  const close = () => {
    bar?.view.stop();
    bar = undefined;
  };
  const draw = (kind: 'data' | 'epoch', format: string, done: number, total: number, payload: object) => {
    if (bar?.kind === kind) {
      bar.view.update(done, payload);
      return;
    }
    close();
    bar = { kind, view: new SingleBar({ ...barStyle, format, stream: process.stderr }) };
    bar.view.start(total, done, payload);
  };

  const events: Partial<WorkerEvents> = {
    dataProgress({ done, total }) {
      if (!output.interactive) return;
      draw('data', 'Reading images {bar} {value}/{total}', done, total, {});
      if (done >= total) close();
    },
    runStarted(event) {
      close();
      ({ epochs, stepsPerEpoch } = event);
      const { data, device, parameterCount, id, runFolder } = event;
      output.line(
        `${style.bold(id)}: ${formatCount(parameterCount)} parameters, ` +
          `${formatCount(data.trainCount)} training and ${formatCount(data.valCount)} validation images, ` +
          `${data.classes.length} classes; ${device.description}`,
      );
      output.event({
        event: 'start',
        run: runFolder,
        device: device.description,
        parameters: parameterCount,
        trainImages: data.trainCount,
        valImages: data.valCount,
        testImages: data.testCount,
        classes: data.classes.length,
        epochs,
        stepsPerEpoch,
      });
    },
    step(event) {
      if (!output.interactive) return;
      const imagesPerStep = event.imagesPerSecond > 0 ? event.imagesPerSecond : Number.NaN;
      const epoch = Math.ceil(event.step / event.stepsPerEpoch);
      draw('epoch', epochFormat, event.stepOfEpoch, event.stepsPerEpoch, {
        epoch: `${epoch}/${epochs}`,
        loss: formatLoss(event.trainLoss),
        speed: formatCount(imagesPerStep),
        left: formatDuration(secondsLeft(event.step, epochs * event.stepsPerEpoch)),
      });
    },
    epoch(event) {
      close();
      output.event({ event: 'epoch', ...event, kind: undefined, runFolder: undefined });
      output.line(
        `Epoch ${event.epoch}/${event.epochs}` +
          `  train ${formatLoss(event.trainLoss)} (${formatPercent(event.trainAccuracy)})` +
          `  val ${formatLoss(event.valLoss)} (${validationShares(event)})` +
          `  ${formatCount(event.imagesPerSecond)} images/s  ${formatDuration(event.seconds)}` +
          (event.best ? style.green('  best') : ''),
      );
    },
    warning({ message }) {
      close();
      output.event({ event: 'warning', message });
      output.note(style.yellow(`Warning: ${message}`));
    },
  };
  const secondsLeft = remainingTime();
  return { events, close };
}

/** `61.20 %, top-5 93.40 %`: what there is of it. */
function validationShares({ valAccuracy, valTop5, valF1 }: EpochMetrics): string {
  return [
    formatPercent(valAccuracy),
    ...(valTop5 === undefined ? [] : [`top-5 ${formatPercent(valTop5)}`]),
    ...(valF1 === undefined ? [] : [`F1 ${formatMeasure(valF1)}`]),
  ].join(', ');
}

/** Estimates the seconds to the end from the steps done since the first call. */
function remainingTime(): (step: number, totalSteps: number) => number {
  let first: { readonly step: number; readonly atMs: number } | undefined;
  return (step, totalSteps) => {
    first ??= { step, atMs: Date.now() };
    const secondsPerStep = (Date.now() - first.atMs) / 1000 / (step - first.step);
    return secondsPerStep * (totalSteps - step);
  };
}

const epochFormat = 'Epoch {epoch} {bar} loss {loss} · {speed} images/s · {left} left';
