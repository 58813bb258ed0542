import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { appendFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { UserError, assertNever } from '../core/errors';
import type { MessageChannel } from '../protocol/rpc';
import { connectRpc } from '../protocol/rpc';
import type { DeviceChoice, WorkerCalls, WorkerEvents } from '../protocol/worker';
import { helperEnvironment } from './helper-environment';
import { logFile, markRunFailed } from './run-store';
import { tensorflowFoldersVariable } from './tensorflow-packages';

/** A worker process as its host sees it. It does one job, then ends by itself. */
export interface WorkerProcess {
  readonly state: WorkerState;
  readonly processId: number | undefined;
  /** Each call rejects when the process ends before it has answered. */
  readonly calls: WorkerCalls;
  /** Resolves, never rejects, when the process is gone and what it left behind is in order. */
  readonly ended: Promise<WorkerEnd>;
  /** Asks for an end at the next batch boundary, everything saved; kills after the grace. Resolves when it has ended. */
  stop(): Promise<WorkerEnd>;
  /** Ends it at once; a run can be resumed from its last checkpoint. */
  kill(): Promise<WorkerEnd>;
}

/**
 * starting → running → ended, where stopping may come before ended:
 *   starting: the process is being made; calls wait in its channel
 *   running: it lives and does its job
 *   stopping: it was asked to stop, or is being killed
 *   ended: it is gone
 */
export type WorkerState = 'starting' | 'running' | 'stopping' | 'ended';

export interface WorkerEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last that it wrote to stderr. */
  readonly stderrTail: string;
}

export interface WorkerOptions {
  /** Absolute path of dist/worker.js. */
  readonly script: string;
  readonly events: Partial<WorkerEvents>;
  readonly onState?: (state: WorkerState) => void;
  /** Where the device `tensorflow` is looked for, most wanted first; absent: from the working directory. */
  readonly tensorflowFolders?: readonly string[];
  /** How long a stop may take before the process is killed. */
  readonly stopGraceMs?: number;
}

/** The process ended before it had answered. */
export class WorkerEndedError extends UserError {
  constructor(
    message: string,
    remedy: string | undefined,
    readonly end: WorkerEnd,
  ) {
    super(message, remedy);
  }
}

/** Saving a large model and leaving a slow step may take a while; a stop that hangs longer is broken. */
const defaultStopGraceMs = 30_000;
const stderrTailLength = 4_000;

export function startWorker(options: WorkerOptions): WorkerProcess {
  const child = fork(options.script, [], {
    // Nothing of the host's own flags (an inspector's port) belongs to the worker.
    execArgv: [],
    env: { ...helperEnvironment(), ...tensorflowEnvironment(options.tensorflowFolders) },
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let state: WorkerState = 'starting';
  let stderrTail = '';
  /** Folder of the run that the worker writes, once it was told to. */
  let runFolder: string | undefined;
  /** Whether native code of a graphics driver may run in it: the device that it was told to take, until it says which it took. */
  let mayUseGpu = false;

  const enter = (next: WorkerState) => {
    if (state === 'ended' || state === next || (state === 'stopping' && next === 'running')) return;
    state = next;
    options.onState?.(next);
  };
  child.once('spawn', () => enter('running'));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderrTail = (stderrTail + text).slice(-stderrTailLength);
  });

  const rpc = connectRpc<WorkerCalls, WorkerEvents>(channelTo(child), {
    ...options.events,
    runStarted(event) {
      mayUseGpu = event.device.kind === 'webgpu';
      options.events.runStarted?.(event);
    },
  });
  const told = <Request extends { readonly device: DeviceChoice; readonly runFolder?: string }>(
    request: Request,
    writesRun = false,
  ): Request => {
    mayUseGpu = request.device !== 'cpu';
    if (writesRun) runFolder = request.runFolder;
    return request;
  };
  const calls: WorkerCalls = {
    train: (request) => rpc.calls.train(told(request, true)),
    resume: (request) => rpc.calls.resume(told(request, true)),
    evaluate: (request) => rpc.calls.evaluate(told(request)),
    predict: (request) => rpc.calls.predict(told(request)),
    // It adds to a run's folder, but does not go on with the run: nothing of it is to be marked as failed.
    findMislabels: (request) => rpc.calls.findMislabels(told(request)),
    memory: (request) => rpc.calls.memory(request),
    bench: (request) => rpc.calls.bench(told(request)),
    listGpus: () => ((mayUseGpu = true), rpc.calls.listGpus()),
    testGpu: () => ((mayUseGpu = true), rpc.calls.testGpu()),
    stop: () => rpc.calls.stop(),
  };

  const ended = exitOf(child).then(async ({ exitCode, signal, error }): Promise<WorkerEnd> => {
    const end: WorkerEnd = { exitCode, signal, stderrTail: stderrTail.trim() };
    const failure = error
      ? new UserError(`The worker process could not be started: ${error.message}`)
      : new WorkerEndedError(describeEnd(end, mayUseGpu), remedyFor(end, mayUseGpu, runFolder !== undefined), end);
    if (runFolder !== undefined && child.pid !== undefined) await leaveInOrder(runFolder, child.pid, end, mayUseGpu);
    rpc.close(failure);
    enter('ended');
    return end;
  });

  let stopped: Promise<WorkerEnd> | undefined;
  const stop = async (): Promise<WorkerEnd> => {
    // Rejects where the process ends before it has answered: then it has stopped.
    rpc.calls.stop().catch(() => undefined);
    const grace = setTimeout(() => child.kill('SIGKILL'), options.stopGraceMs ?? defaultStopGraceMs);
    const end = await ended;
    clearTimeout(grace);
    return end;
  };

  return {
    get state() {
      return state;
    },
    processId: child.pid,
    calls,
    ended,
    stop() {
      switch (state) {
        case 'starting':
        case 'running':
          enter('stopping');
          return (stopped ??= stop());
        case 'stopping':
          return stopped ?? ended;
        case 'ended':
          return ended;
        default:
          return assertNever(state);
      }
    },
    kill() {
      enter('stopping');
      child.kill('SIGKILL');
      return ended;
    },
  };
}

