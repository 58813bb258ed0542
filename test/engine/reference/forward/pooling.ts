import { philox4x32 } from '../../../../src/core/rng/philox';
import { at, count, data, type Forward, type Tensor64 } from '../tensor64';

const ranks = [1, 2, 3];

export const poolingForwards: Readonly<Record<string, Forward>> = {
  ...forRanks('max_pool', '', ([x], attrs: WindowAttributes, shape) => largest(x, attrs, shape)),
  ...forRanks('max_pool', '_indices', ([x], attrs: WindowAttributes, shape) => maxPoolPlaces(x, attrs, shape)),
  ...forRanks('avg_pool', '', averagePool),
  ...forRanks('adaptive_avg_pool', '', adaptiveAveragePool),
  ...forRanks('adaptive_max_pool', '_indices', adaptiveMaxPlaces),
  ...forRanks('fractional_max_pool', '_indices', fractionalMaxPlaces),
  max_pool_values: ([winners], _attrs: never, shape) => data(winners).slice(0, count(shape)),
  // Which elements won is the gradient's alone to read.
  max_pool_winners: ([x], attrs: WindowAttributes) => {
    const rank = attrs.kernel.length;
    const size = (x?.shape ?? []).slice(-rank).map((length, axis) => {
      const covered =
        length + 2 * at3(attrs.padding, axis) - at3(attrs.dilation, axis) * (at3(attrs.kernel, axis) - 1) - 1;
      const windows = Math[attrs.ceilMode ? 'ceil' : 'floor'](covered / at3(attrs.stride, axis)) + 1;
      const isBeyond = (windows - 1) * at3(attrs.stride, axis) >= length + at3(attrs.padding, axis);
      return attrs.ceilMode && isBeyond ? windows - 1 : windows;
    });
    const shape = [...(x?.shape ?? []).slice(0, -rank), ...size];
    return largest(x, attrs, shape);
  },
  fractional_pool_samples: ([random], { key, shape }: { key: number; shape: readonly number[] }) => {
    const [seedLow = 0, seedHigh = 0, stepLow = 0] = data(random);
    const rank = shape.at(-1) ?? 1;
    return Float64Array.from({ length: count(shape) }, (_, i) => {
      const words = philox4x32([Math.floor(i / rank), 0, key, stepLow], [seedLow, seedHigh]);
      return ((words[i % rank] ?? 0) >>> 8) / 2 ** 24;
    });
  },
  plane_gather: ([x, indices], { rank }: { rank: number }) => {
    const size = count((x?.shape ?? []).slice(-rank));
    const places = count((indices?.shape ?? []).slice(-rank));
    return data(indices).map((index, i) => at(data(x), Math.floor(i / places) * size + index));
  },
  plane_scatter: ([x, indices], { rank, sums }: { rank: number; sums: boolean }, shape) => {
    const [size, places] = [count(shape.slice(-rank)), count((x?.shape ?? []).slice(-rank))];
    const y = new Float64Array(count(shape));
    data(x).forEach((value, i) => {
      const index = Math.floor(i / places) * size + at(data(indices), i);
      y[index] = (sums ? at(y, index) : 0) + value;
    });
    return y;
  },
};

interface WindowAttributes {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
  readonly ceilMode: boolean;
}

/** The places of one output element along one dimension. */
type Places = (axis: number, index: number, length: number) => readonly number[];

/** Calls `visit` with each output element's window: which plane it is in, its elements there, and its places in the output. */
function eachWindow(
  x: Tensor64 | undefined,
  shape: readonly number[],
  rank: number,
  places: Places,
  visit: (output: number, plane: number, elements: readonly number[], position: readonly number[]) => void,
): void {
  const [from, to] = [(x?.shape ?? []).slice(-rank), shape.slice(-rank)];
  for (let output = 0; output < count(shape); output++) {
    let rest = output % count(to);
    const position = to.map(() => 0);
    for (let axis = rank - 1; axis >= 0; axis--) {
      position[axis] = rest % at3(to, axis);
      rest = Math.floor(rest / at3(to, axis));
    }
    let elements: readonly number[] = [0];
    for (const [axis, length] of from.entries()) {
      const along = places(axis, at3(position, axis), length);
      elements = elements.flatMap((element) => along.map((place) => element * length + place));
    }
    visit(output, Math.floor(output / count(to)), elements, position);
  }
}

/** In each window the first of the largest. */
function largestPlaces(x: Tensor64 | undefined, shape: readonly number[], rank: number, places: Places): Float64Array {
  const result = new Float64Array(count(shape)).fill(-1);
  const size = count((x?.shape ?? []).slice(-rank));
  eachWindow(x, shape, rank, places, (output, plane, elements) => {
    const value = (element: number): number => at(data(x), plane * size + element);
    let best = elements[0] ?? -1;
    for (const element of elements) if (value(element) > value(best)) best = element;
    result[output] = best;
  });
  return result;
}

