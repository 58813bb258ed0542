import path from 'node:path';
import type { Image, ImageSize } from '../../core/data/image';
import { resizeTaps, tapsWidth, type Interpolation, type Taps } from '../../core/data/resize';
import { wasmApi } from '../../engine/wasm/web-assembly';
import { compiledModule } from '../compiled-module';

/** A piece of an image and the size that it gets. */
export interface Resampling {
  /** [channels, height, width], from `offset` on. */
  readonly planes: Uint8Array;
  readonly offset: number;
  readonly stored: ImageSize;
  readonly box: { readonly top: number; readonly left: number; readonly height: number; readonly width: number };
  readonly size: Pick<ImageSize, 'height' | 'width'>;
  readonly interpolation: Exclude<Interpolation, 'nearest'>;
  /** Whether it is mirrored left to right, too. */
  readonly mirrored: boolean;
}

/** Resizes images by SIMD, to the bytes of `resizeImage` in core/data/resize.ts. For one thread. */
export class Resampler {
  private readonly kernels: ResampleKernels;

  /** `assets`: folder of the built files. */
  constructor(assets: string) {
    const module = compiledModule(path.join(assets, 'wasm', 'resample.wasm'));
    this.kernels = new wasmApi.Instance(module, {}).exports as unknown as ResampleKernels;
  }

  /** Writes [channels, size.height, size.width] into `out` from `to` on; false where the piece is shrunk too much for it. */
  resample({ planes, offset, stored, box, ...how }: Resampling, out: Uint8Array, to: number): boolean {
    const planeLength = stored.height * stored.width;
    const rows = box.height * stored.width;
    const source: PlaneSource = {
      stride: stored.width,
      left: box.left,
      // One plane's rows at a time.
      bytes: rows,
      channel: (memory, at, channel) => {
        const first = offset + channel * planeLength + box.top * stored.width;
        memory.set(planes.subarray(first, first + rows), at);
        return at;
      },
    };
    return this.run(source, { ...how, box, channels: stored.channels }, out, to);
  }

  /** The same of a whole image, bilinear: `pixels` is [height, width, channels]. */
  resampleImage(
    { height, width, channels, pixels }: Image,
    size: Pick<ImageSize, 'height' | 'width'>,
    out: Uint8Array,
    to: number,
  ): boolean {
    const planeLength = height * width;
    const source: PlaneSource = {
      stride: width,
      left: 0,
      bytes: channels === 1 ? planeLength : 2 * pixels.length,
      channel: (memory, at, channel) => {
        if (channel === 0) this.placePlanes({ channels, pixels }, planeLength, memory, at);
        return at + channel * planeLength;
      },
    };
    const how = { box: { height, width }, size, interpolation: 'bilinear', mirrored: false, channels } as const;
    return this.run(source, how, out, to);
  }

  /** Writes the pixels of an image as [channels, height, width] into `out` from `to` on, as `writePlanes` does. */
  splitPlanes({ height, width, channels, pixels }: Image, out: Uint8Array, to: number): void {
    if (channels === 1) {
      out.set(pixels, to);
      return;
    }
    const memory = this.grown(2 * pixels.length);
    this.placePlanes({ channels, pixels }, height * width, memory, 0);
    out.set(memory.subarray(0, pixels.length), to);
  }

  /** Planes at `at`, with the pixels that they are made of behind them. */
  private placePlanes(
    { channels, pixels }: Pick<Image, 'channels' | 'pixels'>,
    planeLength: number,
    memory: Uint8Array,
    at: number,
  ): void {
    if (channels === 1) {
      memory.set(pixels, at);
      return;
    }
    memory.set(pixels, at + pixels.length);
    this.kernels.split_planes(at + pixels.length, planeLength, at);
  }

