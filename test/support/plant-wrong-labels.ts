import { PhiloxStream } from '../../src/core/rng/philox';

/** Every 1/share-th label, of images drawn without replacement, is another one, drawn evenly: their places and the new labels. */
export function wrongLabels(
  labels: ArrayLike<number>,
  classCount: number,
  share: number,
  seed: number,
): ReadonlyMap<number, number> {
  const random = new PhiloxStream(seed, 0x77726f6e, 0);
  const wrong = new Map<number, number>();
  while (wrong.size < Math.round(share * labels.length)) {
    const index = random.nextBelow(labels.length);
    if (wrong.has(index)) continue;
    const other = random.nextBelow(classCount - 1);
    wrong.set(index, other >= (labels[index] ?? 0) ? other + 1 : other);
  }
  return wrong;
}

/** Of the planted ones, those that were found; of the found ones, those that were planted. */
export function judgeSuspects<Name>(found: readonly Name[], planted: ReadonlySet<Name>) {
  const right = found.filter((name) => planted.has(name)).length;
  return { recall: right / planted.size, precision: found.length === 0 ? 1 : right / found.length };
}
