import type { Page } from 'playwright-core';

/** Colours `[red, green, blue, alpha]` of a canvas at places given in CSS pixels from its corner. */
export function canvasColors(
  page: Page,
  selector: string,
  places: readonly (readonly [x: number, y: number])[],
): Promise<readonly (readonly number[])[]> {
  return page.evaluate(
    ({ selector, places }) => {
      const canvas = document.querySelector<HTMLCanvasElement>(selector);
      const copy = document.createElement('canvas');
      const context = copy.getContext('2d', { willReadFrequently: true });
      if (!canvas || !context) throw new Error(`There is no canvas ${selector}.`);
      // Reading the panel's own canvas again and again makes the browser warn.
      [copy.width, copy.height] = [canvas.width, canvas.height];
      context.drawImage(canvas, 0, 0);
      const ratio = window.devicePixelRatio;
      return places.map(([x, y]) => [...context.getImageData(Math.floor(x * ratio), Math.floor(y * ratio), 1, 1).data]);
    },
    { selector, places },
  );
}
