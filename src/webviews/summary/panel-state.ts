import type { Sort } from '../../core/summary/arrange-rows';
import { summaryColumns, type SummaryColumn } from '../../core/summary/summary-columns';
import { isObject } from '../../core/is-object';

/** What the panel keeps over a reload, and what its controls set. */
export interface PanelState {
  /** The model that is shown; null: the first. */
  readonly target: string | null;
  /** Rows above this depth are open. */
  readonly depth: number;
  /** Rows that were opened or closed by hand, by their keys: that counts more than the depth. */
  readonly opened: Readonly<Record<string, boolean>>;
  /** The model's parts as a list in this order; null: the tree. */
  readonly sort: Sort | null;
  readonly hidden: readonly SummaryColumn[];
  readonly functions: boolean;
  readonly filter: string;
  /** Images in a batch, for the memory of the activations. */
  readonly batchSize: number;
  /** Key of the row that the keyboard is at. */
  readonly active: string | null;
  readonly scrollTop: number;
}

/** Deeper than any model: everything is open. */
export const allDepths = 99;

export const initialState: PanelState = {
  target: null,
  depth: 2,
  opened: {},
  sort: null,
  hidden: ['input'],
  functions: false,
  filter: '',
  batchSize: 32,
  active: null,
  scrollTop: 0,
};

/** Reads a state that some version of the panel has kept: what can't be read is as at first. */
export function parsePanelState(value: unknown): PanelState {
  const kept = isObject(value) ? value : {};
  const { target, depth, opened, sort, hidden, functions, filter, batchSize, active, scrollTop } = kept;
  return {
    target: typeof target === 'string' ? target : null,
    depth: isWholeNumber(depth, 0) ? depth : initialState.depth,
    opened: isObject(opened) ? Object.fromEntries(Object.entries(opened).filter(isFlag)) : {},
    sort: isSort(sort) ? { column: sort.column, descending: sort.descending } : null,
    hidden: Array.isArray(hidden) ? hidden.filter(isHideable) : initialState.hidden,
    functions: functions === true,
    filter: typeof filter === 'string' ? filter : '',
    batchSize: isWholeNumber(batchSize, 1) ? batchSize : initialState.batchSize,
    active: typeof active === 'string' ? active : null,
    scrollTop: typeof scrollTop === 'number' && scrollTop > 0 ? scrollTop : 0,
  };
}

export function isWholeNumber(value: unknown, least: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= least;
}

function isFlag(entry: [string, unknown]): entry is [string, boolean] {
  return typeof entry[1] === 'boolean';
}

function isColumn(value: unknown): value is SummaryColumn {
  return summaryColumns.some((column) => column === value);
}

/** The modules' names are always there. */
function isHideable(value: unknown): value is SummaryColumn {
  return isColumn(value) && value !== 'module';
}

function isSort(value: unknown): value is Sort {
  return isObject(value) && isColumn(value.column) && typeof value.descending === 'boolean';
}
