import type { Attributes, TensorType } from '../../graph/graph';

interface Known {
  readonly values: readonly number[];
  readonly type: TensorType;
}

/** Values of ops that put elements elsewhere, or add them up: what indices of places in a window are made with. */
export function moveValues(
  op: string,
  attrs: Attributes,
  inputs: readonly Known[],
  output: TensorType,
): readonly number[] | undefined {
  const [first, second] = inputs;
  if (!first) return undefined;
  const shape = output.shape.map(Number);
  const from = first.type.shape.map(Number);
  const list = (name: string): readonly number[] => attrs[name] as readonly number[];
  const dim = Number(attrs.dim);
  switch (op) {
    case 'permute': {
      const order = list('order');
      return placesOf(shape).map((place) =>
        at(
          first.values,
          from,
          order.map((_, dim) => place[order.indexOf(dim)] ?? 0),
        ),
      );
    }
    case 'flip': {
      const dims = list('dims');
      const back = (index: number, dim: number): number => (from[dim] ?? 1) - 1 - index;
      return placesOf(shape).map((place) =>
        at(
          first.values,
          from,
          place.map((index, dim) => (dims.includes(dim) ? back(index, dim) : index)),
        ),
      );
    }
    case 'tril':
    case 'triu': {
      const sign = op === 'tril' ? 1 : -1;
      const kept = ([row = 0, column = 0]: readonly number[]): boolean =>
        sign * (column - row - Number(attrs.diagonal)) <= 0;
      return placesOf(shape).map((place, index) => (kept(place.slice(-2)) ? (first.values[index] ?? 0) : 0));
    }
    case 'sum': {
      const sums = new Array<number>(shape.reduce((product, size) => product * size, 1)).fill(0);
      const dims = list('dims');
      const reduced = from.map((size, dim) => (dims.includes(dim) ? 1 : size));
      placesOf(from).forEach((place, index) => {
        const target = indexOf(
          reduced,
          place.map((own, dim) => (dims.includes(dim) ? 0 : own)),
        );
        sums[target] = (sums[target] ?? 0) + (first.values[index] ?? 0);
      });
      return sums;
    }
    case 'concat':
      return placesOf(shape).map((place) => {
        let own = place[dim] ?? 0;
        for (const { values, type } of inputs) {
          const length = Number(type.shape[dim]);
          if (own < length) return at(values, type.shape.map(Number), placed(place, dim, own));
          own -= length;
        }
        return 0;
      });
    case 'assign_slice': {
      if (!second) return undefined;
      const sizes = second.type.shape.map(Number);
      return placesOf(shape).map((place, index) => {
        const own = ((place[dim] ?? 0) - Number(attrs.start)) / Number(attrs.step);
        const taken = Number.isInteger(own) && own >= 0 && own < (sizes[dim] ?? 0);
        return taken ? at(second.values, sizes, placed(place, dim, own)) : (first.values[index] ?? 0);
      });
    }
    default:
      return undefined;
  }
}

/** The index of every element along every dimension, in row-major order. */
function placesOf(shape: readonly number[]): readonly (readonly number[])[] {
  let places: readonly (readonly number[])[] = [[]];
  for (const size of shape) {
    places = places.flatMap((place) => Array.from({ length: size }, (_, index) => [...place, index]));
  }
  return places;
}

function indexOf(shape: readonly number[], place: readonly number[]): number {
  return shape.reduce((index, size, dim) => index * size + (place[dim] ?? 0), 0);
}

function at(values: readonly number[], shape: readonly number[], place: readonly number[]): number {
  return values[indexOf(shape, place)] ?? 0;
}

function placed(place: readonly number[], dim: number, index: number): readonly number[] {
  return place.map((own, other) => (other === dim ? index : own));
}
