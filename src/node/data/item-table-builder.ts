import type { SplitName } from '../../core/data/dataset';
import { splitOrder } from '../../core/data/split-names';
import type { ItemTable } from './item-listing';
import { PackedText } from './packed-text';

/** Collects images one by one, in any order of their splits; within a split their order stays. */
export class ItemTableBuilder {
  private readonly keys = new PackedText();
  private readonly splits = new Column((length) => new Uint8Array(length));
  private readonly labels = new Column((length) => new Int32Array(length));
  private readonly groups = new Column((length) => new Int32Array(length));
  private readonly groupNumbers = new Map<string, number>();
  /** Of images with several classes: all of them, and where those of an image end. */
  private readonly members = new Column((length) => new Int32Array(length));
  private readonly memberEnds = new Column((length) => new Int32Array(length));

  get count(): number {
    return this.keys.count;
  }

  /** `labels`: any number of them where the data set is multi-label, else one. `group`: whatever names it. */
  add(key: string, split: SplitName, labels: number | readonly number[], group?: string): void {
    this.keys.push(key);
    this.splits.push(splitOrder.indexOf(split));
    if (typeof labels === 'number') {
      this.labels.push(labels);
    } else {
      this.labels.push(labels[0] ?? -1);
      for (const label of labels) this.members.push(label);
      this.memberEnds.push(this.members.length);
    }
    if (group !== undefined) {
      const number = this.groupNumbers.get(group) ?? this.groupNumbers.size;
      this.groupNumbers.set(group, number);
      this.groups.push(number);
    }
  }

  /** `relabel`: the number in the end of each class that was given. */
  finish({ classCount, multiLabel, relabel }: FinishOptions): ItemTable {
    const { count, keys } = this;
    const order = this.order();
    const place = (index: number): number => order?.[index] ?? index;
    const numberOf = (label: number): number => (label < 0 ? label : (relabel?.[label] ?? label));
    const splits = new Uint8Array(count);
    const labels = new Int32Array(count);
    for (let index = 0; index < count; index++) {
      splits[index] = this.splits.at(place(index));
      labels[index] = numberOf(this.labels.at(place(index)));
    }
    let labelSets: Uint8Array | null = null;
    if (multiLabel) {
      labelSets = new Uint8Array(count * classCount);
      for (let index = 0; index < count; index++) {
        const from = place(index) === 0 ? 0 : this.memberEnds.at(place(index) - 1);
        const end = this.memberEnds.at(place(index));
        let first = -1;
        for (let member = from; member < end; member++) {
          const label = numberOf(this.members.at(member));
          labelSets[index * classCount + label] = 1;
          if (first < 0 || label < first) first = label;
        }
        labels[index] = first;
      }
    }
    let groups: Int32Array | null = null;
    if (this.groups.length === count && count > 0) {
      groups = new Int32Array(count);
      for (let index = 0; index < count; index++) groups[index] = this.groups.at(place(index));
    }
    return { count, key: (index) => keys.at(place(index)), splits, labels, labelSets, groups };
  }

  /** The images by their splits; undefined where they lie so already. */
  private order(): Int32Array | undefined {
    let ascends = true;
    for (let index = 1; index < this.count && ascends; index++) {
      ascends = this.splits.at(index) >= this.splits.at(index - 1);
    }
    if (ascends) return undefined;
    const order = new Int32Array(this.count);
    let end = 0;
    splitOrder.forEach((_, split) => {
      for (let index = 0; index < this.count; index++) if (this.splits.at(index) === split) order[end++] = index;
    });
    return order;
  }
}

export interface FinishOptions {
  readonly classCount: number;
  readonly multiLabel: boolean;
  readonly relabel?: Int32Array;
}

/** Numbers that grow by doubling. */
class Column<T extends Uint8Array | Int32Array> {
  private values: T;
  length = 0;

  constructor(private readonly make: (length: number) => T) {
    this.values = make(16);
  }

  push(value: number): void {
    if (this.length === this.values.length) {
      const larger = this.make(2 * this.values.length);
      larger.set(this.values);
      this.values = larger;
    }
    this.values[this.length++] = value;
  }

  at(index: number): number {
    return this.values[index] ?? 0;
  }
}
