import { mapRanges, paintValues, valueRange, type ColorMapName, type RangeKind } from './color-map';
import { textPicture } from './draw-text';
import { stacked, type Picture } from './picture';
import { scaleBar } from './scale-bar';
import { drawTiles, scaleToReach, tileGrid } from './tile-grid';

export interface MapSheetOptions {
  /** Above the maps. */
  readonly title: string;
  /** Null: sequential for what is never negative, else diverging around zero. */
  readonly colorMap: ColorMapName | null;
  /** True: each map has its own scale. */
  readonly perMap: boolean;
  /** The first so many maps. */
  readonly most: number;
  /** Pixels. */
  readonly width: number;
}

/** Small maps are enlarged to at least this. */
const tileSide = 32;

/** The maps of one layer `[C, H, W]`, or the values `[C]` behind a classifier, as a grid with a title and a scale bar. */
export function mapSheet(values: Float32Array, shape: readonly number[], options: MapSheetOptions): Picture {
  const { count, width, height } = mapSizes(shape);
  const shown = Math.min(count, options.most);
  const plane = width * height;
  const kept = values.subarray(0, shown * plane);
  const { colorMap, kind } = mapColors(values, options.colorMap);
  const whole = valueRange(values, kind);
  // The scale is the layer's, also of the maps that are not shown.
  const ranges = options.perMap
    ? mapRanges(kept, shown, { shared: false, kind })
    : Array.from({ length: shown }, () => whole);
  const tiles = ranges.map((range, map): Picture => {
    const own = kept.subarray(map * plane, (map + 1) * plane);
    return { width, height, pixels: paintValues(own, range, colorMap) };
  });
  const scale = scaleToReach(plane === 1 ? 12 : tileSide, width, height);
  const grid = tileGrid(shown, { width: width * scale, height: height * scale }, { gap: 2, width: options.width });
  const more = shown < count ? `, the first ${shown} maps` : '';
  const title = textPicture(`${options.title}${more}`, 1);
  return stacked([title, drawTiles(tiles, grid, scale), scaleBar(colorMap, options.perMap ? null : whole, 200)], 6);
}

/** What a layer's values are best shown in: by default by whether any is negative. */
export function mapColors(
  values: ArrayLike<number>,
  wanted: ColorMapName | null,
): { readonly colorMap: ColorMapName; readonly kind: RangeKind } {
  const colorMap = wanted ?? (valueRange(values, 'full').low < 0 ? 'diverging' : 'sequential');
  return { colorMap, kind: colorMap === 'diverging' ? 'symmetric' : 'full' };
}

/** As many maps as there are channels; what has more than two dimensions besides is laid out in rows. */
function mapSizes(shape: readonly number[]): {
  readonly count: number;
  readonly width: number;
  readonly height: number;
} {
  const [count = 1, ...places] = shape;
  const width = places.at(-1) ?? 1;
  return { count, width, height: places.reduce((product, size) => product * size, 1) / width };
}