export function channelTo(child: ChildProcess): MessageChannel {
  return {
    post(message) {
      // A closed channel means that the process is ending: `ended` rejects the call.
      if (child.connected) child.send(message as object, () => undefined);
    },
    onMessage: (listener) => void child.on('message', listener),
  };
}

export interface Exit {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly error?: Error;
}

/** Resolves when the process is gone and all that it sent and wrote has been received. */
export function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    child.on('error', (error) => {
      // Only where it was never made; a failed kill or send is followed by 'close' in its own time.
      if (child.pid === undefined) resolve({ exitCode: null, signal: null, error });
    });
    child.once('close', (exitCode, signal) => {
      if (child.connected) child.once('disconnect', () => resolve({ exitCode, signal }));
      else resolve({ exitCode, signal });
    });
  });
}

/** Whether it was not ended from outside, but by a fault in native code: no JavaScript of ours can do that. */
export function crashedInNativeCode({ exitCode, signal, stderrTail }: WorkerEnd): boolean {
  if (isOutOfMemory(stderrTail)) return false;
  // Windows tells access violations and the like (0xC0000005) as exit codes.
  if (signal === null) return exitCode !== null && exitCode >= 0xc0000000;
  return ['SIGSEGV', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGABRT', 'SIGTRAP'].includes(signal);
}

function isOutOfMemory(stderrTail: string): boolean {
  return /heap out of memory|Out of memory/i.test(stderrTail);
}

function remedyFor(end: WorkerEnd, mayUseGpu: boolean, hasRun: boolean): string | undefined {
  if (mayUseGpu && crashedInNativeCode(end)) {
    const what = hasRun ? 'Go on from the last checkpoint on the CPU' : 'Use the CPU';
    return `${what} (the device cpu), and update the graphics driver; “cnn-lab doctor” checks it.`;
  }
  return hasRun ? 'Resume the run to go on from its last checkpoint.' : undefined;
}

function describeEnd(end: WorkerEnd, mayUseGpu: boolean): string {
  const { exitCode, signal, stderrTail } = end;
  const how =
    signal !== null
      ? `The training process was ended by signal ${signal}.`
      : `The training process ended unexpectedly with exit code ${exitCode ?? 'unknown'}.`;
  const outOfMemory = isOutOfMemory(stderrTail) ? ' It ran out of memory.' : '';
  const crash =
    mayUseGpu && crashedInNativeCode(end) ? ' It crashed in native code, most likely that of the graphics driver.' : '';
  const line = tellingLine(stderrTail);
  return `${how}${outOfMemory}${crash}${line === undefined ? '' : `\n${line}`}`;
}

/** Of what Node writes when it dies, the line that names the error; else the last line. */
export function tellingLine(stderrTail: string): string | undefined {
  const lines = stderrTail
    .split('\n')
    .map((line) => line.trim())
    .reverse();
  // The latest first.
  const named = lines.find((line) => /^(\[?[A-Za-z]*Error\b|Uncaught\b|FATAL ERROR\b)/.test(line));
  // What Dawn says of drivers that it does not find, and where, is no reason to end.
  return named ?? lines.find((line) => line !== '' && !/^(Warning:|at )/.test(line));
}

/** A run that its worker left as `running` is marked failed, with the reason and what the worker last said. */
async function leaveInOrder(runFolder: string, processId: number, end: WorkerEnd, mayUseGpu: boolean): Promise<void> {
  try {
    const reason = describeEnd(end, mayUseGpu);
    const failedOnGpu = mayUseGpu && crashedInNativeCode(end);
    const marked = await markRunFailed(runFolder, processId, reason, failedOnGpu);
    if (marked)
      await appendFile(join(runFolder, logFile), `${new Date().toISOString()} ${reason}\n${end.stderrTail}\n`);
  } catch {
    // The folder can't be written (or was deleted); the call's rejection tells the reason all the same.
  }
}

function tensorflowEnvironment(folders: readonly string[] | undefined): NodeJS.ProcessEnv {
  return folders ? { [tensorflowFoldersVariable]: folders.join(delimiter) } : {};
}
