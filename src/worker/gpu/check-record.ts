import { createHash } from 'node:crypto';
import { mkdir, readFile, stat } from 'node:fs/promises';
import { release } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { cacheFolder } from '../../node/cache-folder';
import { readCnnLabVersion } from '../../node/installation-version';
import { isWriterAlive } from '../../node/process-alive';
import { writeFileAtomically } from '../../node/write-file-atomically';
import type { GpuAdapterRecord } from '../../protocol/gpu';

/*
 * Whether a GPU was found to compute correctly, kept for each adapter, driver and build of CNN Lab in a small file of the
 * user's cache folder. It says `running` while the check goes on: one that has taken its process with it is not tried again.
 */

export type CheckRecord =
  { readonly kind: 'unknown' } | { readonly kind: 'passed' } | { readonly kind: 'failed'; readonly reason: string };

export async function readCheckRecord(adapter: GpuAdapterRecord, assets: string): Promise<CheckRecord> {
  const file = await recordFile(adapter, assets);
  let stored: v.InferOutput<typeof storedCheck>;
  let writtenAtMs: number;
  try {
    stored = v.parse(storedCheck, JSON.parse(await readFile(file, 'utf8')));
    writtenAtMs = (await stat(file)).mtimeMs;
  } catch {
    return { kind: 'unknown' }; // None yet, or one that can't be read: the check is made again.
  }
  switch (stored.status) {
    case 'passed':
      return { kind: 'passed' };
    case 'failed':
      return { kind: 'failed', reason: stored.reason };
    case 'running':
      if (isWriterAlive(stored.processId, writtenAtMs)) return { kind: 'unknown' };
      return { kind: 'failed', reason: 'the process that tried it last did not live to tell' };
  }
}

/** Never throws: what can't be kept is found out again. */
export async function writeCheckRecord(
  adapter: GpuAdapterRecord,
  assets: string,
  check: { readonly status: 'running' | 'passed' } | { readonly status: 'failed'; readonly reason: string },
): Promise<void> {
  const file = await recordFile(adapter, assets);
  const stored = { adapter: adapter.name, driver: adapter.driver, processId: process.pid, reason: '', ...check };
  try {
    await mkdir(join(file, '..'), { recursive: true });
    await writeFileAtomically(file, `${JSON.stringify(stored)}\n`);
  } catch {
    // A full disk, a home folder that can't be written: not what a training should end of.
  }
}

/** Of a driver that is updated, of another system: another file. */
async function recordFile(
  { name, backend, vendor, architecture, driver }: GpuAdapterRecord,
  assets: string,
): Promise<string> {
  const built = await stat(join(assets, 'worker.js')).then(
    ({ mtimeMs, size }) => [mtimeMs, size],
    () => [],
  );
  const build = [readCnnLabVersion(assets), ...built];
  const key = [name, backend, vendor, architecture, driver, process.platform, process.arch, release(), build];
  const hash = createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 16);
  return join(cacheFolder(), 'gpu-checks', `${hash}.json`);
}

const storedCheck = v.object({
  status: v.picklist(['running', 'passed', 'failed']),
  processId: v.number(),
  reason: v.string(),
});
