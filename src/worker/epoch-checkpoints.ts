import { rm, stat } from 'node:fs/promises';
import { describeError } from '../core/errors';
import { thinEpochs } from '../core/train/thin-epochs';
import { epochCheckpointPath, keptEpochs } from '../node/checkpoint-file';
import { writeCheckpointBytes } from './checkpoint';

/**
 * The weights of a run's epochs as they are kept beside `best` and `last`, to be looked into later. They are written while the
 * training goes on, one at a time; a run does not need them, so what fails here is told and does not end it.
 */
export class EpochCheckpoints {
  private pending: Promise<void> = Promise.resolve();
  private tooLarge = false;
  private told = false;

  constructor(
    private readonly runFolder: string,
    /** For all of them together; 0: none are kept. */
    private readonly budgetBytes: number,
    private readonly warn: (message: string) => void,
  ) {}

  /** Whether it is worth while to make one. */
  get wanted(): boolean {
    return this.budgetBytes > 0 && !this.tooLarge;
  }

  /** Begins to write an epoch's checkpoint; resolves when the one before is on the disk. */
  async keep(epoch: number, checkpoint: Uint8Array): Promise<void> {
    await this.pending;
    if (!this.wanted) return;
    const most = Math.floor(this.budgetBytes / checkpoint.length);
    if (most === 0) {
      this.tooLarge = true;
      this.tell(
        `The weights of single epochs are not kept: one takes ${megabytes(checkpoint.length)}, ` +
          `they may take ${megabytes(this.budgetBytes)}.`,
      );
      return;
    }
    this.pending = this.write(epoch, checkpoint, most).catch((error: unknown) => {
      this.tell(`The weights of epoch ${epoch} could not be kept: ${describeError(error)}`);
    });
  }

  /** Of a run that goes on after `epoch`: what is beyond will be computed again. Gives whether that epoch's own is there. */
  async continueAfter(epoch: number): Promise<boolean> {
    for (const kept of await keptEpochs(this.runFolder)) {
      if (kept > epoch) await rm(epochCheckpointPath(this.runFolder, kept), { force: true });
    }
    const own = await stat(epochCheckpointPath(this.runFolder, epoch)).catch(() => undefined);
    return own !== undefined;
  }

  /** Resolves when all is on the disk. */
  settle(): Promise<void> {
    return this.pending;
  }

  private async write(epoch: number, checkpoint: Uint8Array, most: number): Promise<void> {
    const { runFolder } = this;
    // Room is made first: the budget holds while the new one is written, too.
    const epochs = (await keptEpochs(runFolder)).filter((each) => each !== epoch);
    const keeping = new Set(thinEpochs([...epochs, epoch], most));
    for (const each of epochs) if (!keeping.has(each)) await rm(epochCheckpointPath(runFolder, each), { force: true });
    await writeCheckpointBytes(epochCheckpointPath(runFolder, epoch), checkpoint);
  }

  /** Once: what is wrong with one epoch is wrong with the next. */
  private tell(message: string): void {
    if (this.told) return;
    this.told = true;
    this.warn(message);
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}
