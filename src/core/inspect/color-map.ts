/*
 * Colours for values: filters, feature maps, heat maps. Pure tables and loops, so that panels (an ImageData) and commands (a
 * PNG) show the same.
 */

/**
 * `sequential`: dark violet over blue and green to yellow, ever lighter, so that it reads in grey and to the colour-blind too.
 * `diverging`: blue below the middle of the range, white there, red above it; equally dark on both sides.
 */
export type ColorMapName = 'sequential' | 'grey' | 'diverging';

export const colorMapNames: readonly ColorMapName[] = ['sequential', 'grey', 'diverging'];

const entries = 256;
const tables = new Map<ColorMapName, Uint8ClampedArray<ArrayBuffer>>();

/** The 256 colours of a map, RGBA, from the lowest to the highest value; made once, not to be written to. */
export function colorMapTable(name: ColorMapName): Uint8ClampedArray<ArrayBuffer> {
  const known = tables.get(name);
  if (known) return known;
  const table = new Uint8ClampedArray(4 * entries);
  for (let entry = 0; entry < entries; entry++) table.set([...colorOf[name](entry), 255], 4 * entry);
  tables.set(name, table);
  return table;
}

/** What the first and the last colour stand for. */
export interface ValueRange {
  readonly low: number;
  readonly high: number;
}

/**
 * `full`: from the smallest value to the largest. `symmetric`: as far below zero as above it, for diverging maps, whose middle
 * then is zero. `from-zero`: from zero to the largest, for what is never negative.
 */
export type RangeKind = 'full' | 'symmetric' | 'from-zero';

/** Of those values that are numbers; 0 to 0 where there are none. */
export function valueRange(values: ArrayLike<number>, kind: RangeKind): ValueRange {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? NaN;
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return { low: 0, high: 0 };
  switch (kind) {
    case 'full':
      return { low, high };
    case 'symmetric': {
      const most = Math.max(Math.abs(low), Math.abs(high));
      return { low: -most, high: most };
    }
    case 'from-zero':
      return { low: 0, high: Math.max(0, high) };
  }
}

/** Ranges of `count` maps that lie one after the other: one for each, or one that all share. */
export function mapRanges(
  values: Float32Array,
  count: number,
  { shared, kind }: { readonly shared: boolean; readonly kind: RangeKind },
): readonly ValueRange[] {
  if (shared) return Array<ValueRange>(count).fill(valueRange(values, kind));
  const length = values.length / count;
  return Array.from({ length: count }, (_, map) => valueRange(values.subarray(map * length, (map + 1) * length), kind));
}

/** Entry of the table, 0 to 255, that a value has: the nearest. The middle one where the range is a point. */
export function colorIndex(value: number, { low, high }: ValueRange): number {
  const share = high > low ? (value - low) / (high - low) : 0.5;
  return Math.round((entries - 1) * Math.min(1, Math.max(0, share)));
}

/**
 * RGBA pixels of values, in their order, into `out` from pixel `start` on. What is beyond the range has its last colours; what
 * is not a number is left transparent.
 */
export function paintValues(
  values: ArrayLike<number>,
  range: ValueRange,
  name: ColorMapName,
  out: Uint8ClampedArray<ArrayBuffer> = new Uint8ClampedArray(4 * values.length),
  start = 0,
): Uint8ClampedArray<ArrayBuffer> {
  const table = colorMapTable(name);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? NaN;
    const to = 4 * (start + i);
    const from = 4 * colorIndex(value, range);
    for (let channel = 0; channel < 4; channel++) {
      out[to + channel] = Number.isNaN(value) ? 0 : (table[from + channel] ?? 0);
    }
  }
  return out;
}

type Rgb = readonly [red: number, green: number, blue: number];

/** Of entry 0 to 255, in bytes. */
const colorOf: Readonly<Record<ColorMapName, (entry: number) => Rgb>> = {
  sequential: (entry) => {
    const at = entry / (entries - 1);
    const { chroma, hue } = between(sequentialStops, at);
    return displayable(0.22 + 0.73 * at, chroma, hue);
  },
  grey: (entry) => [entry, entry, entry],
  diverging: (entry) => {
    // Zero lies between the two entries in the middle: both are white.
    const half = entries / 2;
    const away = (entry < half ? half - 1 - entry : entry - half) / (half - 1);
    return displayable(1 - 0.58 * away ** 0.9, 0.2 * Math.min(1, 2 * away), entry < half ? 258 : 27);
  },
};

interface Stop {
  readonly at: number;
  readonly chroma: number;
  /** Degrees. */
  readonly hue: number;
}

/** Lightness rises evenly; these are the colours on the way. */
const sequentialStops: readonly Stop[] = [
  { at: 0, chroma: 0.11, hue: 310 },
  { at: 0.22, chroma: 0.15, hue: 285 },
  { at: 0.45, chroma: 0.11, hue: 235 },
  { at: 0.65, chroma: 0.12, hue: 175 },
  { at: 0.82, chroma: 0.17, hue: 135 },
  { at: 1, chroma: 0.18, hue: 105 },
];

function between(stops: readonly Stop[], at: number): Stop {
  const next = Math.max(
    1,
    stops.findIndex((stop) => stop.at >= at),
  );
  const [before, after] = [stops[next - 1], stops[next]];
  if (!before || !after) throw new Error(`No colour at ${at}`);
  const share = (at - before.at) / (after.at - before.at);
  return {
    at,
    chroma: before.chroma + share * (after.chroma - before.chroma),
    hue: before.hue + share * (after.hue - before.hue),
  };
}

/** The colour of that lightness and hue in Oklab with the chroma, or with as much of it as a screen can show. */
function displayable(lightness: number, chroma: number, hue: number): Rgb {
  let shown = chroma;
  if (!isInside(linearRgb(lightness, chroma, hue))) {
    let most = chroma;
    shown = 0;
    for (let halving = 0; halving < 20; halving++) {
      const middle = (shown + most) / 2;
      if (isInside(linearRgb(lightness, middle, hue))) shown = middle;
      else most = middle;
    }
  }
  const [red, green, blue] = linearRgb(lightness, shown, hue);
  return [encoded(red), encoded(green), encoded(blue)];
}

/** Linear sRGB of an Oklab colour. Source: Ottosson, 'A perceptual color space for image processing', 2020. */
function linearRgb(lightness: number, chroma: number, hue: number): Rgb {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
    -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
    -0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short,
  ];
}

/** Rounding may leave a channel of white a hair above 1. */
function isInside(color: Rgb): boolean {
  return color.every((channel) => channel >= -1e-6 && channel <= 1 + 1e-6);
}

/** Byte of a linear channel (IEC 61966-2-1). */
function encoded(linear: number): number {
  const channel = Math.min(1, Math.max(0, linear));
  return Math.round(255 * (channel <= 0.0031308 ? 12.92 * channel : 1.055 * channel ** (1 / 2.4) - 0.055));
}
