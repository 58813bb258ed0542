import { paintValues, valueRange, type ValueRange } from '../../core/inspect/color-map';
import { occlusionMap } from '../../core/inspect/occlusion-map';
import type { Picture } from '../../core/inspect/picture';
import type { HeatMap } from '../../protocol/inspection';

/** A picture of values over the whole image. */
export interface HeatOverlay {
  readonly map: HeatMap;
  readonly range: ValueRange;
  readonly pixels: Picture;
  readonly smooth: boolean;
  readonly caption: string;
}

/** From zero up: what speaks against the class is left out by Grad-CAM itself. */
export function camOverlay(map: HeatMap, layer: string): HeatOverlay {
  const range = valueRange(map.values, 'from-zero');
  return { map, range, pixels: painted(map, range), smooth: true, caption: `Grad-CAM of ${layer}` };
}

/** Of losses of the positions of a square: each pixel has the mean of those that covered it. */
export function occlusionOverlay(
  losses: HeatMap,
  square: { readonly size: number; readonly stride: number },
  height: number,
  width: number,
): HeatOverlay {
  const map: HeatMap = { shape: [height, width], values: occlusionMap(losses, square, [height, width]) };
  const range = valueRange(map.values, 'full');
  return { map, range, pixels: painted(map, range), smooth: false, caption: 'Probability lost where it is covered' };
}

function painted({ shape: [height, width], values }: HeatMap, range: ValueRange): Picture {
  return { width, height, pixels: paintValues(values, range, 'sequential') };
}
