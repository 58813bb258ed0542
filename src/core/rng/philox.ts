/**
 * The counter-based generator Philox 4×32-10: one block of four uint32 for a counter and a key.
 * Every random number of a run comes from here, so that it depends only on seed, step and place, never on the engine,
 * the number of threads or the order of calls.
 *
 * Source: J. Salmon, M. Moraes, R. Dror, D. Shaw: Parallel Random Numbers: As Easy as 1, 2, 3 (SC 2011).
 */
export function philox4x32(counter: Uint32Quad, key: Uint32Pair): Uint32Quad {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(multiplier0, c0);
    const low0 = Math.imul(multiplier0, c0);
    const high1 = multiplyHigh(multiplier1, c2);
    const low1 = Math.imul(multiplier1, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + weyl0) | 0;
    k1 = (k1 + weyl1) | 0;
  }
  return [c0 >>> 0, c1 >>> 0, c2 >>> 0, c3 >>> 0];
}

export type Uint32Quad = readonly [number, number, number, number];
export type Uint32Pair = readonly [number, number];

const multiplier0 = 0xd2511f53;
const multiplier1 = 0xcd9e8d57;
const weyl0 = 0x9e3779b9;
const weyl1 = 0xbb67ae85;

/** Upper 32 bits of the unsigned 64-bit product, from 16-bit halves: doubles hold every partial sum exactly. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const middleLow = (middle & 0xffff) + aLow * bHigh;
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + (middleLow >>> 16)) | 0;
}

/** What a stream's numbers are for: part of the key, so that no two uses share numbers. */
export const streams = {
  initialize: 1,
  shuffle: 2,
  split: 3,
  augment: 4,
  samples: 5,
  sampler: 16,
  mixing: 17,
  testViews: 18,
} as const;

/** Numbers one after the other, for a seed and a stream (an index of its own for each use). */
export class PhiloxStream {
  private block: Uint32Quad = [0, 0, 0, 0];
  private blockIndex = 0;
  private used = 4;
  private spareNormal: number | undefined;

  /** `seed`, `stream`, `substream`: uint32. Dropout draws under key [seed, 0]; streams use [seed, stream ≥ 1]. */
  constructor(
    private readonly seed: number,
    private readonly stream: number,
    private readonly substream = 0,
  ) {}

  nextUint32(): number {
    if (this.used === 4) {
      this.block = this.blockAt(this.blockIndex++);
      this.used = 0;
    }
    return this.block[this.used++] ?? 0;
  }

  /** The block that holds numbers 4 · index to 4 · index + 3. */
  protected blockAt(index: number): Uint32Quad {
    return philox4x32([index >>> 0, Math.floor(index / 2 ** 32), this.substream, 0], [this.seed, this.stream]);
  }

  /** Whole number in [0, bound), every one as likely: what would favour the small ones is drawn again. */
  nextBelow(bound: number): number {
    const limit = 2 ** 32 - (2 ** 32 % bound);
    for (;;) {
      const value = this.nextUint32();
      if (value < limit) return value % bound;
    }
  }

  /** Uniform in [0, 1), 24 bits: exact in float32. */
  nextFloat(): number {
    return (this.nextUint32() >>> 8) / 2 ** 24;
  }

  /** Standard normal, by Box and Muller. */
  nextNormal(): number {
    if (this.spareNormal !== undefined) {
      const spare = this.spareNormal;
      this.spareNormal = undefined;
      return spare;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.nextFloat()));
    const angle = 2 * Math.PI * this.nextFloat();
    this.spareNormal = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }
}
