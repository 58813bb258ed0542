import { uptime } from 'node:os';

/**
 * Whether the process that last wrote to a folder, at `writtenAtMs` (a file's mtime, ms since 1970), still lives. A number
 * that was given before the machine started is another process's now.
 */
export function isWriterAlive(processId: number, writtenAtMs: number): boolean {
  if (processId <= 0) return false;
  const startedUpMs = Date.now() - uptime() * 1000;
  if (writtenAtMs < startedUpMs - clockSlackMs) return false;
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

const clockSlackMs = 60_000;
