export interface ValueStatistics {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** Divided by n. */
  readonly std: number;
  /** How many are exactly zero. */
  readonly zeroShare: number;
}

/** Of at least one value; in double precision, differences taken from the mean. */
export function valueStatistics(values: Float32Array): ValueStatistics {
  let [min, max, sum, zeros] = [Infinity, -Infinity, 0, 0];
  for (const value of values) {
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
    if (value === 0) zeros++;
  }
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return { min, max, mean, std: Math.sqrt(squares / values.length), zeroShare: zeros / values.length };
}
