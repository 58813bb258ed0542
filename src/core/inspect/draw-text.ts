import { hasInk, letterHeight, letterWidth } from './pixel-font';
import { blankPicture, fillBox, ink, type Picture, type Rgba } from './picture';

/** Writes one line with its upper left corner at (left, top); what lies outside of the picture is left out. */
export function drawText(
  onto: Picture,
  text: string,
  left: number,
  top: number,
  { color = ink, scale = 1 }: { readonly color?: Rgba; readonly scale?: number } = {},
): void {
  [...text].forEach((letter, index) => {
    for (let y = 0; y < letterHeight; y++) {
      for (let x = 0; x < letterWidth - 1; x++) {
        if (!hasInk(letter, x, y)) continue;
        const [fromX, fromY] = [left + (index * letterWidth + x) * scale, top + y * scale];
        fillBox(onto, fromX, fromY, fromX + scale, fromY + scale, color);
      }
    }
  });
}

export function textWidth(text: string, scale = 1): number {
  return Math.max(0, [...text].length * letterWidth - 1) * scale;
}

/** A line of text as a picture of its own; transparent around it. */
export function textPicture(text: string, scale = 1, color: Rgba = ink): Picture {
  const picture = blankPicture(textWidth(text, scale), letterHeight * scale);
  drawText(picture, text, 0, 0, { color, scale });
  return picture;
}
