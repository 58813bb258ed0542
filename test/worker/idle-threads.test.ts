import { once } from 'node:events';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { jpegLibrary } from '../../src/worker/data/jpeg-decoder';
import { leaveThread, takeThread } from '../../src/worker/threads/idle-threads';
import { ThreadPool } from '../../src/worker/threads/thread-pool';
import { assets } from '../engine/wasm/engines';

const entry = join(assets, 'job-thread.js');

/** What a thread that augments begins with: one grey image of 2 × 2 pixels, as it is. */
function augmentation() {
  const size = { height: 2, width: 2, channels: 1 } as const;
  const images = new Uint8Array(new SharedArrayBuffer(4)).fill(7);
  const batches = new Uint8Array(new SharedArrayBuffer(4));
  return { images: { images, stored: size, size, transforms: [], from: 0, seed: 0 }, batches, assets };
}

const job = { epoch: 0, images: Int32Array.of(0), draws: Uint32Array.of(0), offset: 0 };

async function ended(worker: Worker): Promise<void> {
  await Promise.all([once(worker, 'exit'), worker.terminate()]);
}

test('a thread that is left is taken by who comes next, unless it has ended', async () => {
  const first = takeThread(entry);
  const second = takeThread(entry);
  expect(second).not.toBe(first);
  leaveThread(entry, first);
  expect(takeThread(entry)).toBe(first);
  leaveThread(entry, first);
  await ended(first);
  const third = takeThread(entry);
  expect(third).not.toBe(first);
  await Promise.all([ended(second), ended(third)]);
});

test('a thread does for a pool what that asks for, whatever it did before', async () => {
  const first = takeThread(entry);
  leaveThread(entry, first);
  for (let round = 0; round < 3; round++) {
    const data = augmentation();
    const pool = new ThreadPool<object, void>({ service: 'augmentation', threads: 1, data, assets });
    await pool.ask(job);
    expect([...data.batches]).toEqual([7, 7, 7, 7]);
    await pool.dispose();
    await expect(pool.ask(job)).rejects.toThrow('The augmentation has ended');

    const out = new Uint8Array(new SharedArrayBuffer(3));
    const decoding = { out, size: { height: 1, width: 1, channels: 3 }, assets, jpegLibrary: jpegLibrary(assets) };
    const other = new ThreadPool<object[], object[]>({ service: 'decoding', threads: 1, data: decoding, assets });
    expect(await other.ask([])).toEqual([]);
    await other.dispose();
  }
  const last = takeThread(entry);
  expect(last).toBe(first);
  await ended(last);
});

test('a pool leaves no thread that is still at work', async () => {
  const pool = new ThreadPool<object, void>({ service: 'augmentation', threads: 1, data: augmentation(), assets });
  const asked = pool.ask(job);
  const refused = expect(asked).rejects.toThrow('The augmentation has ended');
  await pool.dispose();
  await refused;
  const next = takeThread(entry);
  const answered = once(next, 'message');
  next.postMessage({ kind: 'start', service: 'augmentation', data: augmentation() });
  next.postMessage({ kind: 'job', id: 5, job });
  expect(await answered).toEqual([{ id: 5, result: undefined }]);
  await ended(next);
});
