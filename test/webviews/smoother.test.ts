import { describe, expect, test } from 'vitest';
import { Smoother } from '../../src/webviews/curves/smoother';

describe('smoothing', () => {
  const values = Float64Array.from({ length: 200 }, (_, index) => Math.sin(index / 7) + 2);

  test('is the weighted mean of all values so far, each weighing w times the one after it', () => {
    const weight = 0.9;
    const smoothed = new Smoother(weight).extend(values);
    for (const count of [1, 2, 3, 17, 200]) {
      // Written out from the definition, not by recursion: Σ wⁿ⁻ⁱ xᵢ / Σ wⁿ⁻ⁱ.
      let [sum, weights] = [0, 0];
      for (let index = 0; index < count; index++) {
        const share = weight ** (count - 1 - index);
        sum += share * (values[index] ?? NaN);
        weights += share;
      }
      expect(smoothed[count - 1]).toBeCloseTo(sum / weights, 10);
    }
  });

  test('does not lean towards zero at the start', () => {
    for (const value of new Smoother(0.99).extend(Float64Array.of(5, 5, 5))) expect(value).toBeCloseTo(5, 10);
  });

  test('gives the same numbers whether values come at once or one by one', () => {
    const stepwise = new Smoother(0.6);
    for (let count = 1; count < values.length; count++) stepwise.extend(values.subarray(0, count));
    expect([...stepwise.extend(values)]).toEqual([...new Smoother(0.6).extend(values)]);
  });

  test('leaves values as they are at weight 0, and steps over a loss that diverged', () => {
    expect([...new Smoother(0).extend(Float64Array.of(3, 1, 2))]).toEqual([3, 1, 2]);
    const smoothed = new Smoother(0.5).extend(Float64Array.of(1, NaN, 1, Infinity, 1));
    expect([...smoothed]).toEqual([1, NaN, 1, NaN, 1]);
  });
});
