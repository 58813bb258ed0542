/** As the data set lists them; those with the most errors first; those that are taken for each other side by side. */
export const classOrders = ['class', 'errors', 'similarity'] as const;
export type ClassOrder = (typeof classOrders)[number];

/** Classes of a confusion matrix [true × predicted] in an order in which they can be shown. */
export function orderClasses(confusion: ArrayLike<number>, classes: number, order: ClassOrder): readonly number[] {
  const indices = Array.from({ length: classes }, (_, index) => index);
  if (order === 'class') return indices;
  const errors = indices.map((own) => errorsOf(confusion, classes, own));
  // Ties stay in the order of the classes: the sort is stable.
  const byErrors = indices.sort((a, b) => (errors[b] ?? 0) - (errors[a] ?? 0));
  return order === 'errors' ? byErrors : chainBySimilarity(confusion, classes, byErrors);
}

/** Images of a class that were taken for another. */
function errorsOf(confusion: ArrayLike<number>, classes: number, own: number): number {
  let errors = 0;
  for (let other = 0; other < classes; other++) {
    if (other !== own) errors += confusion[own * classes + other] ?? 0;
  }
  return errors;
}

/**
 * From the class with the most errors on, each is followed by the one that is confused with it most often, of those that are
 * left: by the share of their images that go from one to the other. Where nothing is, the one with the most errors follows.
 */
function chainBySimilarity(
  confusion: ArrayLike<number>,
  classes: number,
  byErrors: readonly number[],
): readonly number[] {
  const supports = byErrors.reduce<Float64Array>((sums, own) => {
    for (let other = 0; other < classes; other++)
      sums[own] = (sums[own] ?? 0) + (confusion[own * classes + other] ?? 0);
    return sums;
  }, new Float64Array(classes));
  const share = (from: number, to: number) => (confusion[from * classes + to] ?? 0) / Math.max(1, supports[from] ?? 0);
  const left = new Set(byErrors);
  const chain: number[] = [];
  for (let [next] = byErrors; next !== undefined;) {
    chain.push(next);
    left.delete(next);
    const own: number = next;
    next = undefined;
    let most = -1;
    for (const other of left) {
      const confused = share(own, other) + share(other, own);
      if (confused > most) [most, next] = [confused, other];
    }
  }
  return chain;
}
