import { splitOrder } from '../../core/data/split-names';
import type { DatasetDescription, DatasetScan, DecisionState, OddItem } from '../../protocol/dataset-inspection';

/** What was decided about an image. */
export type ItemState = 'used' | 'excluded' | 'relabelled';

const itemStates: readonly ItemState[] = ['used', 'excluded', 'relabelled'];

/** A data set as the panel shows it: what the files say, what was decided, and what a scan has found. Images go by their number. */
export class DatasetModel {
  scan: DatasetScan | null = null;
  readonly count: number;
  /** By number: place in `itemStates`. */
  private readonly states: Uint8Array;
  /** As it is trained with: decisions applied. */
  private readonly labels: Int32Array;
  private readonly labelSets: Uint8Array | null;
  private readonly oddByItem = new Map<number, OddItem[]>();
  private readonly reasons = new Map<number, string>();
  private readonly relabels = new Map<number, readonly string[]>();
  private places: Map<string, number> | undefined;
  private ranks: Int32Array | undefined;

  constructor(
    readonly location: string,
    readonly description: DatasetDescription,
  ) {
    const { keys, labels, labelSets } = description.items;
    this.count = keys.length;
    this.states = new Uint8Array(this.count);
    this.labels = labels.slice();
    this.labelSets = labelSets?.slice() ?? null;
    this.decisions = description.decisions;
    this.applyDecisions(description.decisions);
  }

  decisions: DecisionState;

  /** Other decisions hold from now on. */
  applyDecisions(decisions: DecisionState): void {
    this.decisions = decisions;
    const { items, classes } = this.description;
    this.states.fill(0);
    this.labels.set(items.labels);
    if (items.labelSets) this.labelSets?.set(items.labelSets);
    this.reasons.clear();
    this.relabels.clear();
    for (const decision of decisions.decisions) {
      const item = this.placeOf(decision.key);
      if (item === undefined) continue; // Its file is no longer there.
      if (decision.kind === 'exclude') {
        this.states[item] = 1;
        this.reasons.set(item, decision.reason);
        continue;
      }
      this.states[item] = 2;
      this.relabels.set(item, decision.classes);
      const chosen = decision.classes.map((name) => classes.indexOf(name)).filter((label) => label >= 0);
      this.labels[item] = chosen.length > 0 ? Math.min(...chosen) : -1;
      this.labelSets?.fill(0, item * classes.length, (item + 1) * classes.length);
      for (const label of chosen) if (this.labelSets) this.labelSets[item * classes.length + label] = 1;
    }
  }

  applyScan(scan: DatasetScan): void {
    this.scan = scan;
    this.oddByItem.clear();
    for (const odd of scan.odd) this.oddByItem.set(odd.index, [...(this.oddByItem.get(odd.index) ?? []), odd]);
  }

  /** Undefined: there is no such image any more. */
  placeOf(key: string): number | undefined {
    this.places ??= new Map(this.description.items.keys.map((each, at) => [each, at]));
    return this.places.get(key);
  }

  keyOf(item: number): string {
    return this.description.items.keys[item] ?? '';
  }

  /** Place in `splitOrder`. */
  splitOf(item: number): number {
    return this.description.items.splits[item] ?? 0;
  }

  splitTitleOf(item: number): string {
    return splitTitleAt(this.splitOf(item));
  }

  stateOf(item: number): ItemState {
    return itemStates[this.states[item] ?? 0] ?? 'used';
  }

  /** Why it is excluded. */
  reasonOf(item: number): string {
    return this.reasons.get(item) ?? '';
  }

  oddOf(item: number): readonly OddItem[] {
    return this.oddByItem.get(item) ?? [];
  }

  /** The class that it is trained with; of several the first, of none −1. */
  labelOf(item: number): number {
    return this.labels[item] ?? -1;
  }

  hasLabel(item: number, label: number): boolean {
    const { labelSets } = this;
    if (!labelSets) return this.labelOf(item) === label;
    return labelSets[item * this.description.classes.length + label] === 1;
  }

  labelCountOf(item: number): number {
    const { labelSets } = this;
    if (!labelSets) return this.labelOf(item) >= 0 ? 1 : 0;
    const { length } = this.description.classes;
    let count = 0;
    for (let at = item * length; at < (item + 1) * length; at++) count += labelSets[at] ?? 0;
    return count;
  }

  /** Names of the classes that it is trained with. */
  classesOf(item: number): readonly string[] {
    return this.relabels.get(item) ?? this.givenClassesOf(item);
  }

  /** As the files say. */
  givenClassesOf(item: number): readonly string[] {
    const { items, classes } = this.description;
    if (!items.labelSets) {
      const name = classes[items.labels[item] ?? -1];
      return name === undefined ? [] : [name];
    }
    const from = item * classes.length;
    return classes.filter((_, label) => items.labelSets?.[from + label] === 1);
  }

  labelText(item: number): string {
    return this.classesOf(item).join(', ') || 'no class';
  }

  /** Mean of its pixels, 0 to 1; NaN: not known yet. */
  brightnessOf(item: number): number {
    const { scan } = this;
    if (!scan || scan.widths[item] === 0) return NaN;
    const at = 3 * item;
    return ((scan.means[at] ?? NaN) + (scan.means[at + 1] ?? NaN) + (scan.means[at + 2] ?? NaN)) / 3;
  }

  /** Place of each image in the order of their names: `2.png` before `10.png`. */
  get nameRanks(): Int32Array {
    if (this.ranks) return this.ranks;
    const { keys } = this.description.items;
    const collator = new Intl.Collator('en', { numeric: true });
    const order = Int32Array.from(keys, (_, at) => at).sort((a, b) => collator.compare(keys[a] ?? '', keys[b] ?? ''));
    const ranks = new Int32Array(order.length);
    order.forEach((item, rank) => (ranks[item] = rank));
    this.ranks = ranks;
    return ranks;
  }

  /** In words, for people who can't see it. */
  describe(item: number): string {
    const state = this.stateOf(item);
    const given = this.givenClassesOf(item).join(', ') || 'no class';
    const label = state === 'relabelled' ? `${this.labelText(item)}, relabelled from ${given}` : given;
    const excluded = state === 'excluded' ? `; excluded${reasonText(this.reasonOf(item))}` : '';
    const odd = this.oddOf(item).map(({ reason }) => `; ${reason}`);
    return `${this.keyOf(item)}: ${label}, ${this.splitTitleOf(item)}${excluded}${odd.join('')}`;
  }
}

export function splitTitleAt(place: number): string {
  return { train: 'Training', val: 'Validation', test: 'Test' }[splitOrder[place] ?? 'train'];
}

function reasonText(reason: string): string {
  return reason ? ` (${reason})` : '';
}
