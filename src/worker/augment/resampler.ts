import path from 'node:path';
import type { Image, ImageSize } from '../../core/data/image';
import { resizeTaps, tapsWidth, type SmoothInterpolation } from '../../core/data/resize';
import { wasmApi } from '../../engine/wasm/web-assembly';
import { compiledModule } from '../compiled-module';
import { FarRows, NearRows, PlacedTaps, placer, type ResampleKernels } from './resample-rows';

/** A piece of an image and the size that it gets. */
export interface Resampling {
  /** [channels, height, width], from `offset` on. */
  readonly planes: Uint8Array;
  readonly offset: number;
  readonly stored: ImageSize;
  readonly box: { readonly top: number; readonly left: number; readonly height: number; readonly width: number };
  readonly size: Pick<ImageSize, 'height' | 'width'>;
  readonly interpolation: SmoothInterpolation;
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

  /** Writes [channels, size.height, size.width] into `out` from `to` on. */
  resample({ planes, offset, stored, box, ...how }: Resampling, out: Uint8Array, to: number): void {
    const { channels, width: stride } = stored;
    const planeLength = stored.height * stride;
    const source: RowSource = {
      stride,
      left: box.left,
      room: (rows) => channels * rows * stride,
      place: (memory, at, top, rows) => {
        for (let channel = 0; channel < channels; channel++) {
          const first = offset + channel * planeLength + (box.top + top) * stride;
          memory.set(planes.subarray(first, first + rows * stride), at + channel * rows * stride);
        }
      },
    };
    this.run(source, { ...how, box, channels }, out, to);
  }

  /** The same of a whole image, bilinear: `pixels` is [height, width, channels]. */
  resampleImage(
    { height, width, channels, pixels }: Image,
    size: Pick<ImageSize, 'height' | 'width'>,
    out: Uint8Array,
    to: number,
  ): void {
    const row = width * channels;
    const source: RowSource = {
      stride: width,
      left: 0,
      room: (rows) => (channels === 1 ? 1 : 2) * rows * row,
      place: (memory, at, top, rows) => {
        const placed = pixels.subarray(top * row, (top + rows) * row);
        this.placePlanes({ channels, pixels: placed }, rows * width, memory, at);
      },
    };
    const how = { box: { height, width }, size, interpolation: 'bilinear', mirrored: false, channels } as const;
    this.run(source, how, out, to);
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
    from: RowSource,
    { box, size, interpolation, mirrored, channels }: Piece,
    out: Uint8Array,
    to: number,
  ): void {
    const stride = 16 * Math.ceil(size.width / 16);
    const place = placer();
    // Few rows at a time, of all channels: they stay in the cache of the processor. Behind the last one 16 bytes more are read.
    const rowsAtOnce = Math.max(1, Math.min(box.height, Math.floor(bytesAtOnce / (channels * from.stride))));
    const source = place(from.room(rowsAtOnce) + 16);
    const between = place(channels * box.height * stride);
    const result = place(size.height * stride);
    const across = { from: box.width, to: size.width, interpolation, mirrored };
    const rows = box.width > mostShrunkByGroups * size.width ? new FarRows(place, across) : new NearRows(place, across);
    const down = new PlacedTaps(place, size.height, tapsWidth(interpolation, box.height, size.height));
    const memory = this.grown(place(0));
    // Tables are made where the kernels read them: memory of their own would be new for each image.
    rows.write(memory);
    resizeTaps(interpolation, box.height, size.height, down.view(memory));

    for (let top = 0; top < box.height; top += rowsAtOnce) {
      const count = Math.min(rowsAtOnce, box.height - top);
      from.place(memory, source, top, count);
      for (let channel = 0; channel < channels; channel++) {
        const first = source + channel * count * from.stride + from.left;
        const target = between + (channel * box.height + top) * stride;
        rows.run(this.kernels, { from: first, stride: from.stride, count, to: target, toStride: stride });
      }
    }
    for (let channel = 0; channel < channels; channel++) {
      this.kernels.resample_columns(
        ...[between + channel * box.height * stride, stride, result, size.height],
        ...[down.first, down.count, down.weights, down.width],
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
  }

  private grown(bytes: number): Uint8Array {
    const { memory } = this.kernels;
    const missing = bytes - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / 65536));
    return new Uint8Array(memory.buffer);
  }
}

/** Where the rows that are resampled come from. */
interface RowSource {
  /** Bytes from a row to the next. */
  readonly stride: number;
  /** Of the first byte of a row that is taken. */
  readonly left: number;
  /** Bytes that so many rows need, of all channels. */
  readonly room: (rows: number) => number;
  /** Puts rows from `top` on at `at`, as [channels, rows, stride]; there is `room` for more behind them. */
  readonly place: (memory: Uint8Array, at: number, top: number, rows: number) => void;
}

interface Piece extends Pick<Resampling, 'size' | 'interpolation' | 'mirrored'> {
  readonly box: Pick<Resampling['box'], 'height' | 'width'>;
  readonly channels: number;
}

/** Of the rows that are resampled at once. */
const bytesAtOnce = 2 ** 16;
/** Up to there 4 neighbours begin at most 15 bytes apart, as `resample_rows` wants them. */
const mostShrunkByGroups = 4.5;
