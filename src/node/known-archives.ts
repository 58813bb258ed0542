import { stat } from 'node:fs/promises';
import type { DatasetSummary } from '../core/data/dataset';
import { UserError } from '../core/errors';

/** What archives held when they were last looked into: a search that is made again unpacks those alone that have changed since. */
export class KnownArchives {
  private readonly known = new Map<string, { readonly version: string; readonly outcome: Outcome }>();

  /** What `look` gives, or gave while the file was the same; a UserError is remembered too. */
  async summarize(file: string, look: () => Promise<DatasetSummary | undefined>): Promise<DatasetSummary | undefined> {
    const stats = await stat(file).catch(() => undefined);
    const version = stats && `${stats.size} ${stats.mtimeMs}`;
    const known = this.known.get(file);
    if (known && known.version === version) return known.outcome();
    this.known.delete(file);
    const outcome = await outcomeOf(look);
    // What can't be asked for its time may be another file the next time.
    if (version !== undefined) this.known.set(file, { version, outcome });
    return outcome();
  }
}

type Outcome = () => DatasetSummary | undefined;

async function outcomeOf(look: () => Promise<DatasetSummary | undefined>): Promise<Outcome> {
  try {
    const summary = await look();
    return () => summary;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return () => {
      throw error;
    };
  }
}
