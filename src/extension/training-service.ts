import { mkdir, rmdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { describeError } from '../core/errors';
import { openRun, reserveRunFolder } from '../node/run-store';
import type { WorkerProcess } from '../node/worker-process';
import type { DeviceRecord } from '../protocol/run-folder';
import type { ResumeRequest, TrainRequest, TrainResult } from '../protocol/worker';
import type { LiveProgress } from './runs/run-presentation';
import type { WorkerLauncher } from './worker-launcher';

/** A training of this window, from the moment that its process is made until that is gone. */
export interface ActiveTraining {
  readonly runFolder: string;
  readonly name: string;
  /** In words, until the first step: what it is doing. */
  readonly phase: string;
  /** Undefined before the first step. */
  readonly live: LiveProgress | undefined;
  /** Undefined until it is chosen. */
  readonly device: DeviceRecord | undefined;
  readonly stopping: boolean;
  /** Of one of several that come one after the other: who began them tells of them together. */
  readonly series: TrainingSeries | undefined;
}

export interface TrainingSeries {
  /** 1-based. */
  readonly number: number;
  /** Ends the series; the same of all in it. */
  readonly signal: AbortSignal;
}

/** Runs trainings, each in a process of its own, and knows where each is. */
export class TrainingService implements vscode.Disposable {
  private readonly trainings = new Map<string, OwnTraining>();
  private readonly changed = new vscode.EventEmitter<ActiveTraining>();
  private readonly started = new vscode.EventEmitter<string>();
  private readonly ended = new vscode.EventEmitter<TrainingEnd>();

  /** A training began, went on, or is about to end. */
  readonly onDidChange = this.changed.event;
  /** The run folder exists from now on; tells its path. */
  readonly onDidStart = this.started.event;
  readonly onDidEnd = this.ended.event;

  constructor(
    private readonly launcher: WorkerLauncher,
    private readonly state: vscode.Memento,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  get active(): readonly ActiveTraining[] {
    return [...this.trainings.values()];
  }

  get(runFolder: string): ActiveTraining | undefined {
    return this.trainings.get(runFolder);
  }

  /** Resolves when the run is completed or was stopped; rejects where it failed. */
  async train(
    runsFolder: string,
    request: Omit<TrainRequest, 'runFolder'>,
    series?: TrainingSeries,
  ): Promise<TrainResult> {
    await keepOutOfVersionControl(runsFolder);
    const runFolder = await reserveRunFolder(runsFolder, request.name);
    try {
      const begin = (worker: WorkerProcess) => worker.calls.train({ ...request, runFolder });
      return await this.run(runFolder, request.name, begin, series);
    } catch (error) {
      // Where it failed before there was anything to keep; a folder with contents stays.
      await rmdir(runFolder).catch(() => undefined);
      throw error;
    }
  }

  async resume(request: ResumeRequest): Promise<TrainResult> {
    const run = await openRun(request.runFolder);
    const name = run?.name ?? basename(request.runFolder);
    return this.run(request.runFolder, name, (worker) => worker.calls.resume(request));
  }

  /** Resolves when the process is gone. */
  async stop(runFolder: string): Promise<void> {
    const training = this.trainings.get(runFolder);
    if (!training?.worker) return;
    training.stopping = true;
    training.phase = 'Stopping…';
    this.changed.fire(training);
    await training.worker.stop();
  }

  private async run(
    runFolder: string,
    name: string,
    start: (worker: WorkerProcess) => Promise<TrainResult>,
    series?: TrainingSeries,
  ): Promise<TrainResult> {
    const training: OwnTraining = {
      runFolder,
      name,
      phase: 'Starting…',
      live: undefined,
      device: undefined,
      stopping: false,
      series,
      epochs: 1,
    };
    const update = (change: Partial<OwnTraining>) => {
      if (!training.stopping || change.live) Object.assign(training, change);
      this.changed.fire(training);
    };
    training.worker = this.launcher.start({
      dataProgress: ({ done, total }) => update({ phase: `Reading images: ${done} of ${total}` }),
      runStarted: ({ epochs, device, parameterCount }) => {
        this.log.info(`${name}: ${parameterCount} parameters, on ${device.description}, in ${runFolder}`);
        update({ phase: 'Preparing…', epochs, device });
        this.started.fire(runFolder);
      },
      step: ({ epoch, trainLoss, imagesPerSecond }) =>
        update({ live: { epoch, epochs: training.epochs, trainLoss, imagesPerSecond } }),
      epoch: ({ epoch, epochs, trainLoss, valLoss, valAccuracy, imagesPerSecond }) => {
        this.log.info(
          `${name}: epoch ${epoch}/${epochs}, training loss ${trainLoss}, validation loss ${valLoss}, accuracy ${valAccuracy}`,
        );
        update({ epochs, live: { epoch, epochs, trainLoss, imagesPerSecond } });
      },
      note: ({ message }) => this.log.info(`${name}: ${message}`),
      warning: ({ message }) => {
        this.log.warn(`${name}: ${message}`);
        void vscode.window.showWarningMessage(`${name}: ${message}`);
      },
    });
    this.trainings.set(runFolder, training);
    this.remember();
    this.changed.fire(training);
    const stop = () => void this.stop(runFolder);
    series?.signal.addEventListener('abort', stop);
    let end: TrainingEnd = { runFolder, name, result: undefined, series };
    try {
      const result = start(training.worker);
      // While its folder was made; only after the start, so that there is something to stop.
      if (series?.signal.aborted) stop();
      end = { ...end, result: await result };
      return await result;
    } catch (error) {
      this.log.error(`${name}: ${describeError(error)}`);
      throw error;
    } finally {
      series?.signal.removeEventListener('abort', stop);
      // It ends by itself after its job; one that does not is not left behind.
      await training.worker.stop();
      this.trainings.delete(runFolder);
      this.remember();
      this.ended.fire(end);
    }
  }

  /** Runs that the last window was training when it went away: they were stopped, with everything saved. Told once. */
  takeInterrupted(): readonly string[] {
    const kept = this.state.get<unknown>(activeKey);
    this.remember();
    return Array.isArray(kept) ? kept.filter((each) => typeof each === 'string') : [];
  }

  private remember(): void {
    void this.state.update(activeKey, [...this.trainings.keys()]);
  }

  /** The window goes away: the workers notice that by themselves, stop and save. */
  dispose(): void {
    for (const { worker } of this.trainings.values()) worker?.calls.stop().catch(() => undefined);
    for (const emitter of [this.changed, this.started, this.ended]) emitter.dispose();
  }
}

export interface TrainingEnd {
  readonly runFolder: string;
  readonly name: string;
  /** Undefined where it failed. */
  readonly result: TrainResult | undefined;
  readonly series: TrainingSeries | undefined;
}

interface OwnTraining {
  readonly runFolder: string;
  readonly name: string;
  phase: string;
  live: LiveProgress | undefined;
  device: DeviceRecord | undefined;
  stopping: boolean;
  series: TrainingSeries | undefined;
  epochs: number;
  worker?: WorkerProcess;
}

const activeKey = 'training.active';

/** Weights and logs are not for a repository; whoever wants them there deletes the file. */
async function keepOutOfVersionControl(runsFolder: string): Promise<void> {
  if (basename(dirname(runsFolder)) !== '.cnn-lab') return;
  await mkdir(dirname(runsFolder), { recursive: true });
  try {
    await writeFile(join(dirname(runsFolder), '.gitignore'), '*\n', { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
