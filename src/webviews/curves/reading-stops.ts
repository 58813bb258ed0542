import { looks } from './chart-lines';
import type { Line } from './chart-lines';
import type { Range } from './panel-state';

/** Where the arrow keys stop in what is in view: at the epochs; without any, at fiftieths of the view. Ascending. */
export function readingStops(lines: readonly Line[], { min, max }: Range): number[] {
  const places = new Set<number>();
  for (const { kind, xs } of lines) {
    if (looks[kind].points === 'none') continue;
    for (const x of xs) if (x >= min && x <= max) places.add(x);
  }
  if (places.size > 0) return [...places].sort((a, b) => a - b);
  return Array.from({ length: 51 }, (_, index) => min + ((max - min) * index) / 50);
}

/** The stop to go to from x (null: the cursor is not on the chart). */
export function nextStop(
  stops: readonly number[],
  x: number | null,
  to: 'previous' | 'next' | 'first' | 'last',
): number | null {
  const [first, last] = [stops[0], stops.at(-1)];
  if (first === undefined || last === undefined) return null;
  // A cursor that was put on a stop comes back from its pixel a little beside it.
  const slack = (last - first) * 1e-6;
  switch (to) {
    case 'first':
      return first;
    case 'last':
      return last;
    case 'next':
      return x === null ? first : (stops.find((stop) => stop > x + slack) ?? last);
    case 'previous':
      return x === null ? last : (stops.filter((stop) => stop < x - slack).at(-1) ?? first);
  }
}
