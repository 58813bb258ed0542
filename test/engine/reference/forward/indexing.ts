import { at, count, data, type Forward, type Tensor64 } from '../tensor64';
import { changed, elementAt, generated, placeOf } from './shape';

export const indexingForwards: Readonly<Record<string, Forward>> = {
  index_select: ([x, index], { dim }: { dim: number }, shape) =>
    generated(shape, (place) =>
      elementAt(
        x,
        changed(place, dim, (j) => wrapped(at(data(index), j), x, dim)),
      ),
    ),
  gather: ([x, index], { dim }: { dim: number }, shape) =>
    generated(shape, (place) =>
      elementAt(
        x,
        changed(place, dim, () => wrapped(elementAt(index, place), x, dim)),
      ),
    ),
  scatter_rows: ([x, index], { dim }: { dim: number }, shape) =>
    added(x, shape, (place) => changed(place, dim, (j) => at(data(index), j))),
  scatter_elements: ([x, index], { dim }: { dim: number }, shape) =>
    added(x, shape, (place) => changed(place, dim, () => elementAt(index, place))),
  put_rows: ([x, index, values], { dim }: { dim: number }) =>
    put(x, values, (place) => changed(place, dim, (j) => wrapped(at(data(index), j), x, dim))),
  put_elements: ([x, index, values], { dim }: { dim: number }) =>
    put(x, values, (place) => changed(place, dim, () => wrapped(elementAt(index, place), x, dim))),
  linear_index: ([a, b], { size }: { size: number }) => {
    const places = data(b ?? a).map((index) => (index < 0 ? index + size : index));
    return b ? data(a).map((outer, i) => outer * size + at(places, i)) : places;
  },
  embedding: ([index, weight], _attrs, shape) =>
    generated(shape, (place) => elementAt(weight, [elementAt(index, place.slice(0, -1)), place.at(-1) ?? 0])),
  embedding_bag: embeddingBag,
  one_hot: ([index], _attrs, shape) =>
    generated(shape, (place) => Number(elementAt(index, place.slice(0, -1)) === place.at(-1))),
};

interface Bags {
  readonly reduction: 'sum' | 'mean' | 'max';
  readonly paddingIdx: number | null;
  readonly offsets: boolean;
  readonly sampleWeights: boolean;
}

function embeddingBag(inputs: readonly Tensor64[], attrs: Bags, shape: readonly number[]): Float64Array {
  const [index, weight] = inputs;
  const samples = attrs.sampleWeights ? inputs.at(-1) : undefined;
  const [bags = 1] = shape;
  const all = data(index).length;
  const firsts = attrs.offsets ? [...data(inputs[2]).slice(0, bags), all] : undefined;
  const firstOf = (bag: number): number => firsts?.[bag] ?? (bag * all) / bags;
  return generated(shape, ([bag = 0, column = 0]) => {
    const terms: number[] = [];
    for (let j = firstOf(bag); j < firstOf(bag + 1); j++) {
      const row = at(data(index), j);
      const factor = samples ? at(samples.data, j) : 1;
      if (row !== attrs.paddingIdx) terms.push(factor * elementAt(weight, [row, column]));
    }
    if (terms.length === 0) return 0;
    if (attrs.reduction === 'max') return Math.max(...terms);
    const sum = terms.reduce((total, term) => total + term, 0);
    return attrs.reduction === 'mean' ? sum / terms.length : sum;
  });
}

function wrapped(index: number, x: Tensor64 | undefined, dim: number): number {
  return index < 0 ? index + (x?.shape[dim] ?? 1) : index;
}

/** Every element of x added to zeros at its place in the result. */
function added(
  x: Tensor64 | undefined,
  shape: readonly number[],
  to: (place: readonly number[]) => readonly number[],
): Float64Array {
  const sums = new Float64Array(count(shape));
  data(x).forEach((value, i) => {
    const target = indexOf(to(placeOf(i, x?.shape ?? [])), shape);
    sums[target] = (sums[target] ?? 0) + value;
  });
  return sums;
}

function put(
  x: Tensor64 | undefined,
  values: Tensor64 | undefined,
  to: (place: readonly number[]) => readonly number[],
): Float64Array {
  const result = Float64Array.from(data(x));
  data(values).forEach((value, i) => {
    result[indexOf(to(placeOf(i, values?.shape ?? [])), x?.shape ?? [])] = value;
  });
  return result;
}

function indexOf(place: readonly number[], shape: readonly number[]): number {
  return shape.reduce((index, size, dim) => index * size + (place[dim] ?? 0), 0);
}
