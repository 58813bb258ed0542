/** Numbers in doubles, row-major; attributes are those of the op, without symbols. */
export type Forward = (inputs: readonly Tensor64[], attrs: never, shape: readonly number[]) => Float64Array;

export interface Tensor64 {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

export type Pair = readonly [number, number];

/** An image batch, element by element. */
export function fill(
  shape: readonly number[],
  element: (n: number, c: number, y: number, x: number) => number,
): Float64Array {
  const [, channels = 1, height = 1, width = 1] = shape;
  return Float64Array.from({ length: count(shape) }, (_, index) =>
    element(
      Math.floor(index / (width * height * channels)),
      Math.floor(index / (width * height)) % channels,
      Math.floor(index / width) % height,
      index % width,
    ),
  );
}

export function pixel(
  image: Tensor64 | undefined,
  n: number,
  c: number,
  y: number,
  x: number,
  outside: number,
): number {
  const [channels, height, width] = [sizeAt(image, 1), sizeAt(image, 2), sizeAt(image, 3)];
  if (y < 0 || y >= height || x < 0 || x >= width) return outside;
  return at(data(image), ((n * channels + c) * height + y) * width + x);
}

export function channelOf(x: Tensor64 | undefined, index: number): number {
  return Math.floor(index / count((x?.shape ?? []).slice(2))) % sizeAt(x, 1);
}

export function count(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

export function sizeAt(tensor: Tensor64 | undefined, dim: number): number {
  const size = tensor?.shape[dim];
  if (size === undefined) throw new Error(`A tensor misses dimension ${dim}`);
  return size;
}

export function data(tensor: Tensor64 | undefined): Float64Array {
  if (!tensor) throw new Error('An op misses an input');
  return tensor.data;
}

export function at(values: Float64Array, index: number): number {
  return values[index] ?? NaN;
}

/** Which element of a tensor that is broadcast to a shape stands at each of its places. */
export function broadcastIndices(tensor: Tensor64 | undefined, shape: readonly number[]): readonly number[] {
  const own = tensor?.shape ?? [];
  return Array.from({ length: count(shape) }, (_, place) => {
    let [rest, stride, index] = [place, 1, 0];
    for (let fromEnd = 1; fromEnd <= shape.length; fromEnd++) {
      const [size, ownSize] = [shape.at(-fromEnd) ?? 1, own.at(-fromEnd) ?? 1];
      if (fromEnd <= own.length && ownSize !== 1) index += (rest % size) * stride;
      if (fromEnd <= own.length) stride *= ownSize;
      rest = Math.floor(rest / size);
    }
    return index;
  });
}

/** The elements of a tensor that make each element of a reduction along `dims`. */
export function reducedGroups(tensor: Tensor64 | undefined, dims: readonly number[]): readonly (readonly number[])[] {
  const shape = tensor?.shape ?? [];
  const kept = shape.map((size, dim) => (dims.includes(dim) ? 1 : size));
  const groups = Array.from({ length: count(kept) }, (): number[] => []);
  broadcastIndices({ shape: kept, data: new Float64Array() }, shape).forEach((group, i) => groups[group]?.push(i));
  return groups;
}
