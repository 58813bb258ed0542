import { open, readFile, rm, stat } from 'node:fs/promises';
import { UserError } from '../core/errors';
import { isWriterAlive } from './process-alive';

/**
 * Keeps others who take the same lock out while `change` reads and writes what it stands for. A lock whose process is gone does
 * not count. `held`: what is held, for the error where another process does not let go: a file or folder.
 */
export async function withFileLock<T>(lockFile: string, held: string, change: () => Promise<T>): Promise<T> {
  for (let attempt = 1; !(await take(lockFile)); attempt++) {
    if (attempt === attempts) {
      throw new UserError(`${held} is held by another process.`, `If there is none, remove ${lockFile}.`);
    }
    if (await isAbandoned(lockFile)) await rm(lockFile, { force: true });
    else await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
  try {
    return await change();
  } finally {
    await rm(lockFile, { force: true });
  }
}

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
