import { at, count, data, sizeAt, type Forward, type Tensor64 } from '../tensor64';
import { affineGrid, gridSample } from './grid';

interface InterpolateAttributes {
  readonly mode: string;
  readonly alignCorners: boolean;
  readonly scale: number | readonly number[];
  readonly recomputeScale?: boolean;
  readonly antialias?: boolean;
}

export const resamplingForwards: Readonly<Record<string, Forward>> = {
  affine_grid: affineGrid,
  grid_sample: gridSample,
  interpolate,
  pixel_shuffle: ([x], { factor }: { factor: number }, shape) => {
    const [channels = 1, height = 1, width = 1] = shape.slice(-3);
    return Float64Array.from({ length: count(shape) }, (_, i) => {
      const [column, row, plane] = [i % width, Math.floor(i / width) % height, Math.floor(i / (width * height))];
      const pixel = (row % factor) * factor + (column % factor);
      const channel = (plane % channels) * factor ** 2 + pixel;
      const source = Math.floor(plane / channels) * channels * factor ** 2 + channel;
      const places = (source * height) / factor + Math.floor(row / factor);
      return at(data(x), (places * width) / factor + Math.floor(column / factor));
    });
  },
  pixel_unshuffle: ([x], { factor }: { factor: number }, shape) => {
    const [, height = 1, width = 1] = shape.slice(-3);
    return Float64Array.from({ length: count(shape) }, (_, i) => {
      const [column, row, plane] = [i % width, Math.floor(i / width) % height, Math.floor(i / (width * height))];
      const [left, top] = [plane % factor, Math.floor(plane / factor) % factor];
      const y = (Math.floor(plane / factor ** 2) * height + row) * factor + top;
      return at(data(x), (y * width + column) * factor + left);
    });
  },
};

/** A product of weights for each output and input element. */
function interpolate([x]: readonly Tensor64[], attrs: InterpolateAttributes, shape: readonly number[]): Float64Array {
  const rank = shape.length - 2;
  const weights = Array.from({ length: rank }, (_, axis) => {
    const scale = typeof attrs.scale === 'number' ? attrs.scale : attrs.scale[axis];
    const [from, to] = [sizeAt(x, 2 + axis), shape[2 + axis] ?? 1];
    return axisWeights(from, to, attrs, attrs.recomputeScale ? undefined : scale);
  });
  const [size, outputSize] = [(x?.shape ?? []).slice(2), shape.slice(2)];
  return Float64Array.from({ length: count(shape) }, (_, i) => {
    const plane = Math.floor(i / count(outputSize));
    const place = coordinates(i % count(outputSize), outputSize);
    let sum = 0;
    for (let k = 0; k < count(size); k++) {
      const source = coordinates(k, size);
      const weight = source.reduce((product, s, axis) => product * (weights[axis]?.[place[axis] ?? 0]?.[s] ?? 0), 1);
      if (weight !== 0) sum += weight * at(data(x), plane * count(size) + k);
    }
    return sum;
  });
}

function coordinates(index: number, shape: readonly number[]): readonly number[] {
  return shape.map((size, axis) => Math.floor(index / count(shape.slice(axis + 1))) % size);
}

/** The weight of every input place for each output place of a dimension. */
function axisWeights(
  from: number,
  to: number,
  { mode, alignCorners, antialias = false }: InterpolateAttributes,
  scale: number | undefined,
): readonly (readonly number[])[] {
  const kind = mode.replace(/^(bi|tri)/, '');
  const step = alignCorners ? (to > 1 ? (from - 1) / (to - 1) : 0) : scale ? 1 / scale : from / to;
  return Array.from({ length: to }, (_, i) => {
    const weights = new Array<number>(from).fill(0);
    const give = (place: number, weight: number) => {
      const inside = Math.min(Math.max(place, 0), from - 1);
      weights[inside] = (weights[inside] ?? 0) + weight;
    };
    if (kind === 'area') {
      const [first, end] = [Math.floor((i * from) / to), Math.ceil(((i + 1) * from) / to)];
      for (let k = first; k < end; k++) give(k, 1 / (end - first));
    } else if (kind === 'nearest') {
      give(Math.floor(i * step), 1);
    } else if (kind === 'nearest-exact') {
      give(Math.floor((i + 0.5) * step), 1);
    } else if (antialias) {
      const filter = kind === 'linear' ? triangle : (x: number) => keys(x, -0.5);
      const wide = Math.max(step, 1);
      const reach = (kind === 'linear' ? 1 : 2) * wide;
      const centre = (i + 0.5) * step;
      const all = weights.map((_weight, k) => (k + 0.5 > centre - reach ? filter((k + 0.5 - centre) / wide) : 0));
      const total = all.reduce((sum, weight) => sum + weight, 0);
      all.forEach((weight, k) => give(k, weight / total));
    } else if (from === to) {
      give(i, 1);
    } else {
      const place = alignCorners ? i * step : (i + 0.5) * step - 0.5;
      const real = kind === 'linear' ? Math.max(place, 0) : place;
      const first = Math.floor(real);
      const filter = kind === 'linear' ? triangle : (x: number) => keys(x, -0.75);
      for (let k = first - 1; k <= first + 2; k++) give(k, filter(k - real));
    }
    return weights;
  });
}

function triangle(x: number): number {
  return Math.max(1 - Math.abs(x), 0);
}

/** Keys' cubic filter. */
function keys(x: number, a: number): number {
  const r = Math.abs(x);
  if (r < 1) return 1 - (a + 3) * r ** 2 + (a + 2) * r ** 3;
  return r < 2 ? -4 * a + 8 * a * r - 5 * a * r ** 2 + a * r ** 3 : 0;
}
