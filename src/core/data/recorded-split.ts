import { isObject } from '../is-object';
import type { Dataset, ItemKey } from './dataset';
import { splitBy, type DatasetSplits } from './splits';

/** Which training images of a data set a run has set aside for validation: kept in the run, so that it can be repeated. */
export interface RecordedSplit {
  readonly formatVersion: 1;
  /** Of the data set. */
  readonly fingerprint: string;
  /** Training images before any were set aside. */
  readonly imageCount: number;
  /** Their places among those, ascending. */
  readonly validation: readonly number[];
  /** What the images at these places are called; null where they have no names. */
  readonly keys: readonly ItemKey[] | null;
}

export function recordSplit({ train, fingerprint }: Dataset, validation: Int32Array): RecordedSplit {
  const { count, keys } = train;
  return {
    formatVersion: 1,
    fingerprint,
    imageCount: count,
    validation: [...validation],
    keys: keys ? Array.from(validation, (index) => keys[index] ?? '') : null,
  };
}

/**
 * The parts as they were. Images go by their names, where they have some: those that have come since are training images, those that
 * are gone are missing. Undefined where the images can't be told to be the same.
 */
export function restoreSplit(
  dataset: Dataset,
  { imageCount, validation, keys }: RecordedSplit,
): DatasetSplits | undefined {
  const { train } = dataset;
  if (!keys || !train.keys) {
    return train.count === imageCount ? splitBy(dataset, Int32Array.from(validation)) : undefined;
  }
  const wanted = new Set(keys);
  const found = train.keys.flatMap((key, index) => (wanted.has(key) ? [index] : []));
  return found.length > 0 && found.length < train.count ? splitBy(dataset, Int32Array.from(found)) : undefined;
}

/** Reads what `JSON.stringify` wrote of it; undefined where it is something else. */
export function parseRecordedSplit(value: unknown): RecordedSplit | undefined {
  if (!isObject(value)) return undefined;
  const { formatVersion, fingerprint, imageCount, validation, keys } = value;
  const isPlace = (place: unknown) =>
    Number.isInteger(place) && Number(place) >= 0 && Number(place) < Number(imageCount);
  if (formatVersion !== 1 || typeof fingerprint !== 'string' || !Number.isInteger(imageCount)) return undefined;
  if (!Array.isArray(validation) || !validation.every(isPlace)) return undefined;
  if (keys !== null && !(Array.isArray(keys) && keys.length === validation.length && keys.every(isText))) {
    return undefined;
  }
  return {
    formatVersion,
    fingerprint,
    imageCount: Number(imageCount),
    validation: validation as readonly number[],
    keys: keys as readonly ItemKey[] | null,
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