function largest(x: Tensor64 | undefined, attrs: WindowAttributes, shape: readonly number[]): Float64Array {
  const rank = attrs.kernel.length;
  const [size, outputs] = [count((x?.shape ?? []).slice(-rank)), count(shape.slice(-rank))];
  return maxPoolPlaces(x, attrs, shape).map((index, i) =>
    index < 0 ? -Infinity : at(data(x), Math.floor(i / outputs) * size + index),
  );
}

function windowPlaces({ kernel, stride, padding }: WindowAttributes, dilation: readonly number[]): Places {
  return (axis, index, length) =>
    Array.from(
      { length: at3(kernel, axis) },
      (_, k) => index * at3(stride, axis) - at3(padding, axis) + k * at3(dilation, axis),
    ).filter((place) => place >= 0 && place < length);
}

function maxPoolPlaces(x: Tensor64 | undefined, attrs: WindowAttributes, shape: readonly number[]): Float64Array {
  return largestPlaces(x, shape, attrs.kernel.length, windowPlaces(attrs, attrs.dilation));
}

/** PyTorch's rule for the divisor: the part of the window within the padded image, or within the image. */
function averagePool(
  [x]: readonly Tensor64[],
  attrs: WindowAttributes & { countIncludePad: boolean; divisorOverride: number | null },
  shape: readonly number[],
): Float64Array {
  const { kernel, stride, padding } = attrs;
  const rank = kernel.length;
  const size = (x?.shape ?? []).slice(-rank);
  const result = new Float64Array(count(shape));
  const places = windowPlaces(
    attrs,
    kernel.map(() => 1),
  );
  eachWindow(x, shape, rank, places, (output, plane, elements, position) => {
    const sum = elements.reduce((total, element) => total + at(data(x), plane * count(size) + element), 0);
    const padded = size.reduce((product, length, axis) => {
      const start = at3(position, axis) * at3(stride, axis) - at3(padding, axis);
      return product * (Math.min(start + at3(kernel, axis), length + at3(padding, axis)) - start);
    }, 1);
    result[output] = sum / (attrs.divisorOverride ?? (attrs.countIncludePad ? padded : elements.length));
  });
  return result;
}

/** Bin i of n covers ⌊i·size/n⌋ … ⌈(i + 1)·size/n⌉. */
function binPlaces(output: readonly number[]): Places {
  return (axis, index, length) => {
    const first = Math.floor((index * length) / at3(output, axis));
    const end = Math.ceil(((index + 1) * length) / at3(output, axis));
    return Array.from({ length: end - first }, (_, k) => first + k);
  };
}

function adaptiveAveragePool(
  [x]: readonly Tensor64[],
  { outputSize }: { outputSize: readonly (number | null)[] },
  shape: readonly number[],
): Float64Array {
  const rank = outputSize.length;
  const size = count((x?.shape ?? []).slice(-rank));
  const result = new Float64Array(count(shape));
  eachWindow(x, shape, rank, binPlaces(shape.slice(-rank)), (output, plane, elements) => {
    result[output] =
      elements.reduce((total, element) => total + at(data(x), plane * size + element), 0) / elements.length;
  });
  return result;
}

function adaptiveMaxPlaces(
  [x]: readonly Tensor64[],
  { outputSize }: { outputSize: readonly (number | null)[] },
  shape: readonly number[],
): Float64Array {
  return largestPlaces(x, shape, outputSize.length, binPlaces(shape.slice(-outputSize.length)));
}

/** PyTorch draws the windows' places in float32; width comes first for images, depth for volumes. */
function fractionalMaxPlaces(
  [x, samples]: readonly Tensor64[],
  { kernel }: { kernel: readonly number[] },
  shape: readonly number[],
): Float64Array {
  const rank = kernel.length;
  const outputs = shape.slice(-rank);
  const result = new Float64Array(count(shape));
  const [planes, perPlane] = [count(shape.slice(0, -rank)), count(outputs)];
  const size = (x?.shape ?? []).slice(-rank);
  for (let plane = 0; plane < planes; plane++) {
    const image = { shape: [1, ...size], data: data(x).subarray(plane * count(size), (plane + 1) * count(size)) };
    const places: Places = (axis, index, length) => {
      const sample = at(data(samples), plane * rank + (rank === 2 ? 1 - axis : axis));
      const first = drawnPlace(index, sample, length - at3(kernel, axis), at3(outputs, axis));
      return Array.from({ length: at3(kernel, axis) }, (_, k) => first + k);
    };
    result.set(largestPlaces(image, [1, ...outputs], rank, places), plane * perPlane);
  }
  return result;
}

function drawnPlace(index: number, sample: number, room: number, windows: number): number {
  if (index === windows - 1) return room;
  const alpha = Math.fround(room / (windows - 1));
  const upTo = (place: number): number => Math.trunc(Math.fround(Math.fround(place) * alpha));
  return upTo(index + sample) - upTo(sample);
}

function forRanks<Attributes>(
  name: string,
  suffix: string,
  forward: (inputs: readonly Tensor64[], attrs: Attributes, shape: readonly number[]) => Float64Array,
): Record<string, Forward> {
  return Object.fromEntries(ranks.map((rank) => [`${name}${rank}d${suffix}`, forward as Forward]));
}

function at3(values: readonly number[], axis: number): number {
  return values[axis] ?? NaN;
}
