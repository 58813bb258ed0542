/**
 * The transforms of Winograd's minimal filtering F(4×4, 3×3): a tile of 4×4 outputs costs 36 multiplications for each pair
 * of channels instead of 144. Matrices: Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, 2016, for the
 * points 0, ±1, ±2, ∞. Every function here works on four tiles (or channels, or kernels) at once, one in each lane.
 */
import { madd } from './simd';

/** Bytes of workspace that a transform needs: 36 vectors. */
export const TRANSFORM_BYTES = 576;

/** One dimension of the input's: Bᵀ·(d₀ … d₅), vectors `from` … 16·5·`step` bytes on; results the same way at `to`. */
// @inline
function inputLine(d0: v128, d1: v128, d2: v128, d3: v128, d4: v128, d5: v128, to: usize, step: usize): void {
  const four = f32x4.splat(4);
  const even = madd(f32x4.splat(-4), d2, d4);
  const odd = madd(f32x4.splat(-4), d1, d3);
  const near = f32x4.sub(d4, d2);
  const far = f32x4.sub(d3, d1);
  v128.store(to, madd(four, d0, madd(f32x4.splat(-5), d2, d4)));
  v128.store(to + step, f32x4.add(even, odd));
  v128.store(to + 2 * step, f32x4.sub(even, odd));
  v128.store(to + 3 * step, madd(f32x4.splat(2), far, near));
  v128.store(to + 4 * step, madd(f32x4.splat(-2), far, near));
  v128.store(to + 5 * step, madd(four, d1, madd(f32x4.splat(-5), d3, d5)));
}

/**
 * Bᵀ·d·B of the 6×6 places at p0 … p3 (rows `pitch` bytes apart; 8 floats of a row are read): position (i, j) goes to
 * `to` + (6i + j)·`step` bytes, a vector with one lane for each pointer.
 */
export function transformInput(
  p0: usize,
  p1: usize,
  p2: usize,
  p3: usize,
  pitch: usize,
  to: usize,
  step: usize,
  work: usize,
): void {
  let row = work;
  for (let r = 0; r < 6; r++) {
    const a = v128.load(p0);
    const b = v128.load(p1);
    const c = v128.load(p2);
    const d = v128.load(p3);
    const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
    const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
    const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
    const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
    const abRest = v128.shuffle<f32>(v128.load64_zero(p0, 16), v128.load64_zero(p1, 16), 0, 4, 1, 5);
    const cdRest = v128.shuffle<f32>(v128.load64_zero(p2, 16), v128.load64_zero(p3, 16), 0, 4, 1, 5);
    inputLine(
      v128.shuffle<f32>(ab, cd, 0, 1, 4, 5),
      v128.shuffle<f32>(ab, cd, 2, 3, 6, 7),
      v128.shuffle<f32>(abHigh, cdHigh, 0, 1, 4, 5),
      v128.shuffle<f32>(abHigh, cdHigh, 2, 3, 6, 7),
      v128.shuffle<f32>(abRest, cdRest, 0, 1, 4, 5),
      v128.shuffle<f32>(abRest, cdRest, 2, 3, 6, 7),
      row,
      16,
    );
    p0 += pitch;
    p1 += pitch;
    p2 += pitch;
    p3 += pitch;
    row += 96;
  }
  for (let j = 0; j < 6; j++) {
    inputLine(
      v128.load(work),
      v128.load(work, 96),
      v128.load(work, 192),
      v128.load(work, 288),
      v128.load(work, 384),
      v128.load(work, 480),
      to,
      6 * step,
    );
    work += 16;
    to += step;
  }
}

/** One dimension of the output gradient's: A·(y₀ … y₃). */
// @inline
function spreadLine(y0: v128, y1: v128, y2: v128, y3: v128, to: usize, step: usize): void {
  const even = f32x4.add(y0, y2);
  const odd = f32x4.add(y1, y3);
  const far = madd(f32x4.splat(4), y2, y0);
  const farOdd = f32x4.mul(f32x4.splat(2), madd(f32x4.splat(4), y3, y1));
  v128.store(to, y0);
  v128.store(to + step, f32x4.add(even, odd));
  v128.store(to + 2 * step, f32x4.sub(even, odd));
  v128.store(to + 3 * step, f32x4.add(far, farOdd));
  v128.store(to + 4 * step, f32x4.sub(far, farOdd));
  v128.store(to + 5 * step, y3);
}

