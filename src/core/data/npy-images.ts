import { UserError } from '../errors';
import type { Image } from './image';
import { describeShape, npyNumberReader, npyTextReader, type NpyArray } from './npy';

export type NpyLayout = 'NHWC' | 'NCHW' | 'NHW';

/** Images in an array: bytes, and the distances between neighbours along each axis. */
export interface NpyImages {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  readonly bytes: Uint8Array;
  readonly strides: {
    readonly image: number;
    readonly row: number;
    readonly column: number;
    readonly channel: number;
  };
}

/**
 * An array as images: N × H × W, N × H × W × C, N × C × H × W with 1, 3 or 4 channels (the fourth, alpha, is dropped), or
 * N × pixels with square grey images or planes of red, green and blue. Bytes are taken as they are; other whole numbers where
 * they are all 0 to 255; floats where they are all in [0, 1], times 255 and rounded, or whole numbers from 0 to 255.
 * @throws UserError where the array is something else. `name` is for messages.
 */
export function npyImages(array: NpyArray, name: string, layout?: NpyLayout): NpyImages {
  const { shape, fortranOrder } = array;
  const { dims, channels } = readShape(shape, name, layout);
  if (fortranOrder && dims.length !== shape.length) {
    throw new UserError(
      `${name} holds flat images in Fortran order, which is not read.`,
      'Save it in C order: numpy.ascontiguousarray.',
    );
  }
  const strides = new Map<string, number>();
  let stride = 1;
  const order = fortranOrder ? dims : [...dims].reverse();
  for (const { axis, size } of order) {
    strides.set(axis, stride);
    stride *= size;
  }
  const size = (axis: string): number => dims.find((dim) => dim.axis === axis)?.size ?? 1;
  return {
    count: size('N'),
    height: size('H'),
    width: size('W'),
    channels,
    bytes: asBytes(array, name),
    strides: {
      image: strides.get('N') ?? 0,
      row: strides.get('H') ?? 0,
      column: strides.get('W') ?? 0,
      channel: strides.get('C') ?? 0,
    },
  };
}

export function npyImage(images: NpyImages, index: number): Image {
  const { height, width, channels, bytes, strides } = images;
  const pixels = new Uint8Array(height * width * channels);
  let to = 0;
  for (let row = 0; row < height; row++) {
    let from = index * strides.image + row * strides.row;
    for (let column = 0; column < width; column++, from += strides.column) {
      for (let channel = 0; channel < channels; channel++) pixels[to++] = bytes[from + channel * strides.channel] ?? 0;
    }
  }
  return { width, height, channels, pixels };
}

export type NpyLabels =
  | { readonly kind: 'numbers'; readonly labels: Int32Array }
  | { readonly kind: 'names'; readonly names: readonly string[] }
  /** [count, classes], 0 or 1. */
  | { readonly kind: 'flags'; readonly classCount: number; readonly sets: Uint8Array };

/**
 * An array as labels: [N] or [N, 1] whole numbers from 0 on or texts; [N, classes] of 0 and 1.
 * @throws UserError where it is something else.
 */
export function npyLabels(array: NpyArray, name: string): NpyLabels {
  const [count = 0, columns = 1, ...more] = array.shape;
  if (array.shape.length === 0 || more.length > 0) {
    throw new UserError(`${name} is an array of ${describeShape(array.shape)}; labels are a list or a table.`);
  }
  const isText = array.type.kind === 'U' || array.type.kind === 'S';
  if (columns !== 1 && isText) throw new UserError(`${name} has ${columns} texts for each image; one is read.`);
  if (isText) {
    const read = npyTextReader(array);
    return { kind: 'names', names: Array.from({ length: count }, (_, index) => read(index)) };
  }
  const read = npyNumberReader(array);
  if (columns === 1) {
    return {
      kind: 'numbers',
      labels: Int32Array.from({ length: count }, (_, index) => {
        const label = read(index);
        if (Number.isInteger(label) && label >= 0 && label < mostClasses) return label;
        throw new UserError(`${name} has ${label} as a label.`, 'Labels are whole numbers from 0 on.');
      }),
    };
  }
  const sets = new Uint8Array(count * columns);
  for (let row = 0; row < count; row++) {
    for (let column = 0; column < columns; column++) {
      const value = read(array.fortranOrder ? row + column * count : row * columns + column);
      if (value !== 0 && value !== 1) throw new UserError(`${name} has ${value} in a table of 0 and 1.`);
      sets[row * columns + column] = value;
    }
  }
  return { kind: 'flags', classCount: columns, sets };
}

