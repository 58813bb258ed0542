import { arrangeRows, parentsOf } from '../../core/summary/arrange-rows';
import { cellText, fullPath } from '../../core/summary/summary-columns';
import type { SummaryRow, SummaryTable } from '../../core/summary/summary-table';
import type { PanelState } from './panel-state';

/** A row as it stands in the panel now. */
export interface ShownRow {
  readonly row: SummaryRow;
  /** The same for the same call after the file has changed. */
  readonly key: string;
  /** Undefined: nothing can be opened. */
  readonly isOpen: boolean | undefined;
}

export interface Shown {
  readonly rows: readonly ShownRow[];
  /** A list of parts, not the tree. */
  readonly flat: boolean;
  /** Of how many rows the filter took these; undefined: there is no filter. */
  readonly matching: number | undefined;
}

/** The rows of a model that the panel shows: those that are open, or the parts in an order; where there is a filter, what it finds with all around it. */
export function shownRows(table: SummaryTable, keys: readonly string[], state: PanelState): Shown {
  const found = state.filter.trim() === '' ? undefined : matches(table, state);
  if (state.sort) {
    const rows = arrangeRows(table, { kind: 'list', sort: state.sort }, state.functions).filter(
      (row) => found?.has(row.index) ?? true,
    );
    return { rows: rows.map((row) => shown(row, undefined)), flat: true, matching: found && rows.length };
  }
  const around = found && withParents(table, found);
  const isOpen = (row: SummaryRow) =>
    around ? true : (state.opened[keys[row.index] ?? ''] ?? row.depth < state.depth);
  const rows = arrangeRows(table, { kind: 'tree', isOpen }, state.functions);
  const all = state.functions ? table.rows : table.rows.filter(({ kind }) => kind === 'module');
  const parents = parentsOf(all);
  return {
    rows: rows
      .filter((row) => around?.has(row.index) ?? true)
      .map((row) => shown(row, parents.has(row.index) ? isOpen(row) : undefined)),
    flat: false,
    matching: found?.size,
  };

  function shown(row: SummaryRow, open: boolean | undefined): ShownRow {
    return { row, key: keys[row.index] ?? '', isOpen: open };
  }
}

/** A key for each row: its path, and which of the calls at that path it is. */
export function rowKeys({ rows }: SummaryTable): string[] {
  const counts = new Map<string, number>();
  return rows.map((row) => {
    const name = row.kind === 'module' ? row.path : `${row.path}:${row.label}`;
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    return count === 0 ? name : `${name}#${count}`;
  });
}

/** Each word must stand somewhere in the path, the type or the shape. */
function matches({ rows, framework }: SummaryTable, { filter, functions }: PanelState): Set<number> {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const found = new Set<number>();
  for (const row of rows) {
    if (row.kind === 'function' && !functions) continue;
    const text = `${fullPath(row)} ${row.name} ${cellText('output', row, framework, true)}`.toLowerCase();
    if (words.every((word) => text.includes(word))) found.add(row.index);
  }
  return found;
}

function withParents({ rows }: SummaryTable, found: ReadonlySet<number>): Set<number> {
  const around = new Set<number>();
  for (const index of found) {
    for (let at: number | undefined = index; at !== undefined && !around.has(at); at = rows[at]?.parent) around.add(at);
  }
  return around;
}
