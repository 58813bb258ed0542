import type { PadMode } from '../../core/ops/padding/pad';
import type { KernelStep } from '../plan';
import { listAttribute } from './attributes';

/** One padded dimension: the place in x of each place in y, −1 where there is none. */
export interface PadAxis {
  readonly size: number;
  /** Places before the first one of x; negative: so many are cut off. */
  readonly low: number;
  readonly places: readonly number[];
}

/** The padded dimensions, outermost first, and the product of those before. */
export function padAxes(
  mode: PadMode,
  step: KernelStep,
  shape: readonly number[],
): { outer: number; axes: readonly PadAxis[] } {
  const [before, after] = [listAttribute(step.attrs, 'before'), listAttribute(step.attrs, 'after')];
  const start = shape.length - before.length;
  let outer = shape.slice(0, start).reduce((product, size) => product * size, 1);
  const sides = before.map((low, d) => ({ size: shape[start + d] ?? 1, low, high: after[d] ?? 0 }));
  if (mode === 'constant') {
    // What is not padded joins its neighbour: rows get longer, row dimensions fewer.
    while (sides.length > 1 && sides[0]?.low === 0 && sides[0].high === 0) outer *= sides.shift()?.size ?? 1;
    for (let last = sides.at(-1); sides.length > 1 && last?.low === 0 && last.high === 0; last = sides.at(-1)) {
      const unit = last.size;
      sides.pop();
      const { size, low, high } = sides.pop() ?? last;
      sides.push({ size: size * unit, low: low * unit, high: high * unit });
    }
  }
  return { outer, axes: sides.map(({ size, low, high }) => ({ size, low, places: placesOf(mode, size, low, high) })) };
}

/** Source: PyTorch, torch.nn.functional.pad. */
function placesOf(mode: PadMode, size: number, low: number, high: number): readonly number[] {
  // Cropping comes first: what is cut off is not repeated.
  const kept = size + Math.min(low, 0) + Math.min(high, 0);
  return Array.from({ length: size + low + high }, (_, i) => {
    const place = i - low;
    switch (mode) {
      case 'constant':
        return place >= 0 && place < size ? place : -1;
      case 'reflect':
        return place < 0 ? -place : place >= size ? 2 * (size - 1) - place : place;
      case 'replicate':
        return Math.min(Math.max(place, 0), size - 1);
      case 'circular': {
        const first = Math.max(-low, 0);
        return ((((place - first) % kept) + kept) % kept) + first;
      }
    }
  });
}

export function identity(size: number): PadAxis {
  return { size, low: 0, places: Array.from({ length: size }, (_, i) => i) };
}

/** For each place of x the places of y that show it, and where they begin in that list; one more for its end. */
export function placeLists({ size, places }: Pick<PadAxis, 'size' | 'places'>): {
  readonly starts: readonly number[];
  readonly places: readonly number[];
} {
  const lists = Array.from({ length: size }, (): number[] => []);
  places.forEach((place, i) => lists[place]?.push(i));
  let end = 0;
  return { starts: [0, ...lists.map(({ length }) => (end += length))], places: lists.flat() };
}
