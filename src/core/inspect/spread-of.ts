/** Some measurements of the same thing. */
export interface Spread {
  readonly mean: number;
  /** Of the sample: divided by n − 1; NaN for a single value. */
  readonly std: number;
  readonly values: readonly number[];
}

export function spreadOf(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, std: values.length < 2 ? NaN : Math.sqrt(squares / (values.length - 1)), values };
}

/** `93.10 % ± 1.20 %` */
export function describeSpread({ mean, std }: Spread, format: (value: number) => string): string {
  return `${format(mean)} ± ${format(std)}`;
}