/** A·y·Aᵀ of the 4×4 places at p0 … p3, into 36 vectors at `to`, 16 bytes apart. */
export function spreadOutput(p0: usize, p1: usize, p2: usize, p3: usize, pitch: usize, to: usize, work: usize): void {
  let row = work;
  for (let r = 0; r < 4; r++) {
    const a = v128.load(p0);
    const b = v128.load(p1);
    const c = v128.load(p2);
    const d = v128.load(p3);
    const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
    const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
    const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
    const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
    spreadLine(
      v128.shuffle<f32>(ab, cd, 0, 1, 4, 5),
      v128.shuffle<f32>(ab, cd, 2, 3, 6, 7),
      v128.shuffle<f32>(abHigh, cdHigh, 0, 1, 4, 5),
      v128.shuffle<f32>(abHigh, cdHigh, 2, 3, 6, 7),
      row,
      16,
    );
    p0 += pitch;
    p1 += pitch;
    p2 += pitch;
    p3 += pitch;
    row += 96;
  }
  for (let j = 0; j < 6; j++) {
    spreadLine(v128.load(work), v128.load(work, 96), v128.load(work, 192), v128.load(work, 288), to, 96);
    work += 16;
    to += 16;
  }
}

/**
 * Aᵀ·m·A + bias of the 36 vectors at `from`, `step` bytes apart: 16 vectors at `to`, 16 bytes apart, as four tiles of four
 * rows: row r of the tile in lane i is at `to` + 64·r + 16·i.
 */
export function transformOutput(from: usize, step: usize, bias: v128, to: usize, work: usize): void {
  let column = work;
  for (let j = 0; j < 6; j++) {
    const m0 = v128.load(from);
    const m1 = v128.load(from + 6 * step);
    const m2 = v128.load(from + 12 * step);
    const m3 = v128.load(from + 18 * step);
    const m4 = v128.load(from + 24 * step);
    const m5 = v128.load(from + 30 * step);
    const a = f32x4.add(m1, m2);
    const b = f32x4.sub(m1, m2);
    const c = f32x4.add(m3, m4);
    const d = f32x4.sub(m3, m4);
    v128.store(column, f32x4.add(f32x4.add(m0, a), c));
    v128.store(column, madd(f32x4.splat(2), d, b), 96);
    v128.store(column, madd(f32x4.splat(4), c, a), 192);
    v128.store(column, f32x4.add(madd(f32x4.splat(8), d, b), m5), 288);
    column += 16;
    from += step;
  }
  for (let r = 0; r < 4; r++) {
    const m1 = v128.load(work, 16);
    const m2 = v128.load(work, 32);
    const m3 = v128.load(work, 48);
    const m4 = v128.load(work, 64);
    const a = f32x4.add(m1, m2);
    const b = f32x4.sub(m1, m2);
    const c = f32x4.add(m3, m4);
    const d = f32x4.sub(m3, m4);
    const o0 = f32x4.add(bias, f32x4.add(f32x4.add(v128.load(work), a), c));
    const o1 = f32x4.add(bias, madd(f32x4.splat(2), d, b));
    const o2 = f32x4.add(bias, madd(f32x4.splat(4), c, a));
    const o3 = f32x4.add(bias, f32x4.add(madd(f32x4.splat(8), d, b), v128.load(work, 80)));
    const low = v128.shuffle<f32>(o0, o1, 0, 4, 1, 5);
    const lowNext = v128.shuffle<f32>(o2, o3, 0, 4, 1, 5);
    const high = v128.shuffle<f32>(o0, o1, 2, 6, 3, 7);
    const highNext = v128.shuffle<f32>(o2, o3, 2, 6, 3, 7);
    v128.store(to, v128.shuffle<f32>(low, lowNext, 0, 1, 4, 5));
    v128.store(to, v128.shuffle<f32>(low, lowNext, 2, 3, 6, 7), 16);
    v128.store(to, v128.shuffle<f32>(high, highNext, 0, 1, 4, 5), 32);
    v128.store(to, v128.shuffle<f32>(high, highNext, 2, 3, 6, 7), 48);
    work += 96;
    to += 64;
  }
}

