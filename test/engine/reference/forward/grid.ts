import { at, count, data, type Tensor64 } from '../tensor64';

interface GridSampleAttributes {
  readonly mode: string;
  readonly paddingMode: string;
  readonly alignCorners: boolean;
}

/** theta·(x, y[, z], 1) of every place. */
export function affineGrid(
  [theta]: readonly Tensor64[],
  { alignCorners }: { alignCorners: boolean },
  shape: readonly number[],
): Float64Array {
  const sizes = shape.slice(1, -1);
  const rank = sizes.length;
  return Float64Array.from({ length: count(shape) }, (_, i) => {
    const [k, place] = [i % rank, Math.floor(i / rank) % count(sizes)];
    const image = Math.floor(i / (rank * count(sizes)));
    const row = (image * rank + k) * (rank + 1);
    let sum = at(data(theta), row + rank);
    for (let axis = 0; axis < rank; axis++) {
      const size = sizes[rank - 1 - axis] ?? 1;
      const index = Math.floor(place / count(sizes.slice(rank - axis))) % size;
      const edge = size === 1 ? 0 : alignCorners ? (2 * index) / (size - 1) - 1 : (2 * index + 1) / size - 1;
      sum += at(data(theta), row + axis) * edge;
    }
    return sum;
  });
}

export function gridSample(
  [x, grid]: readonly Tensor64[],
  attrs: GridSampleAttributes,
  shape: readonly number[],
): Float64Array {
  const sizes = (x?.shape ?? []).slice(2);
  const [, channels = 1] = shape;
  const places = count(shape.slice(2));
  const rank = sizes.length;
  return Float64Array.from({ length: count(shape) }, (_, i) => {
    const place = Math.floor(i / (places * channels)) * places + (i % places);
    const plane = Math.floor(i / places) * count(sizes);
    // The last dimension is the grid's first coordinate.
    const axes = sizes.map((size, axis) => axisTaps(at(data(grid), place * rank + rank - 1 - axis), size, attrs));
    let taps = [{ index: 0, weight: 1 }];
    axes.forEach((axis, dim) => {
      const size = sizes[dim] ?? 1;
      taps = taps.flatMap((tap) =>
        axis
          .filter(({ index }) => index >= 0 && index < size)
          .map(({ index, weight }) => ({ index: tap.index * size + index, weight: tap.weight * weight })),
      );
    });
    return taps.reduce((sum, { index, weight }) => sum + weight * at(data(x), plane + index), 0);
  });
}

function axisTaps(coordinate: number, size: number, { mode, paddingMode, alignCorners }: GridSampleAttributes) {
  const place = alignCorners ? ((coordinate + 1) / 2) * (size - 1) : ((coordinate + 1) * size - 1) / 2;
  const inside = (value: number): number => {
    if (paddingMode === 'zeros') return value;
    let mirrored = value;
    const [low, high] = alignCorners ? [0, size - 1] : [-0.5, size - 0.5];
    if (paddingMode === 'reflection') {
      if (high === low) return 0;
      while (mirrored < low || mirrored > high) mirrored = mirrored < low ? 2 * low - mirrored : 2 * high - mirrored;
    }
    return Math.min(Math.max(mirrored, 0), size - 1);
  };
  if (mode === 'bicubic') {
    const first = Math.floor(place);
    return [-1, 0, 1, 2].map((k) => ({ index: inside(first + k), weight: keys(Math.abs(place - first - k)) }));
  }
  const from = inside(place);
  const first = Math.floor(from);
  if (mode === 'nearest') return [{ index: Math.round(from), weight: 1 }];
  return [
    { index: first, weight: 1 - (from - first) },
    { index: first + 1, weight: from - first },
  ];
}

/** Keys' cubic filter with a = −0.75. */
function keys(r: number): number {
  if (r < 1) return 1 - 2.25 * r ** 2 + 1.25 * r ** 3;
  return r < 2 ? 3 - 6 * r + 3.75 * r ** 2 - 0.75 * r ** 3 : 0;
}
