import type { SummaryColumn } from './summary-columns';
import { cellNumber, cellText, fullPath, isNumeric } from './summary-columns';
import type { SummaryRow, SummaryTable } from './summary-table';

/** How the rows are shown: a tree, or the parts of the model as a list. */
export type Arrangement =
  | { readonly kind: 'tree'; readonly isOpen: (row: SummaryRow) => boolean }
  | { readonly kind: 'list'; readonly sort: Sort };

export interface Sort {
  readonly column: SummaryColumn;
  readonly descending: boolean;
}

/** The rows that are shown, in their order. `functions`: also what functions compute. */
export function arrangeRows(table: SummaryTable, arrangement: Arrangement, functions: boolean): SummaryRow[] {
  const rows = functions ? table.rows : table.rows.filter(({ kind }) => kind === 'module');
  return arrangement.kind === 'list' ? sortedParts(rows, table, arrangement.sort) : openRows(rows, arrangement.isOpen);
}

/** Rows that have others in them. */
export function parentsOf(rows: readonly SummaryRow[]): ReadonlySet<number> {
  return new Set(rows.flatMap(({ parent }) => (parent === undefined ? [] : [parent])));
}

/** A model's parts: modules that hold no others, functions, and modules with parameters of their own. */
export function isPart(row: SummaryRow): boolean {
  return row.leaf || row.ownParameters !== 0 || row.ownFrozen !== 0;
}

function openRows(rows: readonly SummaryRow[], isOpen: (row: SummaryRow) => boolean): SummaryRow[] {
  const open = new Set<number>();
  return rows.filter((row) => {
    if (row.parent !== undefined && !open.has(row.parent)) return false;
    if (isOpen(row)) open.add(row.index);
    return true;
  });
}

/** What has no number in the column comes last either way; equal rows stay in the order of execution. */
function sortedParts(rows: readonly SummaryRow[], table: SummaryTable, { column, descending }: Sort): SummaryRow[] {
  const direction = descending ? -1 : 1;
  const parts = rows.filter(isPart);
  if (isNumeric(column)) {
    const numberOf = (row: SummaryRow) => cellNumber(column, row, true);
    return parts.sort((a, b) => {
      const [left, right] = [numberOf(a), numberOf(b)];
      if (left === undefined || right === undefined) return Number(left === undefined) - Number(right === undefined);
      return left === right ? 0 : direction * (left < right ? -1 : 1);
    });
  }
  if (column === 'module') return parts.sort((a, b) => direction * compareText(fullPath(a), fullPath(b)));
  const textOf = (row: SummaryRow) => cellText(column, row, table.framework, true);
  return parts.sort((a, b) => direction * compareText(textOf(a), textOf(b)));
}

/** `layer2` before `layer10`. */
function compareText(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
