/**
 * Largest difference, relative to the largest magnitude that is expected: max|a − b| / max|b|. Small elements are thus
 * held to the rounding of the large ones that they are summed with. NaN where a value is missing or not a number, or
 * where all that is expected is zero and something else was found: NaN is within no tolerance.
 */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return NaN;
  let [difference, magnitude] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    const [a, b] = [actual[i] ?? NaN, expected[i] ?? NaN];
    if (Number.isNaN(a - b)) return NaN;
    difference = Math.max(difference, Math.abs(a - b));
    magnitude = Math.max(magnitude, Math.abs(b));
  }
  if (difference === 0) return 0;
  return magnitude === 0 ? NaN : difference / magnitude;
}
