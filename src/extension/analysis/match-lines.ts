/**
 * Which lines of an older text still stand, unchanged, in a newer one, and where: what was known of the others no longer
 * holds. Finds what stands before and after an edit, and between several edits the lines that occur only once.
 */
export class LineMatch {
  /** By 0-based line; -1: edited, or new. */
  private readonly newerOf: Int32Array;
  private readonly olderOf: Int32Array;

  constructor(older: readonly string[], newer: readonly string[]) {
    this.newerOf = new Int32Array(older.length).fill(-1);
    this.olderOf = new Int32Array(newer.length).fill(-1);
    this.match(older, newer, { from: 0, to: older.length }, { from: 0, to: newer.length });
  }

  toNewer(line: number): number | undefined {
    const found = this.newerOf[line] ?? -1;
    return found < 0 ? undefined : found;
  }

  toOlder(line: number): number | undefined {
    const found = this.olderOf[line] ?? -1;
    return found < 0 ? undefined : found;
  }

  private match(older: readonly string[], newer: readonly string[], inOlder: Span, inNewer: Span): void {
    let [a, b] = [inOlder.from, inNewer.from];
    let [endA, endB] = [inOlder.to, inNewer.to];
    while (a < endA && b < endB && older[a] === newer[b]) this.pair(a++, b++);
    while (a < endA && b < endB && older[endA - 1] === newer[endB - 1]) this.pair(--endA, --endB);
    if (a >= endA || b >= endB) return;
    const start = a;
    for (const [lineA, lineB] of commonUniqueLines(older, newer, { from: a, to: endA }, { from: b, to: endB })) {
      // Those that were moved past others are left out: they stand in another context now.
      if (lineA < a || lineB < b) continue;
      this.match(older, newer, { from: a, to: lineA }, { from: b, to: lineB });
      this.pair(lineA, lineB);
      [a, b] = [lineA + 1, lineB + 1];
    }
    if (a > start) this.match(older, newer, { from: a, to: endA }, { from: b, to: endB });
  }

  private pair(older: number, newer: number): void {
    this.newerOf[older] = newer;
    this.olderOf[newer] = older;
  }
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** Lines that occur once in either part, in the order of the older text. */
function commonUniqueLines(
  older: readonly string[],
  newer: readonly string[],
  inOlder: Span,
  inNewer: Span,
): readonly (readonly [number, number])[] {
  const unique = (lines: readonly string[], { from, to }: Span) => {
    const places = new Map<string, number>();
    for (let line = from; line < to; line++) {
      const text = lines[line] ?? '';
      places.set(text, places.has(text) ? -1 : line);
    }
    return places;
  };
  const places = unique(newer, inNewer);
  const found: (readonly [number, number])[] = [];
  for (const [text, line] of unique(older, inOlder)) {
    const place = places.get(text) ?? -1;
    if (line >= 0 && place >= 0 && text.trim() !== '') found.push([line, place]);
  }
  return found.sort(([a], [b]) => a - b);
}
