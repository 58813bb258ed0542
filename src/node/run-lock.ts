import { open, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../core/errors';
import { isWriterAlive } from './process-alive';

/**
 * Keeps the others who change a run's run.json (its worker, a rename, the host of a worker that died) out while `change`
 * reads and writes it. A lock whose process is gone does not count.
 */
export async function withRunLock<T>(folder: string, change: () => Promise<T>): Promise<T> {
  const file = join(folder, lockFile);
  for (let attempt = 1; !(await take(file)); attempt++) {
    if (attempt === attempts) {
      throw new UserError(`${folder} is held by another process.`, `If there is none, remove ${lockFile} in it.`);
    }
    if (await isAbandoned(file)) await rm(file, { force: true });
    else await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
  try {
    return await change();
  } finally {
    await rm(file, { force: true });
  }
}

const lockFile = '.run.lock';
const waitMs = 10;
/** A change takes milliseconds. */
const attempts = 1000;
/** Signing takes no time, but a machine may be busy. */
const signedWithinMs = 3000;

async function take(file: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx');
    try {
      await handle.writeFile(String(process.pid));
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function isAbandoned(file: string): Promise<boolean> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return false; // Just released.
  if (text === '') {
    // Taken and not yet signed; or its process was killed before it could.
    const taken = await stat(file).catch(() => undefined);
    return taken !== undefined && Date.now() - taken.mtimeMs > signedWithinMs;
  }
  return !isWriterAlive(Number(text), Date.now());
}
