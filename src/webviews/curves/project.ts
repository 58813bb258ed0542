import type { Range } from './panel-state';

export interface Projection {
  /** What is seen of the x axis. */
  readonly x: Range;
  /** Pixel column or row of a value; fractions are kept. */
  readonly toX: (value: number) => number;
  readonly toY: (value: number) => number;
}

export interface PlotBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Where values lie in the box of a plot: x to the right, y upwards, y linear or by its logarithm (nothing where ≤ 0). */
export function project(
  box: PlotBox,
  view: { readonly x: Range; readonly y: Range; readonly log: boolean },
): Projection {
  const { x, log } = view;
  const bottom = log ? Math.log10(view.y.min) : view.y.min;
  const top = log ? Math.log10(view.y.max) : view.y.max;
  const perX = box.width / (x.max - x.min);
  const perY = box.height / (top - bottom);
  return {
    x,
    toX: (value) => box.left + (value - x.min) * perX,
    toY: (value) => box.top + box.height - ((log ? Math.log10(value) : value) - bottom) * perY,
  };
}
