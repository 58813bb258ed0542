import { paintValues, valueRange, type ValueRange } from '../../core/inspect/color-map';
import { enlargeMap, spreadSquares } from '../../core/inspect/heat-overlay';
import type { Picture } from '../../core/inspect/picture';
import type { HeatMap } from '../../protocol/inspection';

/** A picture of values over the whole image. */
export interface HeatOverlay {
  readonly map: HeatMap;
  readonly range: ValueRange;
  readonly pixels: Picture;
  readonly caption: string;
}

/** From zero up: what speaks against the class is left out by Grad-CAM itself. Between the layer's places it is interpolated. */
export function camOverlay(map: HeatMap, layer: string, size: readonly [height: number, width: number]): HeatOverlay {
  const whole: HeatMap = { shape: size, values: enlargeMap(map.values, map.shape, size) };
  const range = valueRange(map.values, 'from-zero');
  return { map: whole, range, pixels: painted(whole, range), caption: `Grad-CAM of ${layer}` };
}

/** Of losses of the positions of a square: each pixel has the mean of those that covered it. */
export function occlusionOverlay(
  losses: HeatMap,
  square: { readonly size: number; readonly stride: number },
  height: number,
  width: number,
): HeatOverlay {
  const map: HeatMap = {
    shape: [height, width],
    values: spreadSquares(losses.values, losses.shape, square, [height, width]),
  };
  const range = valueRange(map.values, 'full');
  return { map, range, pixels: painted(map, range), caption: 'Probability lost where it is covered' };
}

function painted({ shape: [height, width], values }: HeatMap, range: ValueRange): Picture {
  return { width, height, pixels: paintValues(values, range, 'sequential') };
}
