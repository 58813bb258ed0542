/** A cell of a table for spreadsheets, quoted where it must be (RFC 4180). */
export function csvCell(cell: string | number): string {
  const text = String(cell);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
