import * as v from 'valibot';
import { directTile, isTileName, productKinds, tiles, type ProductKind, type Tile } from './encode/gemm/tile';

/**
 * How fast a device computes matrix products with each tile: what partitions are chosen by. Results depend on it by rounding
 * alone, and are the same in every run with one tuning. Plain data, to be kept as JSON.
 */
export interface Tuning {
  /** Products a second of each tile by its name, relative to the fastest one. A tile that is missing is not used. */
  readonly speeds: Readonly<Record<ProductKind, Readonly<Record<string, number>>>>;
  /** Threads that are needed to keep the device busy; 1: it computes one after the other, and waiting for each other costs it much. */
  readonly threads: number;
}

/** What was typical for large GPUs when it was written; to be replaced by what a device measures (`measure-tuning.ts`). */
export const defaultTuning: Tuning = {
  speeds: mapKinds(() => Object.fromEntries(tiles.map(({ name, speed }) => [name, speed]))),
  threads: 2 ** 16,
};

/** Only one tile, for measurements. */
export function tuningWith({ name }: Tile, threads = defaultTuning.threads): Tuning {
  return { speeds: mapKinds(() => ({ [name]: 1 })), threads };
}

/** For GPUs in software, where nothing else is worth measuring. */
export const softwareTuning = tuningWith(directTile, 1);

/** What a file says; undefined where it is no tuning of this version's tiles. */
export function parseTuning(text: string): Tuning | undefined {
  let tuning: v.InferOutput<typeof storedTuning>;
  try {
    tuning = v.parse(storedTuning, JSON.parse(text));
  } catch {
    return undefined; // Cut off, or written by another version: it is measured again.
  }
  const known = productKinds.every((kind) => {
    const names = Object.keys(tuning.speeds[kind]);
    return names.length > 0 && names.every(isTileName);
  });
  return known ? tuning : undefined;
}

function mapKinds<Value>(value: () => Value): Record<ProductKind, Value> {
  return { matrix: value(), windows: value(), weights: value() };
}

const speedsByTile = v.record(v.string(), v.pipe(v.number(), v.gtValue(0)));
const storedTuning = v.object({
  speeds: v.object({ matrix: speedsByTile, windows: speedsByTile, weights: speedsByTile }),
  threads: v.pipe(v.number(), v.integer(), v.minValue(1)),
});
