import { splitOrder } from '../../core/data/split-names';
import type { DatasetModel } from './dataset-model';
import { countText } from './image-facts';

/** How many images of a class are used. */
export interface ClassCount {
  readonly name: string;
  /** By place in `splitOrder`. */
  readonly counts: readonly number[];
  readonly total: number;
}

export function countClasses(model: DatasetModel): readonly ClassCount[] {
  const { classes, items } = model.description;
  const counts = classes.map(() => splitOrder.map(() => 0));
  for (let item = 0; item < model.count; item++) {
    if (model.stateOf(item) === 'excluded') continue;
    const split = model.splitOf(item);
    if (!items.labelSets) addOne(counts[model.labelOf(item)], split);
    else counts.forEach((own, label) => model.hasLabel(item, label) && addOne(own, split));
  }
  return classes.map((name, label) => {
    const own = counts[label] ?? [];
    return { name, counts: own, total: own.reduce((sum, count) => sum + count, 0) };
  });
}

function addOne(counts: number[] | undefined, split: number): void {
  if (counts) counts[split] = (counts[split] ?? 0) + 1;
}

/** From so many times on, a network learns the large class rather than what tells the two apart. */
const markedRatio = 3;
const slightRatio = 1.5;

/** How even the classes are, in a sentence; '' where there is nothing to compare. */
export function describeBalance(classes: readonly ClassCount[]): string {
  const sorted = [...classes].sort((a, b) => b.total - a.total);
  const [largest, smallest] = [sorted[0], sorted.at(-1)];
  if (!largest || !smallest || classes.length < 2) return '';
  if (smallest.total === 0) {
    const empty = classes.filter(({ total }) => total === 0);
    const names = empty.slice(0, 5).map(({ name }) => name);
    return `${countText(empty.length, 'class', 'classes')} without images: ${names.join(', ')}${empty.length > 5 ? ', …' : ''}.`;
  }
  const ratio = largest.total / smallest.total;
  if (ratio < slightRatio) {
    return `Balanced: each class has ${range(smallest.total, largest.total)} images.`;
  }
  const times = ratio < 10 ? ratio.toFixed(1) : Math.round(ratio).toLocaleString('en');
  const told = `${largest.name} has ${times} times as many images as ${smallest.name} (${largest.total.toLocaleString('en')} and ${smallest.total.toLocaleString('en')})`;
  return ratio < markedRatio
    ? `Slightly imbalanced: ${told}.`
    : `Imbalanced: ${told}. Class weights or a balanced sampler can help, and F1 tells more than accuracy.`;
}

function range(least: number, most: number): string {
  return least === most ? least.toLocaleString('en') : `${least.toLocaleString('en')} to ${most.toLocaleString('en')}`;
}
