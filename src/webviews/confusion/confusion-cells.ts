import { paintValues, valueRange, type ValueRange } from '../../core/inspect/color-map';
import { formatShare } from '../shared/scale-bar';
import type { Picture } from '../../core/inspect/picture';

/** Images; or their share of the true class (a row), or of those that were taken for the class (a column). */
export type CellNumbers = 'count' | 'row' | 'column';

/** A confusion matrix in the order in which its classes are shown. */
export interface ConfusionCells {
  readonly names: readonly string[];
  /** Number of the class in each row and column. */
  readonly order: readonly number[];
  /** [row × column], in the shown order. */
  readonly counts: Int32Array;
  /** What the cells show; NaN where they show nothing. */
  readonly values: Float64Array;
  readonly numbers: CellNumbers;
  readonly range: ValueRange;
  readonly pixels: Picture;
}

export function confusionCells(
  confusion: Int32Array,
  names: readonly string[],
  order: readonly number[],
  { numbers, errorsOnly }: { readonly numbers: CellNumbers; readonly errorsOnly: boolean },
): ConfusionCells {
  const size = order.length;
  const [rows, columns] = [new Float64Array(size), new Float64Array(size)];
  const counts = Int32Array.from({ length: size * size }, (_, at) => {
    const [row, column] = [Math.floor(at / size), at % size];
    const count = confusion[(order[row] ?? 0) * size + (order[column] ?? 0)] ?? 0;
    rows[row] = (rows[row] ?? 0) + count;
    columns[column] = (columns[column] ?? 0) + count;
    return count;
  });
  const values = Float64Array.from(counts, (count, at) => {
    const [row, column] = [Math.floor(at / size), at % size];
    // What never happens stays empty: the eye finds what does.
    if (count === 0 || (errorsOnly && row === column)) return NaN;
    switch (numbers) {
      case 'count':
        return count;
      case 'row':
        return count / (rows[row] ?? 0);
      case 'column':
        return count / (columns[column] ?? 0);
    }
  });
  const range = valueRange(values, 'from-zero');
  const pixels = { width: size, height: size, pixels: paintValues(values, range, 'sequential') };
  return { names, order, counts, values, numbers, range, pixels };
}

export function cellName({ names, order }: ConfusionCells, at: number): string {
  return names[order[at] ?? -1] ?? String(at);
}

/** What a cell's few pixels have room for. */
export function cellText({ values, counts, numbers }: ConfusionCells, at: number): string {
  const value = values[at] ?? NaN;
  if (Number.isNaN(value)) return '';
  return numbers === 'count' ? String(counts[at] ?? 0) : String(Math.round(100 * value));
}

/** In words: `cat taken for dog: 12 images, 4.0 % of cat, 5.1 % of what was taken for dog`. */
export function describeCell(cells: ConfusionCells, row: number, column: number): string {
  const size = cells.order.length;
  const count = cells.counts[row * size + column] ?? 0;
  let [inRow, inColumn] = [0, 0];
  for (let other = 0; other < size; other++) {
    inRow += cells.counts[row * size + other] ?? 0;
    inColumn += cells.counts[other * size + column] ?? 0;
  }
  const [truth, predicted] = [cellName(cells, row), cellName(cells, column)];
  const what = row === column ? `${truth} recognised` : `${truth} taken for ${predicted}`;
  const images = `${count.toLocaleString('en')} ${count === 1 ? 'image' : 'images'}`;
  return `${what}: ${images}, ${formatShare(count / inRow)} of ${truth}, ${formatShare(count / inColumn)} of what was taken for ${predicted}`;
}
