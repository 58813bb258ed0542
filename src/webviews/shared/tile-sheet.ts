import type { Picture } from '../../core/inspect/picture';
import { element } from './dom';
import { canvasPng, context2d, drawCrisp, pixelCanvas } from './pixel-canvas';

const gap = 4;
/** Small images are enlarged to about this, so that the file can be looked at. */
const wantedSide = 64;

/** A PNG file of images of one size side by side, about as wide as high. */
export function tileSheet(tiles: readonly Picture[]): Promise<Uint8Array> {
  const [{ width, height } = { width: 1, height: 1 }] = tiles;
  const scale = Math.max(1, Math.floor(wantedSide / Math.max(width, height)));
  const [across, down] = [width * scale + gap, height * scale + gap];
  const columns = Math.max(1, Math.round(Math.sqrt((tiles.length * down) / across)));
  const canvas = element('canvas', {
    width: columns * across + gap,
    height: Math.ceil(tiles.length / columns) * down + gap,
  });
  const context = context2d(canvas);
  tiles.forEach((tile, at) => {
    const [column, row] = [at % columns, Math.floor(at / columns)];
    drawCrisp(context, pixelCanvas(tile), gap + column * across, gap + row * down, scale);
  });
  return canvasPng(canvas);
}
