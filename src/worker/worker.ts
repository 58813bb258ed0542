import { UserError } from '../core/errors';
import type { MessageChannel } from '../protocol/rpc';
import { serveRpc } from '../protocol/rpc';
import type { WorkerCalls, WorkerEvents } from '../protocol/worker';
import { benchJob } from './bench-job';
import { evaluateJob } from './evaluate-job';
import { listGpusJob } from './gpu/list-gpus-job';
import { testGpuJob } from './gpu/test-gpu-job';
import type { JobContext } from './job';
import {
  parseBenchRequest,
  parseEvaluateRequest,
  parseMemoryRequest,
  parseMislabelRequest,
  parsePredictRequest,
  parseResumeRequest,
  parseTrainRequest,
} from './parse-request';
import { memoryJob } from './memory-job';
import { mislabelJob } from './mislabel-job';
import { predictJob } from './predict-job';
import { resumeJob } from './resume-job';
import { trainJob } from './train-job';

/*
 * The worker process: does one job for the host that forked it, and ends.
 *   waiting: no job yet
 *   working: the job goes on; a stop, a lost host or SIGTERM aborts `stopping`, which it heeds at the next batch boundary
 *   ending: the job's reply is on its way; then the process ends
 */
let state: 'waiting' | 'working' | 'ending' = 'waiting';
const stopping = new AbortController();
let unsent = 0;
let onAllSent: (() => void) | undefined;

const channel: MessageChannel = {
  post(message) {
    if (!process.connected || !process.send) return; // The host is gone: nobody is left to tell.
    unsent++;
    process.send(message, undefined, undefined, () => {
      unsent--;
      if (unsent === 0) onAllSent?.();
    });
  },
  onMessage: (listener) => void process.on('message', listener),
};

const calls: WorkerCalls = {
  train: (request) => work((context) => trainJob(parseTrainRequest(request), context)),
  resume: (request) => work((context) => resumeJob(parseResumeRequest(request), context)),
  evaluate: (request) => work((context) => evaluateJob(parseEvaluateRequest(request), context)),
  findMislabels: (request) => work((context) => mislabelJob(parseMislabelRequest(request), context)),
  predict: (request) => work((context) => predictJob(parsePredictRequest(request), context)),
  memory: (request) => work((context) => memoryJob(parseMemoryRequest(request), context)),
  bench: (request) => work((context) => benchJob(parseBenchRequest(request), context)),
  listGpus: () => work(listGpusJob),
  testGpu: () => work(testGpuJob),
  stop() {
    stop();
    return Promise.resolve();
  },
};

if (!process.send) {
  process.stderr.write('This is the worker process of CNN Lab; it is started by cnn-lab and by the extension.\n');
  process.exit(2);
}
const events = serveRpc<WorkerCalls, WorkerEvents>(channel, calls);
process.once('disconnect', stop);
process.on('SIGTERM', stop);
// Ctrl+C reaches every process of the terminal; what it means is the host's to say.
process.on('SIGINT', () => undefined);

async function work<Result>(job: (context: JobContext) => Promise<Result>): Promise<Result> {
  if (state !== 'waiting') throw new Error(`The worker does one job; it is ${state}`);
  state = 'working';
  const beside: Promise<void>[] = [];
  const context: JobContext = {
    ...{ events, signal: stopping.signal, assets: __dirname },
    beside: (work) => beside.push(work),
  };
  try {
    return await job(context);
  } finally {
    await Promise.allSettled(beside);
    state = 'ending';
    // The reply is posted in the turn after this one.
    setImmediate(() => void end());
  }
}

function stop(): void {
  stopping.abort(new UserError('The job was stopped.'));
  if (state === 'waiting') process.exit(0);
}

async function end(): Promise<void> {
  if (unsent > 0 && process.connected) {
    await new Promise<void>((resolve) => {
      onAllSent = resolve;
      process.once('disconnect', resolve);
    });
  }
  process.exit(0);
}
