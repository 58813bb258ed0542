import type { Picture } from '../../core/inspect/picture';

/** A canvas with one pixel of its own for each of the image's, to be drawn at any size. */
export function pixelCanvas({ width, height, pixels }: Picture): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, width);
  canvas.height = Math.max(1, height);
  if (width > 0 && height > 0) context2d(canvas).putImageData(new ImageData(pixels, width, height), 0, 0);
  return canvas;
}

export function context2d(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext('2d');
  if (!context) throw new Error('This browser gives no 2-D canvas.');
  return context;
}

/** Sets a canvas to its place on the screen, in device pixels; true where that has changed it (and emptied it). */
export function fitCanvas(canvas: HTMLCanvasElement, width: number, height: number): boolean {
  const ratio = window.devicePixelRatio;
  const [across, down] = [Math.max(1, Math.round(width * ratio)), Math.max(1, Math.round(height * ratio))];
  if (canvas.width === across && canvas.height === down) return false;
  canvas.width = across;
  canvas.height = down;
  canvas.style.width = `${across / ratio}px`;
  canvas.style.height = `${down / ratio}px`;
  return true;
}

/**
 * Draws an image so that it can be read: each pixel a square where it is enlarged, averaged where it is made smaller. In device
 * pixels.
 */
export function drawCrisp(
  context: CanvasRenderingContext2D,
  image: HTMLCanvasElement,
  left: number,
  top: number,
  scale: number,
): void {
  context.imageSmoothingEnabled = scale < 1;
  context.imageSmoothingQuality = 'high';
  context.drawImage(image, left, top, image.width * scale, image.height * scale);
}

/** The same of a square of an image, which begins at (x, y) there and has `side` pixels a side; `size`: on the canvas. */
export function drawCrispPart(
  context: CanvasRenderingContext2D,
  image: ImageBitmap,
  x: number,
  y: number,
  side: number,
  left: number,
  top: number,
  size: number,
): void {
  context.imageSmoothingEnabled = size < side;
  context.imageSmoothingQuality = 'high';
  context.drawImage(image, x, y, side, side, left, top, size, size);
}

/** A PNG file of what a canvas shows. */
export async function canvasPng(canvas: HTMLCanvasElement): Promise<Uint8Array> {
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (!blob) throw new Error('The picture is too large to be saved.');
  return new Uint8Array(await blob.arrayBuffer());
}
