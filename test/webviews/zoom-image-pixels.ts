import type { Page } from 'playwright-core';

/** Of the picture that a ZoomImage shows as a whole: what its canvas has in the middle of each of its pixels. */
export interface SeenPicture {
  readonly width: number;
  readonly height: number;
  /** RGB, three bytes for each pixel. */
  readonly colors: readonly number[];
}

/** `beyond`: how many of the picture's pixels are seen around it on each side. */
export function seenPicture(
  page: Page,
  selector: string,
  { width, height, beyond = 0 }: { readonly width: number; readonly height: number; readonly beyond?: number },
): Promise<SeenPicture> {
  return page.evaluate(
    ({ selector, width, height, beyond }) => {
      const canvas = document.querySelector<HTMLCanvasElement>(selector);
      const copy = document.createElement('canvas');
      const context = copy.getContext('2d', { willReadFrequently: true });
      if (!canvas || !context) throw new Error(`There is no canvas ${selector}`);
      [copy.width, copy.height] = [canvas.width, canvas.height];
      context.drawImage(canvas, 0, 0);
      // Whole device pixels for each pixel, in the middle of the canvas, six CSS pixels free around it.
      const room = 12 * window.devicePixelRatio;
      const [across, down] = [width + 2 * beyond, height + 2 * beyond];
      const scale = Math.floor(Math.min((canvas.width - room) / across, (canvas.height - room) / down));
      if (scale < 1) throw new Error('The picture is made smaller: its pixels are not to be seen one by one.');
      const left = Math.round((canvas.width - across * scale) / 2 + beyond * scale);
      const top = Math.round((canvas.height - down * scale) / 2 + beyond * scale);
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
      const colors: number[] = [];
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const row = top + Math.floor((y + 0.5) * scale);
          const column = left + Math.floor((x + 0.5) * scale);
          const at = 4 * (row * canvas.width + column);
          colors.push(data[at] ?? -1, data[at + 1] ?? -1, data[at + 2] ?? -1);
        }
      }
      return { width, height, colors };
    },
    { selector, width, height, beyond },
  );
}

/** RGBA bytes without their alpha. */
export function withoutAlpha(data: ArrayLike<number>): readonly number[] {
  return Array.from(data).filter((_, index) => index % 4 !== 3);
}
