import { normalizeDimension } from '../../../../src/core/ops/shapes';
import { at, count, data, type Forward, type Tensor64 } from '../tensor64';

export const shapeForwards: Readonly<Record<string, Forward>> = {
  concat,
  reshape: ([x]) => data(x),
  flatten: ([x]) => data(x),
  unflatten: ([x]) => data(x),
  permute: ([x], { order }: { order: readonly number[] }, shape) =>
    gathered(x, shape, (place) => order.map((_, dim) => place[order.indexOf(dim)] ?? 0)),
  expand: ([x], _attrs, shape) =>
    gathered(x, shape, (place) =>
      place.slice(place.length - rankOf(x)).map((index, dim) => (x?.shape[dim] === 1 ? 0 : index)),
    ),
  repeat: ([x], _attrs, shape) =>
    gathered(x, shape, (place) =>
      place.slice(place.length - rankOf(x)).map((index, dim) => index % (x?.shape[dim] ?? 1)),
    ),
  repeat_interleave: ([x], { repeats, dim }: { repeats: number; dim: number }, shape) =>
    gathered(x, shape, (place) => changed(place, dim, (index) => Math.floor(index / repeats))),
  slice: ([x], { dim, start }: { dim: number; start: number }, shape) =>
    gathered(x, shape, (place) => changed(place, dim, (index) => start + index)),
  strided_slice: ([x], { dim, start, step }: { dim: number; start: number; step: number }, shape) =>
    gathered(x, shape, (place) => changed(place, dim, (index) => start + step * index)),
  flip: ([x], { dims }: { dims: readonly number[] }, shape) =>
    gathered(x, shape, (place) =>
      place.map((index, dim) => (dims.includes(dim) ? (shape[dim] ?? 1) - 1 - index : index)),
    ),
  roll: ([x], { dims, shifts }: { dims: readonly number[]; shifts: readonly number[] }, shape) =>
    gathered(x, shape, (place) =>
      place.map((index, dim) => {
        const size = shape[dim] ?? 1;
        const shift = dims.includes(dim) ? (shifts[dims.indexOf(dim)] ?? 0) : 0;
        return (((index - shift) % size) + size) % size;
      }),
    ),
  tril: ([x], { diagonal }: { diagonal: number }, shape) =>
    generated(shape, (place) => (column(place) <= row(place) + diagonal ? elementAt(x, place) : 0)),
  triu: ([x], { diagonal }: { diagonal: number }, shape) =>
    generated(shape, (place) => (column(place) >= row(place) + diagonal ? elementAt(x, place) : 0)),
  diagonal: ([x], { offset, dim1, dim2 }: Diagonal, shape) =>
    gathered(x, shape, (place) => {
      const rest = place.slice(0, -1);
      const along = place.at(-1) ?? 0;
      return Array.from({ length: place.length + 1 }, (_, dim) => {
        if (dim === dim1) return along - Math.min(0, offset);
        if (dim === dim2) return along + Math.max(0, offset);
        return rest.shift() ?? 0;
      });
    }),
  diag_embed: ([x], { offset, dim1, dim2 }: Diagonal, shape) =>
    generated(shape, (place) => {
      const [down, across] = [place[dim1] ?? 0, place[dim2] ?? 0];
      if (across - down !== offset) return 0;
      return elementAt(x, [...place.filter((_, dim) => dim !== dim1 && dim !== dim2), Math.min(down, across)]);
    }),
  unfold_dimension: ([x], { dim, step }: { dim: number; step: number }, shape) =>
    gathered(x, shape, (place) => changed(place.slice(0, -1), dim, (window) => window * step + (place.at(-1) ?? 0))),
  assign_slice: ([x, values], { dim, start, step }: { dim: number; start: number; step: number }, shape) =>
    generated(shape, (place) => {
      const inside = ((place[dim] ?? 0) - start) / step;
      const taken = Number.isInteger(inside) && inside >= 0 && inside < (values?.shape[dim] ?? 0);
      return taken
        ? elementAt(
            values,
            changed(place, dim, () => inside),
          )
        : elementAt(x, place);
    }),
};

interface Diagonal {
  readonly offset: number;
  readonly dim1: number;
  readonly dim2: number;
}

/** A tensor element by element, from each one's index along every dimension. */
export function generated(shape: readonly number[], element: (place: readonly number[]) => number): Float64Array {
  return Float64Array.from({ length: count(shape) }, (_, index) => element(placeOf(index, shape)));
}

function gathered(
  x: Tensor64 | undefined,
  shape: readonly number[],
  from: (place: readonly number[]) => readonly number[],
): Float64Array {
  return generated(shape, (place) => elementAt(x, from(place)));
}

export function elementAt(x: Tensor64 | undefined, place: readonly number[]): number {
  const shape = x?.shape ?? [];
  return at(
    data(x),
    shape.reduce((index, size, dim) => index * size + (place[dim] ?? 0), 0),
  );
}

export function placeOf(index: number, shape: readonly number[]): readonly number[] {
  const place: number[] = [];
  for (const size of [...shape].reverse()) {
    place.unshift(index % size);
    index = Math.floor(index / size);
  }
  return place;
}

export function changed(place: readonly number[], dim: number, change: (index: number) => number): readonly number[] {
  return place.map((index, other) => (other === dim ? change(index) : index));
}

function rankOf(x: Tensor64 | undefined): number {
  return x?.shape.length ?? 0;
}

function row(place: readonly number[]): number {
  return place.at(-2) ?? 0;
}

function column(place: readonly number[]): number {
  return place.at(-1) ?? 0;
}

function concat(inputs: readonly Tensor64[], attrs: { dim: number }, shape: readonly number[]): Float64Array {
  const dim = normalizeDimension('concat', attrs.dim, shape.length);
  const rows = count(shape.slice(0, dim));
  const parts: number[] = [];
  for (let row = 0; row < rows; row++) {
    for (const input of inputs) {
      const length = input.data.length / rows;
      parts.push(...input.data.subarray(row * length, (row + 1) * length));
    }
  }
  return Float64Array.from(parts);
}
