import type { Decision } from '../../core/data/decisions';
import { UserError } from '../../core/errors';
import { addDecisions, readDecisions, undoDecisions, type StoredDecisions } from '../../node/data/decisions-file';
import type { DatasetDescription, DecisionState, ItemColumns } from '../../protocol/dataset-inspection';
import { openItems, type ItemSource } from '../data/open-items';

/** The data sets that were asked about last, by the location that they are opened by. */
export class OpenDatasets {
  private readonly opened = new Map<string, Promise<ItemSource>>();

  /** As it was opened, or opened now. */
  async get(location: string): Promise<ItemSource> {
    const known = this.opened.get(location);
    if (!known) return this.reopen(location);
    this.opened.delete(location);
    this.opened.set(location, known);
    return known;
  }

  /** Reads the folder anew. */
  async reopen(location: string): Promise<ItemSource> {
    const before = this.opened.get(location);
    const opening = openItems(location);
    this.opened.delete(location);
    this.opened.set(location, opening);
    // Who asked before reads on from what is closed only when it is not needed any more: after the new one is there.
    void opening.then(
      () => before?.then((source) => source.close()),
      () => this.opened.get(location) === opening && this.opened.delete(location),
    );
    for (const [oldest, source] of this.opened) {
      if (this.opened.size <= mostOpen) break;
      this.opened.delete(oldest);
      void source.then((each) => each.close()).catch(() => undefined); // What could not be opened needs no closing.
    }
    return opening;
  }

  async describe(location: string): Promise<DatasetDescription> {
    const source = await this.reopen(location);
    const { name, path, format, task, classes, fingerprint } = source;
    const stored = await readDecisions(path);
    const unread = stored.unread.map(({ line, reason }) => ({ path: stored.file, reason: `line ${line}: ${reason}` }));
    const items = itemColumns(source);
    const skipped = [...source.skipped, ...unread];
    return { name, path, format, task, classes, items, decisions: decisionState(stored), skipped, fingerprint };
  }

  async decide(location: string, decisions: readonly Decision[]): Promise<DecisionState> {
    const source = await this.get(location);
    checkDecisions(source, decisions);
    return decisionState(await addDecisions(source.path, decisions));
  }

  async undo(location: string): Promise<DecisionState> {
    const { path } = await this.get(location);
    return decisionState(await undoDecisions(path));
  }
}

const mostOpen = 3;

export function itemColumns({ items }: ItemSource): ItemColumns {
  const { count, splits, labels, labelSets } = items;
  return { keys: Array.from({ length: count }, (_, index) => items.key(index)), splits, labels, labelSets };
}

function decisionState({ file, standing, canUndo }: StoredDecisions): DecisionState {
  return { file, decisions: standing, canUndo };
}

/** What could not be followed when the data set is loaded is refused when it is decided. */
function checkDecisions({ task, classes, name }: ItemSource, decisions: readonly Decision[]): void {
  for (const decision of decisions) {
    if (decision.kind !== 'relabel') continue;
    const unknown = decision.classes.find((each) => !classes.includes(each));
    if (unknown !== undefined) {
      throw new UserError(`${name} has no class ${unknown}.`, `It has ${classes.slice(0, 20).join(', ')}.`);
    }
    if (task === 'multi-class' && decision.classes.length !== 1) {
      throw new UserError(`Each image of ${name} has one class, not ${decision.classes.length}.`, 'Choose one.');
    }
  }
}
