import { cellText, columnTitles, type SummaryColumn } from '../../core/summary/summary-columns';
import type { SummaryTable } from '../../core/summary/summary-table';
import { element } from '../shared/dom';

/** How much wider than its depth makes it the first column's text begins, and how much one level adds, in pixels. */
export const indent = { start: 22, level: 14 } as const;

const context = document.createElement('canvas').getContext('2d');
const padding = 20;
/** Room for the arrow beside a title that is sorted by. */
const arrow = 14;
const widest: Partial<Record<SummaryColumn, number>> = { module: 420, type: 220, input: 260, output: 260 };

/**
 * Widths of the columns in pixels, for the widest of all rows, shown or not: so nothing moves when rows open. The
 * lists of parts have whole paths, the tree has indented names.
 */
export function columnWidths(
  table: SummaryTable,
  columns: readonly SummaryColumn[],
  flat: boolean,
): ReadonlyMap<SummaryColumn, number> {
  return new Map(columns.map((column) => [column, Math.min(widest[column] ?? Infinity, widthOf(column, table, flat))]));
}

function widthOf(column: SummaryColumn, table: SummaryTable, flat: boolean): number {
  const known = new Set<string>();
  setFont(true, 'var(--vscode-font-family)');
  let width = measured(columnTitles[column]) + arrow;
  setFont(false, column === 'module' ? 'var(--vscode-editor-font-family, monospace)' : 'var(--vscode-font-family)');
  for (const row of table.rows) {
    const text = cellText(column, row, table.framework, flat);
    const before = column === 'module' ? indent.start + (flat ? 0 : row.depth * indent.level) : 0;
    const note = column === 'output' && row.note ? 18 : 0;
    const key = `${before + note} ${text}`;
    if (known.has(key)) continue;
    known.add(key);
    width = Math.max(width, measured(text) + before + note);
  }
  return Math.ceil(width) + padding;
}

/** As the style sheet has it: titles are bold, names of modules in the font of the code. */
function setFont(bold: boolean, family: string): void {
  if (!context) return;
  const probe = element('span', { class: 'visually-hidden' });
  probe.style.fontFamily = family;
  document.body.append(probe);
  const { fontSize, fontFamily } = getComputedStyle(probe);
  probe.remove();
  context.font = `${bold ? '600 ' : ''}${fontSize} ${fontFamily}`;
}

function measured(text: string): number {
  return context?.measureText(text).width ?? 8 * text.length;
}
