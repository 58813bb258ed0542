/** Something that goes into one bin as a whole: so many pieces of some kinds. */
export interface BinItem {
  readonly kinds: readonly number[];
  /** Of each of `kinds`. */
  readonly amounts: readonly number[];
}

/**
 * Puts items, one after the other, into bins that are to hold `shares` (of sum 1) of every kind. An item goes where the sum over
 * kinds of (held − due)² / due grows least: Pearson's χ² between the bins as they are and as they should be. Where bins are equally
 * good the emptiest takes it, of those the first. Kind 0 is what is counted for that; every item has some of it.
 *
 * Returns the bin of each item. Bins of like shares all get something where there are as many items as bins.
 */
export function fillBins(items: readonly BinItem[], shares: readonly number[], kindCount: number): Int32Array {
  const totals = new Float64Array(kindCount);
  for (const { kinds, amounts } of items) {
    kinds.forEach((kind, index) => (totals[kind] = (totals[kind] ?? 0) + (amounts[index] ?? 0)));
  }
  const held = shares.map(() => new Float64Array(kindCount));
  return Int32Array.from(items, ({ kinds, amounts }) => {
    let best = 0;
    let [bestGrowth, bestFill] = [Infinity, Infinity];
    held.forEach((own, bin) => {
      const share = shares[bin] ?? 0;
      let growth = 0;
      kinds.forEach((kind, index) => {
        const [amount, due] = [amounts[index] ?? 0, share * (totals[kind] ?? 0)];
        growth += (amount * (2 * ((own[kind] ?? 0) - due) + amount)) / due;
      });
      const fill = (own[0] ?? 0) / share;
      // Sums of doubles in another order differ in their last digits, and are a tie all the same.
      const tie = Math.abs(growth - bestGrowth) <= 1e-9 * Math.max(1, Math.abs(growth));
      if (tie ? fill >= bestFill : growth > bestGrowth) return;
      [best, bestGrowth, bestFill] = [bin, growth, fill];
    });
    const own = held[best];
    if (own) kinds.forEach((kind, index) => (own[kind] = (own[kind] ?? 0) + (amounts[index] ?? 0)));
    return best;
  });
}
