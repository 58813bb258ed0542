import type { Dataset, ImageSplit } from '../../core/data/dataset';
import { UserError } from '../../core/errors';
import type { Engine } from '../../engine/engine';
import type { SplitName, Subject } from '../../protocol/inspection';
import type { JobContext } from '../job';
import { evaluationSplits } from '../augment/prepare-images';
import { loadRunData, storedShape } from '../load-run-data';
import { readSplit, runSplits } from '../run-splits';
import { OpenedSubject, type Weights } from './opened-subject';

/** Models that stay open; more would only take memory. */
const mostOpen = 3;
/** A model that has made more of them (one for each layer that was looked at) is opened anew: they are not given back one by one. */
const mostPrograms = 24;

/** The models and data sets that were asked about last. */
export class Subjects {
  /** The latest last. */
  private readonly opened = new Map<string, Promise<OpenedSubject>>();
  private data: { readonly key: string; readonly splits: Promise<Splits> } | undefined;

  constructor(
    private readonly engine: Engine,
    private readonly context: JobContext,
  ) {}

  /** The subject with its weights in place. */
  async use(subject: Subject): Promise<{ readonly opened: OpenedSubject; readonly weights: Weights }> {
    const opened = await this.open(subject);
    return { opened, weights: await opened.useWeights(subject) };
  }

  /** A part of a run's data, as the run has split it. */
  async split(subject: Subject, name: SplitName): Promise<ImageSplit> {
    const splits = await this.splits(subject);
    const split = splits[name];
    if (!split || split.count === 0) throw new UserError(`The data set has no ${name} images.`);
    return split;
  }

  /** Between calls: lets go of models that have come to hold too much. */
  async trim(): Promise<void> {
    for (const [key, opening] of this.opened) {
      const opened = await opening.catch(() => undefined);
      if (!opened || opened.programCount <= mostPrograms) continue;
      this.opened.delete(key);
      await opened.dispose();
    }
  }

  async dispose(): Promise<void> {
    for (const opened of this.opened.values()) await (await opened.catch(() => undefined))?.dispose();
  }

  private async splits(subject: Subject): Promise<Splits> {
    const { run } = await this.open(subject);
    if (!run)
      throw new UserError('A model that was never trained has no data set.', 'Train it, or choose an image file.');
    const { data, config } = run.record;
    const recorded = await readSplit(run.folder);
    const { validationShare, seed, split } = config;
    const cut = recorded === undefined ? [validationShare, seed, split] : recorded;
    const key = JSON.stringify([data.path, data.fingerprint, storedShape(run.record), config.augment, cut]);
    if (this.data?.key !== key) {
      const splits = loadRunData(data.path, this.context, storedShape(run.record)).then((dataset: Dataset) => {
        const { train, val, test } = runSplits(dataset, run.record, recorded, this.context);
        return evaluationSplits({ train, val, test }, dataset, config.augment, this.context);
      });
      splits.catch(() => (this.data = undefined));
      this.data = { key, splits };
    }
    return this.data.splits;
  }

  private async open(subject: Subject): Promise<OpenedSubject> {
    const key = subject.kind === 'run' ? subject.runFolder : JSON.stringify({ ...subject, seed: 0 });
    const known = this.opened.get(key);
    this.opened.delete(key);
    const opened = known ?? OpenedSubject.open(subject, this.engine);
    this.opened.set(key, opened);
    // What could not be opened may be tried again.
    opened.catch(() => this.opened.delete(key));
    for (const [oldest, other] of this.opened) {
      if (this.opened.size <= mostOpen) break;
      this.opened.delete(oldest);
      void other.then((closing) => closing.dispose());
    }
    return opened;
  }
}

type Splits = Readonly<Record<SplitName, ImageSplit | undefined>>;
