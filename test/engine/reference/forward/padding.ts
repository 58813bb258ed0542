import { at, count, data, sizeAt, type Forward, type Tensor64 } from '../tensor64';

/** The place that stands at `place` (counted from the first element of x), or −1. */
type PlaceOf = (place: number, size: number, low: number, high: number) => number;

export const paddingForwards: Readonly<Record<string, Forward>> = {
  constant_pad: padding((place, size) => (place >= 0 && place < size ? place : -1)),
  reflection_pad: padding((place, size) => {
    let mirrored = place;
    while (mirrored < 0 || mirrored >= size) mirrored = mirrored < 0 ? -mirrored : 2 * size - 2 - mirrored;
    return mirrored;
  }),
  replication_pad: padding((place, size) => (place < 0 ? 0 : place >= size ? size - 1 : place)),
  circular_pad: padding((place, size, low, high) => {
    const [first, end] = [low < 0 ? -low : 0, high < 0 ? size + high : size];
    let wrapped = place;
    while (wrapped < first) wrapped += end - first;
    while (wrapped >= end) wrapped -= end - first;
    return wrapped;
  }),
};

function padding(placeOf: PlaceOf): Forward {
  return (
    [x]: readonly Tensor64[],
    { before, after, value = 0 }: { before: readonly number[]; after: readonly number[]; value?: number },
    shape: readonly number[],
  ) => {
    const start = shape.length - before.length;
    return Float64Array.from({ length: count(shape) }, (_, index) => {
      let [rest, source, pitch] = [index, 0, 1];
      for (let d = shape.length - 1; d >= 0; d--) {
        const [size, length] = [sizeAt(x, d), shape[d] ?? 1];
        const [low, high] = d < start ? [0, 0] : [before[d - start] ?? 0, after[d - start] ?? 0];
        const place = placeOf((rest % length) - low, size, low, high);
        if (place < 0) return value;
        source += place * pitch;
        pitch *= size;
        rest = Math.floor(rest / length);
      }
      return at(data(x), source);
    });
  };
}