  private run(
    from: PlaneSource,
    { box, size, interpolation, mirrored, channels }: Piece,
    out: Uint8Array,
    to: number,
  ): boolean {
    const groups = 4 * Math.ceil(size.width / 16);
    const stride = 4 * groups;
    const acrossWidth = tapsWidth(interpolation, box.width, size.width);
    const downWidth = tapsWidth(interpolation, box.height, size.height);
    const place = placer();
    // The rows between are read 16 bytes at a time, beyond the last one too.
    const source = place(from.bytes + 16);
    const between = place(box.height * stride);
    const result = place(size.height * stride);
    const across = placeTaps(place, size.width, acrossWidth);
    const down = placeTaps(place, size.height, downWidth);
    const [bases, places, weights] = [place(4 * groups), place(16 * groups), place(16 * groups * acrossWidth)];
    const memory = this.grown(place(0));
    // Tables are made where the kernels read them: memory of their own would be new for each image.
    const taps = viewTaps(memory, across);
    resizeTaps(interpolation, box.width, size.width, taps);
    resizeTaps(interpolation, box.height, size.height, viewTaps(memory, down));
    const tables: RowTables = {
      bases: new Int32Array(memory.buffer, bases, groups),
      places: memory.subarray(places, places + 16 * groups),
      weights: new Int32Array(memory.buffer, weights, 4 * groups * acrossWidth),
      groups,
    };
    const mostTaps = writeRowTables(taps, size.width, mirrored, tables);
    if (mostTaps === undefined) return false;
    for (let channel = 0; channel < channels; channel++) {
      const rows = from.channel(memory, source, channel);
      this.kernels.resample_rows(
        ...[rows + from.left, from.stride, box.height, between, groups],
        ...[bases, places, weights, mostTaps],
      );
      this.kernels.resample_columns(
        ...[between, stride, result, size.height],
        ...[down.first, down.count, down.weights, downWidth],
      );
      const target = to + channel * size.height * size.width;
      if (stride === size.width) {
        out.set(memory.subarray(result, result + size.height * stride), target);
        continue;
      }
      for (let y = 0; y < size.height; y++) {
        const row = result + y * stride;
        out.set(memory.subarray(row, row + size.width), target + y * size.width);
      }
    }
    return true;
  }

  private grown(bytes: number): Uint8Array {
    const { memory } = this.kernels;
    const missing = bytes - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / 65536));
    return new Uint8Array(memory.buffer);
  }
}

/** Where the planes that are resampled come from. */
interface PlaneSource {
  /** Bytes from a row to the next. */
  readonly stride: number;
  /** Of the first byte of a row that is taken. */
  readonly left: number;
  /** Room that it needs. */
  readonly bytes: number;
  /** Puts a plane's rows into the memory, at `at` or in the room behind it, and says where. */
  readonly channel: (memory: Uint8Array, at: number, channel: number) => number;
}

interface Piece extends Pick<Resampling, 'size' | 'interpolation' | 'mirrored'> {
  readonly box: Pick<Resampling['box'], 'height' | 'width'>;
  readonly channels: number;
}

/** As kernels/resample.ts has them. */
interface RowTables {
  readonly bases: Int32Array;
  readonly places: Uint8Array;
  readonly weights: Int32Array;
  /** Of 4 positions each. */
  readonly groups: number;
}

/** Gives how many weights a position has at most; undefined where 4 neighbours begin more than 15 bytes apart. */
function writeRowTables(
  { first, count, weights, width }: Taps,
  to: number,
  mirrored: boolean,
  tables: RowTables,
): number | undefined {
  const { bases, places, groups } = tables;
  let taps = 1;
  for (const each of count) taps = Math.max(taps, each);
  const out = tables.weights.fill(0, 0, 4 * groups * taps);
  places.fill(255);
  for (let group = 0; group < groups; group++) {
    const from = mirrored ? Math.max(0, to - 4 * group - 4) : 4 * group;
    const base = first[Math.min(from, to - 1)] ?? 0;
    bases[group] = base;
    for (let lane = 0; lane < 4; lane++) {
      const position = 4 * group + lane;
      if (position >= to) break;
      const target = mirrored ? to - 1 - position : position;
      const place = (first[target] ?? 0) - base;
      if (place > 15) return undefined;
      places[16 * group + 4 * lane] = place;
      for (let tap = 0; tap < (count[target] ?? 0); tap++) {
        out[(group * taps + tap) * 4 + lane] = weights[target * width + tap] ?? 0;
      }
    }
  }
  return taps;
}

/** Where taps lie. */
interface PlacedTaps {
  readonly first: number;
  readonly count: number;
  readonly weights: number;
  readonly positions: number;
  readonly width: number;
}

function placeTaps(place: (bytes: number) => number, positions: number, width: number): PlacedTaps {
  const [first, count, weights] = [place(4 * positions), place(4 * positions), place(4 * positions * width)];
  return { first, count, weights, positions, width };
}

function viewTaps({ buffer }: Uint8Array, { first, count, weights, positions, width }: PlacedTaps): Taps {
  return {
    first: new Int32Array(buffer, first, positions),
    count: new Int32Array(buffer, count, positions),
    weights: new Int32Array(buffer, weights, positions * width),
    width,
  };
}

/** Gives places one behind the other, at multiples of 16. */
function placer(): (bytes: number) => number {
  let end = 0;
  return (bytes) => {
    const start = end;
    end += 16 * Math.ceil(bytes / 16);
    return start;
  };
}

interface ResampleKernels {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  resample_rows(...args: number[]): void;
  resample_columns(...args: number[]): void;
  split_planes(from: number, count: number, to: number): void;
}
