/** Texts for people: numbers, times and tables, the same in every command and whatever the locale. */
export function formatPercent(share: number): string {
  return Number.isFinite(share) ? `${(100 * share).toFixed(2)} %` : '–';
}

export function formatLoss(loss: number): string {
  return Number.isFinite(loss) ? loss.toFixed(4) : String(loss);
}

/** `61,706` */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

/** Three digits and a unit of thousands: `851 k`, `1.82 G`. */
export function formatQuantity(value: number): string {
  let scaled = value;
  for (const unit of ['', ' k', ' M', ' G', ' T']) {
    if (scaled < 999.5 || unit === ' T')
      return `${unit === '' ? String(Math.round(scaled)) : scaled.toPrecision(3)}${unit}`;
    scaled /= 1000;
  }
  return String(value);
}

export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  const two = (value: number) => String(value).padStart(2, '0');
  if (hours > 0) return `${hours} h ${two(minutes)} min`;
  return minutes > 0 ? `${minutes} min ${two(whole % 60)} s` : `${whole} s`;
}

export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
}

/** Columns two spaces apart, with a line under the titles. */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const widths = columns.map((column, index) =>
    Math.max(column.title.length, ...rows.map((row) => (row[index] ?? '').length)),
  );
  const format = (cells: readonly string[]) =>
    columns
      .map(({ align }, index) => {
        const [cell, width] = [cells[index] ?? '', widths[index] ?? 0];
        return align === 'left' ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  ')
      .trimEnd();
  return [
    format(columns.map(({ title }) => title)),
    format(widths.map((width) => '─'.repeat(width))),
    ...rows.map(format),
  ];
}
