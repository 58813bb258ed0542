export interface FilterStatistics {
  /** Of each filter, [out]; `std` is that of its weights as they are (divided by n). */
  readonly mean: Float32Array;
  readonly std: Float32Array;
  readonly l2: Float32Array;
}

/** Of filters `[out, …]`, each `length` numbers. */
export function filterStatistics(weights: Float32Array, out: number): FilterStatistics {
  const length = weights.length / out;
  const [mean, std, l2] = [new Float32Array(out), new Float32Array(out), new Float32Array(out)];
  for (let filter = 0; filter < out; filter++) {
    const values = weights.subarray(filter * length, (filter + 1) * length);
    const average = sum(values, (value) => value) / length;
    mean[filter] = average;
    std[filter] = Math.sqrt(sum(values, (value) => (value - average) ** 2) / length);
    l2[filter] = Math.sqrt(sum(values, (value) => value * value));
  }
  return { mean, std, l2 };
}

/**
 * Filters in an order in which neighbours are alike: the largest first, then always the one that is most like the last, by the
 * cosine of the angle between their weights. Ties: the lower number. A filter of zeros is like none.
 */
export function similarityOrder(weights: Float32Array, out: number): Int32Array {
  const length = weights.length / out;
  const { l2 } = filterStatistics(weights, out);
  const order = new Int32Array(out);
  const left = new Set(Array.from({ length: out }, (_, filter) => filter));
  let last = largest(left, (filter) => l2[filter] ?? 0);
  for (let place = 0; place < out; place++) {
    order[place] = last;
    left.delete(last);
    const from = last;
    last = largest(left, (filter) => cosine(from, filter));
  }
  return order;

  function cosine(a: number, b: number): number {
    const norms = (l2[a] ?? 0) * (l2[b] ?? 0);
    if (norms === 0) return -Infinity;
    let dot = 0;
    for (let i = 0; i < length; i++) dot += (weights[a * length + i] ?? 0) * (weights[b * length + i] ?? 0);
    return dot / norms;
  }
}

function largest(candidates: ReadonlySet<number>, score: (candidate: number) => number): number {
  let best = -1;
  let bestScore = -Infinity;
  for (const candidate of candidates) {
    const own = score(candidate);
    if (best >= 0 && !(own > bestScore)) continue;
    best = candidate;
    bestScore = own;
  }
  return best;
}

function sum(values: Float32Array, term: (value: number) => number): number {
  let total = 0;
  for (const value of values) total += term(value);
  return total;
}
