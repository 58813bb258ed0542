import type { Line } from './chart-lines';
import type { Range } from './panel-state';
import { lowerBound } from './search-sorted';

/** From the start of training to the furthest point of any line. */
export function fullXRange(lines: readonly Line[], fallbackMax: number): Range {
  let max = 0;
  for (const { xs } of lines) {
    let last = xs.length - 1;
    while (last >= 0 && !Number.isFinite(xs[last] ?? NaN)) last--;
    max = Math.max(max, xs[last] ?? 0);
  }
  return { min: 0, max: max > 0 ? max : fallbackMax };
}

export interface YRangeOptions {
  readonly log: boolean;
  /** Values that can't be: a loss below 0, an accuracy above 1. */
  readonly limits: Range;
}

/** Fits what can be seen of the lines between the ends of the x axis, with a little air. */
export function fitYRange(lines: readonly Line[], x: Range, { log, limits }: YRangeOptions): Range {
  let min = Infinity;
  let max = -Infinity;
  const include = (value: number): void => {
    if (!Number.isFinite(value) || (log && value <= 0)) return;
    if (value < min) min = value;
    if (value > max) max = value;
  };
  for (const { xs, ys } of lines) {
    const start = lowerBound(xs, x.min);
    let end = start;
    for (; end < ys.length && (xs[end] ?? NaN) <= x.max; end++) include(ys[end] ?? NaN);
    // Where the line comes in and goes out, at the ends of the view.
    include(crossing(xs, ys, start, x.min));
    include(crossing(xs, ys, end, x.max));
  }
  if (min > max) return log ? { min: 0.1, max: 10 } : { min: 0, max: 1 };
  if (log) {
    const air = max > min ? (max / min) ** 0.05 : 1.5;
    return { min: min / air, max: max * air };
  }
  const air = max > min ? (max - min) * 0.06 : Math.max(Math.abs(max) * 0.1, 1e-3);
  // A hair beyond the limit, so that a line at 100 % is not cut in half.
  const beyond = (limits.max - limits.min) * 0.004;
  return {
    min: Math.max(min - air, Number.isFinite(beyond) ? limits.min - beyond : limits.min),
    max: Math.min(max + air, limits.max + beyond),
  };
}

/** The value of a line at x, which lies between the points before and at `index`; NaN at the ends of the line. */
function crossing(xs: Float64Array, ys: Float64Array, index: number, x: number): number {
  const [before = NaN, after = NaN] = [xs[index - 1], xs[index]];
  const [from = NaN, to = NaN] = [ys[index - 1], ys[index]];
  return from + ((to - from) * (x - before)) / (after - before);
}

/** Enlarges (factor < 1) or shrinks what is seen about a point that stays where it is; null once everything is in view. */
export function zoomAround(range: Range, full: Range, centre: number, factor: number): Range | null {
  const width = Math.max((range.max - range.min) * factor, (full.max - full.min) / 2000);
  const share = (centre - range.min) / (range.max - range.min);
  return within({ min: centre - share * width, max: centre + (1 - share) * width }, full);
}

/** Moves what is seen by a share of its width. */
export function pan(range: Range, full: Range, share: number): Range | null {
  const shift = (range.max - range.min) * share;
  return within({ min: range.min + shift, max: range.max + shift }, full);
}

/** Pushes a range back between the ends of another; null where it holds all of it. */
export function within(range: Range, full: Range): Range | null {
  const width = range.max - range.min;
  if (width >= (full.max - full.min) * 0.999) return null;
  const min = Math.min(Math.max(range.min, full.min), full.max - width);
  return { min, max: min + width };
}
