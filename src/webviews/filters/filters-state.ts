import { isObject } from '../../core/is-object';
import type { Subject } from '../../protocol/inspection';
import { isWhole, oneOf, parseSubject } from '../shared/parse-kept';
import type { FilterView } from './filter-tiles';

export type FilterOrder = 'index' | 'norm' | 'similarity' | 'activity';

/** What the panel's controls set, and what it keeps over a reload. */
export interface FiltersState {
  /** Module path of the layer, which the same layer of another run has too; null: the first. */
  readonly layer: string | null;
  readonly view: FilterView;
  /** Input channel of the view 'input'. */
  readonly input: number;
  readonly sharedScale: boolean;
  readonly order: FilterOrder;
  /** What is subtracted; null: nothing. */
  readonly other: Subject | null;
  readonly selected: number | null;
  /** Of a tile, in CSS pixels. */
  readonly side: number;
}

export function parseFiltersState(value: unknown): FiltersState {
  const kept = isObject(value) ? value : {};
  return {
    layer: typeof kept.layer === 'string' ? kept.layer : null,
    view: oneOf(['rgb', 'slices', 'input'], kept.view),
    input: isWhole(kept.input) ? kept.input : 0,
    sharedScale: kept.sharedScale !== false,
    order: oneOf(['index', 'norm', 'similarity', 'activity'], kept.order),
    other: parseSubject(kept.other) ?? null,
    selected: isWhole(kept.selected) ? kept.selected : null,
    side: isWhole(kept.side) ? kept.side : 72,
  };
}
