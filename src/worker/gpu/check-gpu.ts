import { describeError } from '../../core/errors';
import type { Engine } from '../../engine/engine';
import type { GpuNumbers } from '../../protocol/gpu';
import type { FoundAdapter } from './adapters';
import { readCheckRecord, writeCheckRecord } from './check-record';
import { compareWithCpu } from './compare-with-cpu';
import { openGpu } from './open-gpu';

/** Why a GPU is not to be trusted; undefined: it computes correctly. Found out once for each GPU and driver. */
export async function distrustOf(found: FoundAdapter, assets: string): Promise<string | undefined> {
  const known = await readCheckRecord(found.record, assets);
  switch (known.kind) {
    case 'passed':
      return undefined;
    case 'failed':
      return known.reason;
    case 'unknown':
      break;
  }
  try {
    const engine = await openGpu(found);
    try {
      return complaintOf(await checkNumbers(found, engine, assets));
    } finally {
      await engine.dispose();
    }
  } catch (error) {
    return describeError(error);
  }
}

/** Compares with the CPU and keeps what came of it. Rejects where the GPU can't compute at all, which is kept too. */
export async function checkNumbers(found: FoundAdapter, engine: Engine, assets: string): Promise<GpuNumbers> {
  await writeCheckRecord(found.record, assets, { status: 'running' });
  try {
    const numbers = await compareWithCpu(engine, assets);
    const complaint = complaintOf(numbers);
    const passed = complaint === undefined;
    await writeCheckRecord(
      found.record,
      assets,
      passed ? { status: 'passed' } : { status: 'failed', reason: complaint },
    );
    return numbers;
  } catch (error) {
    await writeCheckRecord(found.record, assets, { status: 'failed', reason: describeError(error) });
    throw error;
  }
}

function complaintOf({ largestError, tolerance, worst }: GpuNumbers): string | undefined {
  if (largestError <= tolerance) return undefined;
  return `it computes ${worst} wrongly (a relative error of ${largestError.toPrecision(2)})`;
}
