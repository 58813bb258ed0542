/** Index of the first value that is not below `target`; the length where there is none. `values` ascend; a NaN counts as above. */
export function lowerBound(values: Float64Array, target: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? NaN) < target) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of the value that is nearest to `target`; null where there is none. */
export function nearestIndex(values: Float64Array, target: number): number | null {
  const after = lowerBound(values, target);
  const candidates = [after - 1, after].filter((index) => Number.isFinite(values[index] ?? NaN));
  const distance = (index: number): number => Math.abs((values[index] ?? NaN) - target);
  const [first, second] = candidates;
  if (first === undefined) return null;
  return second !== undefined && distance(second) < distance(first) ? second : first;
}
