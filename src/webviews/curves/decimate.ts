import type { Range } from './panel-state';
import { lowerBound } from './search-sorted';

export interface Projection {
  /** What is seen of the x axis. */
  readonly x: Range;
  /** Pixel column or row of a value; fractions are kept. */
  readonly toX: (value: number) => number;
  readonly toY: (value: number) => number;
}

/** Where a polyline goes: `move` starts a piece, after a gap too. */
export interface Pen {
  move(x: number, y: number): void;
  line(x: number, y: number): void;
}

/**
 * Draws a line with at most four points a pixel column (first, lowest, highest, last), so that thousands of steps cost no
 * more than the chart is wide, and no spike is lost. Includes one point beyond either end of the view.
 */
export function drawDecimated(xs: Float64Array, ys: Float64Array, { x, toX, toY }: Projection, pen: Pen): void {
  const start = Math.max(0, lowerBound(xs, x.min) - 1);
  const end = Math.min(ys.length, lowerBound(xs, x.max) + 1);
  const dense = end - start > 2 * (toX(x.max) - toX(x.min));
  let penDown = false;
  const go = (px: number, py: number): void => {
    if (penDown) pen.line(px, py);
    else pen.move(px, py);
    penDown = true;
  };

  let column = NaN;
  let [low, high, last] = [NaN, NaN, NaN];
  const endColumn = (): void => {
    if (Number.isNaN(column)) return;
    // Out to the far extreme and back ends at `last`: the order of the two does not show within one pixel.
    if (low !== last) go(column, low);
    if (high !== last) go(column, high);
    go(column, last);
    column = NaN;
  };
  for (let index = start; index < end; index++) {
    const value = ys[index] ?? NaN;
    const place = xs[index] ?? NaN;
    const py = toY(value);
    if (!Number.isFinite(value) || !Number.isFinite(place) || !Number.isFinite(py)) {
      endColumn();
      penDown = false;
      continue;
    }
    const px = toX(place);
    if (!dense) {
      go(px, py);
      continue;
    }
    const at = Math.round(px);
    if (at === column) {
      if (py < low) low = py;
      if (py > high) high = py;
      last = py;
      continue;
    }
    endColumn();
    go(at, py);
    column = at;
    low = high = last = py;
  }
  endColumn();
}
