import { csvCell } from './csv-cell';

export type CsvCell = string | number;

/** Lines of cells as RFC 4180 quotes them, with `\n` at the end of each. */
export function csvText(rows: readonly (readonly CsvCell[])[]): string {
  return rows.map((row) => `${row.map(csvCell).join(',')}\n`).join('');
}
