import { parentPort, workerData } from 'node:worker_threads';
import { instantiateKernels } from './kernel-module';
import { PoolControl, abortRun, type ThreadData, type ThreadMessage } from './pool-control';

/** Entry of a pool thread: sleeps until there is a program, runs its part, sleeps again; ends on stop or failure. */
async function serve(data: ThreadData): Promise<void> {
  const control = new Int32Array(data.memory.buffer, data.control, PoolControl.words);
  const kernels = await instantiateKernels(data.module, data.memory, data.control);
  let job = Atomics.load(control, PoolControl.job);
  send({ kind: 'ready' });
  try {
    for (;;) {
      while (Atomics.load(control, PoolControl.job) === job) Atomics.wait(control, PoolControl.job, job);
      job = Atomics.load(control, PoolControl.job);
      if (Atomics.load(control, PoolControl.stop) !== 0) return;
      if (kernels.run(Atomics.load(control, PoolControl.program), data.part, data.parts) !== 0) return;
    }
  } catch (error) {
    abortRun(control);
    send({ kind: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}

function send(message: ThreadMessage): void {
  parentPort?.postMessage(message);
}

void serve(workerData as ThreadData);
