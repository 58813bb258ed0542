/**
 * Which pixels along one axis of the network's input are seen from position u of a tensor: those from `low` to `high`,
 * both included. It is exact after upsampling too, where neighbours see different numbers of pixels: what is seen from
 * u + period is what is seen from u, `advance` pixels on. low = ∞, high = −∞: nothing is seen from there.
 */
export interface Coverage {
  readonly period: number;
  readonly advance: number;
  /** For u = 0 … period − 1. */
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** [first, last] pixel. */
export type PixelRange = readonly [low: number, high: number];

/** The input itself: from u the pixel u is seen. */
export const ownPixel: Coverage = { period: 1, advance: 1, low: [0], high: [0] };

/** More than these and an exact answer is not worth its time. */
const maxPeriod = 4096;

export function rangeAt({ period, advance, low, high }: Coverage, u: number): PixelRange {
  const turns = Math.floor(u / period);
  const phase = u - turns * period;
  return [(low[phase] ?? 0) + turns * advance, (high[phase] ?? 0) + turns * advance];
}

/** The most pixels that are seen from any position. */
export function sizeOf({ low, high }: Coverage): number {
  return Math.max(0, ...low.map((first, phase) => (high[phase] ?? 0) - first + 1));
}

export function jumpOf({ period, advance }: Coverage): number {
  return advance / period;
}

/** From i is seen what was seen from start + step·i. */
export function stepped(coverage: Coverage, start: number, step: number): Coverage {
  if (step === 1 && start === 0) return coverage;
  const common = step === 0 ? coverage.period : greatestCommonDivisor(coverage.period, Math.abs(step));
  const period = coverage.period / common;
  const advance = step === 0 ? 0 : (coverage.advance * step) / common;
  return tabulate(period, advance, (i) => rangeAt(coverage, start + step * i));
}

/** From u is seen what was seen from u + offset, u + offset + spacing, … (`taps` positions). */
export function windowed(coverage: Coverage, taps: number, spacing: number, offset: number): Coverage {
  const { period, advance } = coverage;
  // Without phases what is seen from the ends holds all between them.
  const positions = period === 1 ? [0, (taps - 1) * spacing] : Array.from({ length: taps }, (_, tap) => tap * spacing);
  return tabulate(period, advance, (u) => unite(positions.map((position) => rangeAt(coverage, u + offset + position))));
}

/**
 * Positions `dense / coarse` times as dense as before: v + dense stands where u + coarse stood. `seen` gives the first
 * and last old position that v mixes (undefined: none). Undefined where the pattern repeats too late.
 */
export function refined(
  coverage: Coverage,
  dense: number,
  coarse: number,
  seen: (v: number) => PixelRange | undefined,
): Coverage | undefined {
  const turns = coverage.period / greatestCommonDivisor(coverage.period, coarse);
  const period = dense * turns;
  if (period > maxPeriod) return undefined;
  return tabulate(period, (coverage.advance * coarse * turns) / coverage.period, (v) => {
    const positions = seen(v);
    if (!positions) return nothing;
    const [first, last] = positions;
    const ranges: PixelRange[] = [];
    for (let u = first; u <= last; u++) ranges.push(rangeAt(coverage, u));
    return unite(ranges);
  });
}

/** What either sees; undefined where they drift apart: their jumps differ. */
export function united(a: Coverage, b: Coverage): Coverage | undefined {
  if (a === b) return a;
  if (a.advance * b.period !== b.advance * a.period) return undefined;
  const period = (a.period * b.period) / greatestCommonDivisor(a.period, b.period);
  if (period > maxPeriod) return undefined;
  return tabulate(period, (a.advance * period) / a.period, (u) => unite([rangeAt(a, u), rangeAt(b, u)]));
}

/**
 * For coverages that drift apart, over positions 0 … count − 1: as wide as it takes to hold both everywhere, moving on
 * as `pace` does.
 */
export function enclosing(pace: Coverage, other: Coverage, count: number): Coverage {
  const { period, advance } = pace;
  const low = new Array<number>(period).fill(Infinity);
  const high = new Array<number>(period).fill(-Infinity);
  for (let u = 0; u < count; u++) {
    const phase = u % period;
    const moved = Math.floor(u / period) * advance;
    const [first, last] = unite([rangeAt(pace, u), rangeAt(other, u)]);
    low[phase] = Math.min(low[phase] ?? Infinity, first - moved);
    high[phase] = Math.max(high[phase] ?? -Infinity, last - moved);
  }
  return { period, advance, low, high };
}

/** A coverage that sees the same from everywhere. */
export function constant([low, high]: PixelRange): Coverage {
  return { period: 1, advance: 0, low: [low], high: [high] };
}

export function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

const nothing: PixelRange = [Infinity, -Infinity];

function unite(ranges: readonly PixelRange[]): PixelRange {
  return [Math.min(...ranges.map(([low]) => low)), Math.max(...ranges.map(([, high]) => high))];
}

function tabulate(period: number, advance: number, rangeOf: (u: number) => PixelRange): Coverage {
  const ranges = Array.from({ length: period }, (_, u) => rangeOf(u));
  return { period, advance, low: ranges.map(([low]) => low), high: ranges.map(([, high]) => high) };
}
