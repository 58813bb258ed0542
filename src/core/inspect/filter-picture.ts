import { UserError } from '../errors';
import { mapRanges, paintValues, valueRange, type ColorMapName, type ValueRange } from './color-map';
import { blankPicture, stacked, type Picture } from './picture';
import { scaleBar } from './scale-bar';
import { drawTiles, scaleToReach, tileGrid } from './tile-grid';

/** How a layer's filters are laid out as tiles. */
export interface FilterTiles {
  /** One tile for each filter, or for each of its slices: `[filter][slice]`. */
  readonly tiles: readonly (readonly Picture[])[];
  /** RGB: the three input channels of each filter are red, green and blue. */
  readonly rgb: boolean;
  /** What the colours of each filter mean. */
  readonly ranges: readonly ValueRange[];
}

export interface FilterTileOptions {
  /** Numbers of the filters, in the order that they are shown in. */
  readonly order: ArrayLike<number>;
  /** False: all filters have one scale. */
  readonly perFilter: boolean;
  /** Null: RGB where a filter has three slices, else diverging. */
  readonly colorMap: ColorMapName | null;
}

/**
 * Filters `[out, slices…, kH, kW]` as tiles; those of a Linear `[out, in]` are strips. Colours are symmetric around zero: white,
 * or in RGB middle grey.
 */
export function filterTiles(weights: Float32Array, shape: readonly number[], options: FilterTileOptions): FilterTiles {
  const { out, slices, height, width } = sizesOf(shape);
  const rgb = options.colorMap === null && slices === 3 && shape.length === 4;
  const kind = options.colorMap === null || options.colorMap === 'diverging' ? 'symmetric' : 'full';
  const all = mapRanges(weights, out, { shared: !options.perFilter, kind });
  const order = Array.from(options.order);
  const plane = height * width;
  const tiles = order.map((filter) => {
    const range = all[filter] ?? valueRange([], kind);
    const own = weights.subarray(filter * slices * plane, (filter + 1) * slices * plane);
    if (rgb) return [rgbTile(own, width, height, range)];
    return Array.from({ length: slices }, (_, slice): Picture => {
      const values = own.subarray(slice * plane, (slice + 1) * plane);
      return { width, height, pixels: paintValues(values, range, options.colorMap ?? 'diverging') };
    });
  });
  return { tiles, rgb, ranges: order.map((filter) => all[filter] ?? valueRange([], kind)) };
}

/** A picture that is wider or higher than this is no longer one that programs show. */
const mostPixels = 100e6;
const sheetWidth = 960;
const tileSide = 32;

/**
 * All filters in one picture with a scale bar: those of one slice (or RGB) as a grid, else one row for each filter and one
 * column for each of its slices. @throws UserError where that is too large.
 */
export function filterPicture(weights: Float32Array, shape: readonly number[], options: FilterTileOptions): Picture {
  const { out, slices, height, width } = sizesOf(shape);
  const asMatrix = slices > 1 && !(slices === 3 && options.colorMap === null && shape.length === 4);
  const columns = asMatrix ? slices : undefined;
  // Many slices leave less room for each, but a pixel at least.
  const wanted = columns === undefined ? tileSide : Math.min(tileSide, Math.floor(4096 / columns));
  const scale = width > sheetWidth ? 1 : scaleToReach(Math.max(1, wanted), width, height);
  // A strip of one row is drawn over several, so that it can be seen.
  const isStrip = height === 1 && width > 1;
  const tileRows = isStrip ? Math.ceil(4 / scale) : height;
  const tile = { width: width * scale, height: tileRows * scale };
  const gap = isStrip ? 1 : 2;
  const rows = columns === undefined ? out : out * columns;
  const grid = tileGrid(rows, tile, columns === undefined ? { gap, width: sheetWidth } : { gap, columns });
  if (grid.width * grid.height > mostPixels) {
    throw new UserError(
      `A picture of ${shape.join(' × ')} weights would have ${grid.width} × ${grid.height} pixels.`,
      'Choose a layer with fewer weights, or take the statistics with --json.',
    );
  }
  const { tiles, rgb, ranges } = filterTiles(weights, shape, options);
  const flat = tiles.flat().map((each) => (isStrip ? thickened(each, tileRows) : each));
  const picture = drawTiles(flat, grid, scale);
  const bar = rgb
    ? []
    : [scaleBar(options.colorMap ?? 'diverging', options.perFilter ? null : (ranges[0] ?? null), 256)];
  return stacked([picture, ...bar], 10);
}

function thickened(strip: Picture, rows: number): Picture {
  const picture = blankPicture(strip.width, rows);
  for (let y = 0; y < rows; y++) picture.pixels.set(strip.pixels, 4 * y * strip.width);
  return picture;
}

function sizesOf(shape: readonly number[]) {
  const [out = 1, ...rest] = shape;
  if (rest.length === 1) return { out, slices: 1, height: 1, width: rest[0] ?? 1 };
  const width = rest.at(-1) ?? 1;
  const height = rest.length >= 3 ? (rest.at(-2) ?? 1) : 1;
  const slices = rest.reduce((product, size) => product * size, 1) / (width * height);
  return { out, slices, height, width };
}

/** Middle grey is zero, by the range of the whole filter. */
function rgbTile(values: Float32Array, width: number, height: number, { high }: ValueRange): Picture {
  const plane = width * height;
  const pixels = new Uint8ClampedArray(4 * plane);
  for (let i = 0; i < plane; i++) {
    for (let channel = 0; channel < 3; channel++) {
      const value = values[channel * plane + i] ?? 0;
      pixels[4 * i + channel] = high > 0 ? Math.round(127.5 * (1 + value / high)) : 128;
    }
    pixels[4 * i + 3] = 255;
  }
  return { width, height, pixels };
}
