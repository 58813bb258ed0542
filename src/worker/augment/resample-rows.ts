import { resizeTaps, tapsWidth, type SmoothInterpolation, type Taps } from '../../core/data/resize';

/* The tables of kernels/resample.ts, made in its memory. */

export interface ResampleKernels {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  resample_rows(...args: number[]): void;
  shrink_rows(...args: number[]): void;
  resample_columns(...args: number[]): void;
  split_planes(from: number, count: number, to: number): void;
}

/** Rows in another length. */
interface Across {
  readonly from: number;
  readonly to: number;
  readonly interpolation: SmoothInterpolation;
  readonly mirrored: boolean;
}

/** Rows in the memory of the kernels, and where they go. */
interface Rows {
  readonly from: number;
  readonly stride: number;
  readonly count: number;
  readonly to: number;
  readonly toStride: number;
}

type Place = (bytes: number) => number;

/** Gives places one behind the other, at multiples of 16. */
export function placer(): Place {
  let end = 0;
  return (bytes) => {
    const start = end;
    end += 16 * Math.ceil(bytes / 16);
    return start;
  };
}

/** Where taps lie. */
export class PlacedTaps {
  readonly first: number;
  readonly count: number;
  readonly weights: number;

  constructor(
    place: Place,
    private readonly positions: number,
    readonly width: number,
  ) {
    this.first = place(4 * positions);
    this.count = place(4 * positions);
    this.weights = place(4 * positions * width);
  }

  view({ buffer }: Uint8Array): Taps {
    const { first, count, weights, positions, width } = this;
    return {
      first: new Int32Array(buffer, first, positions),
      count: new Int32Array(buffer, count, positions),
      weights: new Int32Array(buffer, weights, positions * width),
      width,
    };
  }
}

/** Of positions that are near each other in the rows that they are made of: four at a time. */
export class NearRows {
  private readonly groups: number;
  private readonly taps: PlacedTaps;
  private readonly bases: number;
  private readonly places: number;
  private readonly weights: number;
  private mostTaps = 1;

  constructor(
    place: Place,
    private readonly across: Across,
  ) {
    const { from, to, interpolation } = across;
    this.groups = 4 * Math.ceil(to / 16);
    const width = tapsWidth(interpolation, from, to);
    this.taps = new PlacedTaps(place, to, width);
    this.bases = place(4 * this.groups);
    this.places = place(16 * this.groups);
    this.weights = place(16 * this.groups * width);
  }

  write(memory: Uint8Array): void {
    const { across, groups } = this;
    const { to, mirrored } = across;
    const taps = this.taps.view(memory);
    resizeTaps(across.interpolation, across.from, to, taps);
    const { first, count, weights, width } = taps;
    let most = 1;
    for (const each of count) most = Math.max(most, each);
    const bases = new Int32Array(memory.buffer, this.bases, groups);
    const places = memory.subarray(this.places, this.places + 16 * groups).fill(255);
    const out = new Int32Array(memory.buffer, this.weights, 4 * groups * most).fill(0);
    for (let group = 0; group < groups; group++) {
      const from = mirrored ? Math.max(0, to - 4 * group - 4) : 4 * group;
      const base = first[Math.min(from, to - 1)] ?? 0;
      bases[group] = base;
      for (let lane = 0; lane < 4; lane++) {
        const position = 4 * group + lane;
        if (position >= to) break;
        const target = mirrored ? to - 1 - position : position;
        places[16 * group + 4 * lane] = (first[target] ?? 0) - base;
        for (let tap = 0; tap < (count[target] ?? 0); tap++) {
          out[(group * most + tap) * 4 + lane] = weights[target * width + tap] ?? 0;
        }
      }
    }
    this.mostTaps = most;
  }

  run(kernels: ResampleKernels, { from, stride, count, to }: Rows): void {
    const { groups, bases, places, weights, mostTaps } = this;
    kernels.resample_rows(from, stride, count, to, groups, bases, places, weights, mostTaps);
  }
}

/** Of positions that are made of many bytes each: 16 of those at a time. */
export class FarRows {
  private readonly taps: PlacedTaps;

  constructor(
    place: Place,
    private readonly across: Across,
  ) {
    const { from, to, interpolation } = across;
    this.taps = new PlacedTaps(place, to, 16 * Math.ceil(tapsWidth(interpolation, from, to) / 16));
  }

  write(memory: Uint8Array): void {
    const { from, to, interpolation } = this.across;
    const taps = this.taps.view(memory);
    // Bytes beyond those that count weigh nothing.
    taps.weights.fill(0);
    resizeTaps(interpolation, from, to, taps);
  }

  run(kernels: ResampleKernels, { from, stride, count, to, toStride }: Rows): void {
    const { to: positions, mirrored } = this.across;
    const { taps } = this;
    kernels.shrink_rows(
      ...[from, stride, count, to, toStride, positions, Number(mirrored)],
      ...[taps.first, taps.count, taps.weights, taps.width],
    );
  }
}
