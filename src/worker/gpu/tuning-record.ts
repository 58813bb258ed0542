import { createHash } from 'node:crypto';
import { mkdir, readFile, stat } from 'node:fs/promises';
import { release } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { parseTuning, type Tuning } from '../../engine/webgpu/tuning';
import { cacheFolder } from '../../node/cache-folder';
import { readCnnLabVersion } from '../../node/installation-version';
import { isWriterAlive } from '../../node/process-alive';
import { writeFileAtomically } from '../../node/write-file-atomically';
import type { GpuAdapterRecord } from '../../protocol/gpu';

/*
 * What was measured of a GPU's tiles, kept for each adapter in a small file of the user's cache folder. It names the driver and
 * the version of CNN Lab that it belongs to, and says `measuring` while it is made: a measurement that has taken its process with
 * it is not tried again.
 */

export type TuningRecord =
  /** `reason`: there is a file, and why it is not used, for the middle of a sentence. */
  | { readonly kind: 'unknown'; readonly reason?: string }
  | { readonly kind: 'measured'; readonly tuning: Tuning }
  | { readonly kind: 'failed'; readonly reason: string }
  /** Another process is at it. */
  | { readonly kind: 'measuring' };

export async function readTuningRecord(adapter: GpuAdapterRecord, assets: string): Promise<TuningRecord> {
  const file = tuningFile(adapter);
  let text: string;
  let writtenAtMs: number;
  try {
    text = await readFile(file, 'utf8');
    writtenAtMs = (await stat(file)).mtimeMs;
  } catch {
    return { kind: 'unknown' }; // None yet, or not to be read: it is measured.
  }
  const unusable = (reason: string): TuningRecord => ({ kind: 'unknown', reason: `${file} ${reason}` });
  const parsed = v.safeParse(storedTuning, parseJson(text));
  if (!parsed.success) return unusable('can’t be read');
  const stored = parsed.output;
  if (stored.adapter !== adapter.name) return unusable(`is of another GPU (${stored.adapter})`);
  const { driver, system, version } = originOf(adapter, assets);
  if (stored.driver !== driver || stored.system !== system) return unusable('is of another driver');
  if (stored.version !== version) return unusable(`is of CNN Lab ${stored.version}`);
  switch (stored.status) {
    case 'measured': {
      const tuning = parseTuning(JSON.stringify(stored.tuning));
      return tuning ? { kind: 'measured', tuning } : unusable('has other tiles');
    }
    case 'failed':
      return { kind: 'failed', reason: stored.reason };
    case 'measuring':
      if (isWriterAlive(stored.processId, writtenAtMs)) return { kind: 'measuring' };
      return { kind: 'failed', reason: 'the process that tried it last did not live to tell' };
  }
}

/** Never throws: what can't be kept is measured again. */
export async function writeTuningRecord(
  adapter: GpuAdapterRecord,
  assets: string,
  outcome:
    | { readonly status: 'measuring' }
    | { readonly status: 'measured'; readonly tuning: Tuning }
    | { readonly status: 'failed'; readonly reason: string },
): Promise<void> {
  const file = tuningFile(adapter);
  const stored = {
    ...{ adapter: adapter.name, ...originOf(adapter, assets), processId: process.pid, reason: '', tuning: null },
    ...outcome,
  };
  try {
    await mkdir(join(file, '..'), { recursive: true });
    await writeFileAtomically(file, `${JSON.stringify(stored)}\n`);
  } catch {
    // A full disk, a home folder that can't be written: not what a training should end of.
  }
}

/** One for each GPU, so that what a new driver or version makes worthless is overwritten. */
export function tuningFile({ name, backend, vendor, architecture }: GpuAdapterRecord): string {
  const key = [name, backend, vendor, architecture, process.platform, process.arch];
  const hash = createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 16);
  return join(cacheFolder(), 'gpu-tunings', `${hash}.json`);
}

function originOf({ driver }: GpuAdapterRecord, assets: string) {
  return { driver, system: release(), version: readCnnLabVersion(assets) };
}

/** Undefined where it is none. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const storedTuning = v.object({
  ...{ adapter: v.string(), driver: v.string(), system: v.string(), version: v.string() },
  status: v.picklist(['measuring', 'measured', 'failed']),
  processId: v.number(),
  reason: v.string(),
  tuning: v.unknown(),
});
