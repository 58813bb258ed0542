import type { WorkerCalls } from '../../protocol/worker';
import { WorkerEndedError } from '../worker-process';
import { collectSystemFacts } from './collect-system-facts';
import { chosenOf, explainGpu } from './explain-gpu';
import type { GpuReport, ListingOutcome, ProcessCrash, TestOutcome } from './gpu-report';

/** Does one job in a worker process of its own. */
export type RunJob = <Result>(job: (calls: WorkerCalls) => Promise<Result>) => Promise<Result>;

/**
 * Looks for GPUs, puts the one that is used to work, and says what follows. No driver is loaded in this process: one that ends its
 * process is something to report.
 */
export async function checkGpu(
  runJob: RunJob,
  onProgress: (doing: string) => void = () => undefined,
): Promise<GpuReport> {
  onProgress('looking for GPUs');
  const system = await collectSystemFacts();
  const listing: ListingOutcome = await runJob((calls) => calls.listGpus()).catch(asCrash);
  const chosen = chosenOf(listing);
  let test: TestOutcome = { kind: 'skipped' };
  if (chosen) {
    onProgress(`trying ${chosen.name}`);
    test = await runJob((calls) => calls.testGpu()).catch(asCrash);
  }
  return explainGpu(system, listing, test);
}

function asCrash(error: unknown): ProcessCrash {
  if (error instanceof WorkerEndedError) return { kind: 'crashed', message: error.message };
  throw error;
}
