/** `11.6 MB`: decimal units, as sizes of downloads are told. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  let [value, unit] = [bytes / 1000, 'kB'];
  for (const larger of ['MB', 'GB', 'TB']) {
    if (value < 999.5) break;
    [value, unit] = [value / 1000, larger];
  }
  return `${value < 9.95 ? value.toFixed(1) : value.toFixed(0)} ${unit}`;
}
