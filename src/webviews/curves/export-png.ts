import type { SvgDocument } from './export-svg';

/** Paints an SVG into a PNG of twice its size, sharp enough for print. Rejects where the browser can't. */
export async function exportPng({ text, width, height }: SvgDocument): Promise<Uint8Array> {
  const url = URL.createObjectURL(new Blob([text], { type: 'image/svg+xml' }));
  try {
    const image = new Image(width, height);
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = width * pixelsPerUnit;
    canvas.height = height * pixelsPerUnit;
    const context = canvas.getContext('2d');
    if (!context) throw new Error('This browser has no canvas to draw the image on.');
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
    if (!blob) throw new Error('The image is too large for this browser.');
    return new Uint8Array(await blob.arrayBuffer());
  } finally {
    URL.revokeObjectURL(url);
  }
}

const pixelsPerUnit = 2;