/** One dimension of the kernel's: G·(g₀, g₁, g₂). */
// @inline
function kernelLine(g0: v128, g1: v128, g2: v128, to: usize, step: usize): void {
  const near = f32x4.mul(f32x4.splat(-1.0 / 6.0), f32x4.add(g0, g2));
  const nearOdd = f32x4.mul(f32x4.splat(1.0 / 6.0), g1);
  const far = madd(f32x4.splat(1.0 / 24.0), g0, f32x4.mul(f32x4.splat(1.0 / 6.0), g2));
  const farOdd = f32x4.mul(f32x4.splat(1.0 / 12.0), g1);
  v128.store(to, f32x4.mul(f32x4.splat(0.25), g0));
  v128.store(to + step, f32x4.sub(near, nearOdd));
  v128.store(to + 2 * step, f32x4.add(near, nearOdd));
  v128.store(to + 3 * step, f32x4.add(far, farOdd));
  v128.store(to + 4 * step, f32x4.sub(far, farOdd));
  v128.store(to + 5 * step, g2);
}

/** G·g·Gᵀ of the 9 vectors at `kernels` (turned by 180° where `flip`), into 36 vectors at `to`, 16 bytes apart. */
export function transformKernel(kernels: usize, flip: bool, to: usize, work: usize): void {
  let g = kernels + (flip ? 128 : 0);
  const next: usize = flip ? -16 : 16;
  for (let column = 0; column < 3; column++) {
    kernelLine(v128.load(g), v128.load(g + 3 * next), v128.load(g + 6 * next), work + (usize(column) << 4), 48);
    g += next;
  }
  for (let i = 0; i < 6; i++) {
    kernelLine(v128.load(work), v128.load(work, 16), v128.load(work, 32), to, 16);
    work += 48;
    to += 96;
  }
}

/** One dimension of the kernel gradient's: Gᵀ·(s₀ … s₅). */
// @inline
function gatherLine(s0: v128, s1: v128, s2: v128, s3: v128, s4: v128, s5: v128, to: usize, step: usize): void {
  const near = f32x4.mul(f32x4.splat(1.0 / 6.0), f32x4.add(s1, s2));
  const far = f32x4.add(s3, s4);
  const odd = f32x4.mul(f32x4.splat(1.0 / 6.0), f32x4.sub(s2, s1));
  v128.store(to, f32x4.sub(madd(f32x4.splat(0.25), s0, f32x4.mul(f32x4.splat(1.0 / 24.0), far)), near));
  v128.store(to + step, madd(f32x4.splat(1.0 / 12.0), f32x4.sub(s3, s4), odd));
  v128.store(to + 2 * step, f32x4.add(f32x4.sub(f32x4.mul(f32x4.splat(1.0 / 6.0), far), near), s5));
}

/** Gᵀ·s·G of the 36 vectors at `from`, `step` bytes apart: 9 vectors at `to`, 16 bytes apart. */
export function gatherKernel(from: usize, step: usize, to: usize, work: usize): void {
  let column = work;
  for (let j = 0; j < 6; j++) {
    gatherLine(
      v128.load(from),
      v128.load(from + 6 * step),
      v128.load(from + 12 * step),
      v128.load(from + 18 * step),
      v128.load(from + 24 * step),
      v128.load(from + 30 * step),
      column,
      96,
    );
    column += 16;
    from += step;
  }
  for (let r = 0; r < 3; r++) {
    gatherLine(
      v128.load(work),
      v128.load(work, 16),
      v128.load(work, 32),
      v128.load(work, 48),
      v128.load(work, 64),
      v128.load(work, 80),
      to,
      16,
    );
    work += 96;
    to += 48;
  }
}
