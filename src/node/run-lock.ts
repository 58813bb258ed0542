import { join } from 'node:path';
import { withFileLock } from './file-lock';

/**
 * Keeps the others who change a run's run.json (its worker, a rename, the host of a worker that died) out while `change`
 * reads and writes it.
 */
export function withRunLock<T>(folder: string, change: () => Promise<T>): Promise<T> {
  return withFileLock(join(folder, '.run.lock'), folder, change);
}