const mostClasses = 65_536;

interface Axis {
  readonly axis: 'N' | 'H' | 'W' | 'C';
  readonly size: number;
}

function readShape(
  shape: readonly number[],
  name: string,
  layout: NpyLayout | undefined,
): { dims: readonly Axis[]; channels: 1 | 3 } {
  const [count = 0, a = 0, b = 0, c = 0] = shape;
  const axes = (letters: string, sizes: readonly number[]): readonly Axis[] =>
    sizes.map((size, index) => ({ axis: letters[index] as Axis['axis'], size }));
  if (shape.length > 2 && shape.slice(1).some((size) => size > mostSide)) {
    throw new UserError(`${name} is an array of ${describeShape(shape)}: no images.`);
  }
  if (shape.length === 2) {
    const side = Math.round(Math.sqrt(a));
    const colourSide = Math.round(Math.sqrt(a / 3));
    if (side * side === a && a > 0) return { dims: axes('NHW', [count, side, side]), channels: 1 };
    if (3 * colourSide * colourSide === a && a > 0) {
      return { dims: axes('NCHW', [count, 3, colourSide, colourSide]), channels: 3 };
    }
  }
  if (shape.length === 3 && a > 0 && b > 0) return { dims: axes('NHW', shape), channels: 1 };
  if (shape.length === 4 && a > 0 && b > 0 && c > 0) {
    const last = channelsOf(c);
    const first = channelsOf(a);
    const chosen = layout ?? (last && !first ? 'NHWC' : first && !last ? 'NCHW' : undefined);
    if (chosen === 'NHWC' && last) return { dims: axes('NHWC', shape), channels: last };
    if (chosen === 'NCHW' && first) return { dims: axes('NCHW', shape), channels: first };
    if (last && first) {
      throw new UserError(
        `${name} is an array of ${describeShape(shape)}: its channels may come first or last.`,
        'Write a dataset.json with kind npy that says its layout: NHWC or NCHW.',
      );
    }
  }
  throw new UserError(
    `${name} is an array of ${describeShape(shape)}, which are no images.`,
    'Images are N × height × width, with 1, 3 or 4 channels before or behind.',
  );
}

const mostSide = 2 ** 14;

function channelsOf(size: number): 1 | 3 | undefined {
  return size === 1 ? 1 : size === 3 || size === 4 ? 3 : undefined;
}

function asBytes(array: NpyArray, name: string): Uint8Array {
  const { type, data } = array;
  if (type.kind === 'u' && type.bytes === 1) return data;
  if (type.kind === 'U' || type.kind === 'S') throw new UserError(`${name} holds texts, no images.`);
  if (type.kind === 'b') return data.map((value) => (value === 0 ? 0 : 255));
  const read = npyNumberReader(array);
  const count = data.length / type.bytes;
  let lowest = Infinity;
  let highest = -Infinity;
  let areWhole = true;
  for (let index = 0; index < count; index++) {
    const value = read(index);
    if (Number.isNaN(value)) throw new UserError(`${name} holds values that are no numbers (NaN).`);
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
    areWhole &&= Number.isInteger(value);
  }
  const isUnit = type.kind === 'f' && lowest >= 0 && highest <= 1;
  if (!isUnit && (!areWhole || lowest < 0 || highest > 255)) {
    throw new UserError(
      `${name} holds ${type.kind === 'f' ? 'floats' : 'numbers'} from ${lowest} to ${highest}.`,
      'Pixels are bytes, whole numbers from 0 to 255, or floats in [0, 1]: save the images before they are normalised.',
    );
  }
  const bytes = new Uint8Array(count);
  for (let index = 0; index < count; index++) bytes[index] = isUnit ? Math.round(255 * read(index)) : read(index);
  return bytes;
}
