import type { Corner } from './marker-shapes';
import type { Projection } from './project';
import { lowerBound } from './search-sorted';

/** How to draw a line: pieces (a gap between each two) that are stroked or, where it is denser than pixels, filled. */
export interface LineShape {
  readonly filled: boolean;
  readonly pieces: readonly (readonly Corner[])[];
}

/**
 * The shape of a line in a plot, with one point beyond either end of what is seen. A line with many points to a pixel column
 * becomes its outline, from its highest to its lowest value in each column: filling that looks as stroking the line does,
 * loses no spike, and costs no more than the chart is wide (stroking thousands of joints takes whole frames).
 *
 * @param lineWidth in the pixels of the projection
 */
export function lineShape(xs: Float64Array, ys: Float64Array, projection: Projection, lineWidth: number): LineShape {
  const { x, toX } = projection;
  const start = Math.max(0, lowerBound(xs, x.min) - 1);
  const end = Math.min(ys.length, lowerBound(xs, x.max) + 1);
  const dense = end - start > densePointsPerColumn * (toX(x.max) - toX(x.min));
  const window: Window = { xs: xs.subarray(start, end), ys: ys.subarray(start, end) };
  return dense
    ? { filled: true, pieces: outlines(window, projection, lineWidth) }
    : { filled: false, pieces: polylines(window, projection) };
}

interface Window {
  readonly xs: Float64Array;
  readonly ys: Float64Array;
}

const densePointsPerColumn = 2;

function polylines({ xs, ys }: Window, { toX, toY }: Projection): Corner[][] {
  const pieces: Corner[][] = [];
  let piece: Corner[] | undefined;
  for (let index = 0; index < xs.length; index++) {
    const [px, py] = [toX(xs[index] ?? NaN), toY(ys[index] ?? NaN)];
    if (!Number.isFinite(px) || !Number.isFinite(py)) {
      piece = undefined;
      continue;
    }
    if (!piece) pieces.push((piece = []));
    piece.push([px, py]);
  }
  return pieces;
}

function outlines({ xs, ys }: Window, { toX, toY }: Projection, lineWidth: number): Corner[][] {
  const pieces: Corner[][] = [];
  let [upper, lower]: [Corner[], Corner[]] = [[], []];
  let [column, top, bottom, last] = [NaN, NaN, NaN, NaN];
  const endColumn = (): void => {
    if (Number.isNaN(column)) return;
    upper.push([column, top - lineWidth / 2]);
    lower.push([column, bottom + lineWidth / 2]);
    column = NaN;
  };
  const endPiece = (): void => {
    endColumn();
    if (upper.length > 0) pieces.push([...upper, ...lower.reverse()]);
    [upper, lower] = [[], []];
    last = NaN;
  };
  for (let index = 0; index < xs.length; index++) {
    const py = toY(ys[index] ?? NaN);
    const px = Math.round(toX(xs[index] ?? NaN));
    if (!Number.isFinite(py) || !Number.isFinite(px)) {
      endPiece();
      continue;
    }
    if (px !== column) {
      endColumn();
      column = px;
      // The line comes in from the column before: neighbouring columns touch.
      top = Number.isNaN(last) ? py : Math.min(py, last);
      bottom = Number.isNaN(last) ? py : Math.max(py, last);
    } else {
      if (py < top) top = py;
      if (py > bottom) bottom = py;
    }
    last = py;
  }
  endPiece();
  return pieces;
}
