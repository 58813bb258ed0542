import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { parseMetrics } from '../protocol/parse-run';
import type { MetricsLine } from '../protocol/run-folder';

export interface MetricsIncrement {
  /** True where the file was replaced or cut (a resumed run): what was read before no longer holds, `lines` is all there is. */
  readonly restarted: boolean;
  readonly lines: readonly MetricsLine[];
  /** Complete lines that could not be read. */
  readonly skipped: number;
}

/** Follows a metrics.jsonl: each `read` gives the complete lines that were appended since the one before. */
export class MetricsReader {
  private offset = 0;
  private inode: bigint | undefined;
  private tail: Promise<unknown> = Promise.resolve();

  constructor(private readonly file: string) {}

  /** One at a time, in the order of the calls. A file that is not there yet has no lines. */
  read(): Promise<MetricsIncrement> {
    const result = this.tail.then(() => this.readAppended());
    this.tail = result.catch(() => undefined); // Whoever asked gets the error; the next read starts afresh.
    return result;
  }

  private async readAppended(): Promise<MetricsIncrement> {
    let handle: FileHandle;
    try {
      handle = await open(this.file, 'r');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      return { restarted: this.startAgain(undefined), lines: [], skipped: 0 };
    }
    try {
      const { size, ino } = await handle.stat({ bigint: true });
      const replaced = (this.inode !== undefined && this.inode !== ino) || Number(size) < this.offset;
      const restarted = replaced && this.startAgain(ino);
      this.inode = ino;
      const bytes = Buffer.alloc(Number(size) - this.offset);
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, this.offset);
      // Only whole lines are taken, so a character of several bytes is never cut.
      const end = bytes.subarray(0, bytesRead).lastIndexOf(lineBreak) + 1;
      this.offset += end;
      return { restarted, ...parseMetrics(bytes.toString('utf8', 0, end)) };
    } finally {
      await handle.close();
    }
  }

  private startAgain(inode: bigint | undefined): boolean {
    const hadRead = this.offset > 0;
    this.offset = 0;
    this.inode = inode;
    return hadRead;
  }
}

const lineBreak = 0x0a;
