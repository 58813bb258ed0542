import { classOrders, type ClassOrder } from '../../core/inspect/class-order';
import { isObject } from '../../core/is-object';
import type { SplitName } from '../../protocol/inspection';
import { isWhole, oneOf } from '../shared/parse-kept';
import type { CellNumbers } from './confusion-cells';
import { splitNames } from './split-choice';

export type ConfusionTab = 'classes' | 'roc' | 'images';

/** True class and predicted class. */
export interface ConfusionCell {
  readonly truth: number;
  readonly predicted: number;
}

/** What the panel's controls set, and what it keeps over a reload. */
export interface ConfusionState {
  /** Null: the test images, or what there is. */
  readonly split: SplitName | null;
  readonly numbers: CellNumbers;
  readonly order: ClassOrder;
  /** Leaves out what is right, so that rare errors have colours. */
  readonly errorsOnly: boolean;
  /** Of a cell, in CSS pixels; null: all of them fit. */
  readonly side: number | null;
  readonly tab: ConfusionTab;
  /** Whose images are shown; null: those with the largest losses. */
  readonly cell: ConfusionCell | null;
  /** Whose curve is drawn strongly. */
  readonly class: number | null;
  /** Of an image, in CSS pixels. */
  readonly imageSide: number;
}

export function parseConfusionState(value: unknown): ConfusionState {
  const kept = isObject(value) ? value : {};
  const cell = isObject(kept.cell) ? kept.cell : {};
  return {
    split: splitNames.find((name) => name === kept.split) ?? null,
    numbers: oneOf(['count', 'row', 'column'], kept.numbers),
    order: classOrders.find((order) => order === kept.order) ?? 'class',
    errorsOnly: kept.errorsOnly === true,
    side: isWhole(kept.side) ? kept.side : null,
    tab: oneOf(['classes', 'roc', 'images'], kept.tab),
    cell: isWhole(cell.truth) && isWhole(cell.predicted) ? { truth: cell.truth, predicted: cell.predicted } : null,
    class: isWhole(kept.class) ? kept.class : null,
    imageSide: isWhole(kept.imageSide) ? kept.imageSide : 64,
  };
}
