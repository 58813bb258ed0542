import { colorMapTable, type ColorMapName, type ValueRange } from './color-map';
import { drawText, textWidth } from './draw-text';
import { letterHeight } from './pixel-font';
import { blankPicture, ink, outlineBox, white, type Picture } from './picture';

export const scaleBarHeight = 26;
const barHeight = 12;

/**
 * What the colours mean: a bar from the lowest to the highest, with numbers at its ends, and at zero where that lies between.
 * `range` null: every map has its own, and the ends are called so. As wide as is asked for, or as its numbers need.
 */
export function scaleBar(name: ColorMapName, range: ValueRange | null, width: number): Picture {
  const [low, high] = range ? [shortNumber(range.low), shortNumber(range.high)] : ['lowest', 'highest of each'];
  const least = textWidth(low) + textWidth(high) + 24;
  const whole = Math.max(width, least);
  const picture = blankPicture(whole, scaleBarHeight, white);
  const table = colorMapTable(name);
  for (let x = 0; x < whole; x++) {
    const entry = Math.min(255, Math.floor((256 * (x + 0.5)) / whole));
    for (let y = 0; y < barHeight; y++) {
      picture.pixels.set(table.subarray(4 * entry, 4 * entry + 4), 4 * (y * whole + x));
    }
  }
  outlineBox(picture, 0, 0, whole, barHeight, ink);
  const top = barHeight + 4;
  drawText(picture, low, 0, top);
  drawText(picture, high, whole - textWidth(high), top);
  const zero = range && range.low < 0 && range.high > 0 ? -range.low / (range.high - range.low) : undefined;
  const at = zero === undefined ? NaN : Math.round(zero * whole) - 2;
  if (at > textWidth(low) + 8 && at + 13 < whole - textWidth(high)) drawText(picture, '0', at, top);
  return picture;
}

/** Three digits: `0.137`, `−12.5`, `1.2e-5`. */
export function shortNumber(value: number): string {
  if (value === 0) return '0';
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  const text = size >= 1e5 || size < 1e-3 ? size.toExponential(1) : String(Number(size.toPrecision(3)));
  return value < 0 ? `−${text}` : text;
}

/** Height of a line of labels with the space around it. */
export const labelHeight = letterHeight + 6;
