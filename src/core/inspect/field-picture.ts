import { paintValues, valueRange } from './color-map';
import type { Box, FieldMeasures } from './effective-field';
import { blankPicture, drawPicture, fillBox, outlineBox, stacked, type Picture, type Rgba } from './picture';
import { scaleBar } from './scale-bar';
import { scaleToReach } from './tile-grid';

const boxColor: Rgba = [255, 140, 0, 255];
const ellipseColor: Rgba = [255, 255, 255, 255];
const side = 384;

/**
 * An effective receptive field [H, W] as a heat map: the theoretical field as an orange box, and the ellipse of two standard
 * deviations in white.
 */
export function fieldPicture(
  map: Float32Array,
  [height, width]: readonly [number, number],
  theoretical: Box | null,
  { center, sigma }: Pick<FieldMeasures, 'center' | 'sigma'>,
): Picture {
  const range = valueRange(map, 'from-zero');
  const scale = scaleToReach(side, width, height);
  const heat = { width, height, pixels: paintValues(map, range, 'sequential') };
  const picture = blankPicture(width * scale, height * scale);
  drawPicture(picture, heat, 0, 0, scale);
  if (theoretical) {
    const { left, top, right, bottom } = theoretical;
    // What reaches beyond the image is padding: the box ends there.
    const [boxLeft, boxTop] = [Math.max(0, left), Math.max(0, top)];
    const [boxRight, boxBottom] = [Math.min(width, right), Math.min(height, bottom)];
    outlineBox(picture, boxLeft * scale, boxTop * scale, boxRight * scale, boxBottom * scale, boxColor, 2);
  }
  drawEllipse(
    picture,
    [(center[0] + 0.5) * scale, (center[1] + 0.5) * scale],
    [2 * sigma[0] * scale, 2 * sigma[1] * scale],
  );
  return stacked([picture, scaleBar('sequential', range, picture.width)], 8);
}

function drawEllipse(picture: Picture, center: readonly [number, number], radii: readonly [number, number]): void {
  const steps = Math.ceil(8 * (radii[0] + radii[1])) + 8;
  for (let step = 0; step < steps; step++) {
    const angle = (2 * Math.PI * step) / steps;
    const y = Math.round(center[0] + radii[0] * Math.sin(angle));
    const x = Math.round(center[1] + radii[1] * Math.cos(angle));
    fillBox(picture, x, y, x + 2, y + 2, ellipseColor);
  }
}
