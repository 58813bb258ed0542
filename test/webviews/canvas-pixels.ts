import type { Page } from 'playwright-core';
import type { Metric } from '../../src/webviews/curves/chart-lines';

export interface PlotPixels {
  /** Of the plotting area on the canvas, canvas pixels. */
  readonly width: number;
  readonly height: number;
  /** How many pixels have the colour, for each column of the plotting area. */
  readonly columns: readonly number[];
}

/** Counts the pixels of a colour `#rrggbb` in the plotting area of a chart, as they stand on its canvas. */
export function countPixels(page: Page, metric: Metric, colour: string): Promise<PlotPixels> {
  return page.evaluate(
    ({ metric, colour }) => {
      const chart = document.querySelector(`.chart[data-metric="${metric}"]`);
      const canvas = chart?.querySelector('canvas');
      const over = chart?.querySelector<HTMLElement>('.u-over');
      const copy = document.createElement('canvas');
      const context = copy.getContext('2d', { willReadFrequently: true });
      if (!canvas || !over || !context) throw new Error(`There is no ${metric} chart.`);
      // Reading the chart's own canvas again and again makes the browser warn.
      [copy.width, copy.height] = [canvas.width, canvas.height];
      context.drawImage(canvas, 0, 0);
      const scale = canvas.width / canvas.clientWidth;
      const [left, top] = [Math.round(over.offsetLeft * scale), Math.round(over.offsetTop * scale)];
      const [width, height] = [Math.round(over.offsetWidth * scale), Math.round(over.offsetHeight * scale)];
      const { data } = context.getImageData(left, top, width, height);
      const wanted = [1, 3, 5].map((start) => parseInt(colour.slice(start, start + 2), 16));
      const columns = new Array<number>(width).fill(0);
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const at = 4 * (y * width + x);
          const near = wanted.every((channel, index) => Math.abs((data[at + index] ?? 0) - channel) <= 6);
          if (near && data[at + 3] === 255) columns[x] = (columns[x] ?? 0) + 1;
        }
      }
      return { width, height, columns };
    },
    { metric, colour },
  );
}

export function total(pixels: PlotPixels): number {
  return pixels.columns.reduce((sum, count) => sum + count, 0);
}
