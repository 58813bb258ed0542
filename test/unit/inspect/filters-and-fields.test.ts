import { expect, test } from 'vitest';
import { measureField, normalizeMap } from '../../../src/core/inspect/effective-field';
import { elementBox } from '../../../src/core/inspect/element-box';
import { filterStatistics, similarityOrder } from '../../../src/core/inspect/filter-statistics';
import { gradCam } from '../../../src/core/inspect/grad-cam';
import { addTotalVariationGradient, roll } from '../../../src/core/inspect/image-priors';

test('statistics of filters by hand', () => {
  const { mean, std, l2 } = filterStatistics(Float32Array.from([1, 2, 3, 4, 0, 0, 0, 0]), 2);
  expect([...mean]).toEqual([2.5, 0]);
  expect([...std]).toEqual([Math.fround(Math.sqrt(1.25)), 0]);
  expect([...l2]).toEqual([Math.fround(Math.sqrt(30)), 0]);
});

test('like filters stand side by side, the largest first, zeros last', () => {
  const filters = [
    [0, 1],
    [0, 0],
    [3, 0],
    [0.1, 0.9],
    [1, 0.1],
  ];
  expect([...similarityOrder(Float32Array.from(filters.flat()), 5)]).toEqual([2, 4, 3, 0, 1]);
});

test('a sampled Gaussian has its own middle and spread', () => {
  // Wide enough that it does not matter that pixels are in or out as a whole.
  const [height, width] = [161, 241] as const;
  const map = normalizeMap(
    Float64Array.from({ length: height * width }, (_, i) => {
      const [y, x] = [Math.floor(i / width), i % width];
      return Math.exp(-((y - 78) ** 2) / (2 * 12 ** 2) - (x - 121) ** 2 / (2 * 20 ** 2));
    }),
  );
  const box = { top: 78 - 14, bottom: 78 + 15, left: -10, right: 400 };
  const { center, sigma, withinTheoretical, withinTwoSigma } = measureField(map, [height, width], box);
  expect(center[0]).toBeCloseTo(78, 3);
  expect(center[1]).toBeCloseTo(121, 3);
  expect(sigma[0]).toBeCloseTo(12, 3);
  expect(sigma[1]).toBeCloseTo(20, 3);
  // Within 14.5 pixels of the middle along y: erf(14.5 / (12·√2)).
  expect(withinTheoretical).toBeCloseTo(0.7731, 3);
  // Of two dimensions: 1 − e⁻².
  expect(withinTwoSigma).toBeCloseTo(1 - Math.exp(-2), 2);
});

test('Grad-CAM weights maps by the mean gradient and keeps what speaks for the class', () => {
  const maps = Float32Array.from([1, 2, 3, 4, 10, 0, 0, 10]);
  const gradients = Float32Array.from([1, 1, 1, 1, -0.5, -0.5, 0, 0]);
  // α = 1 and −0.25
  expect([...gradCam(maps, gradients, 2)]).toEqual([0, 2, 3, 1.5]);
});

test('an element sees a box that may begin in the padding', () => {
  const field = { size: [5, 7], jump: [2, 1], start: [-2, -3] };
  expect(elementBox(field, 0, 0)).toEqual({ top: -2, left: -3, bottom: 3, right: 4 });
  expect(elementBox(field, 3, 5)).toEqual({ top: 4, left: 2, bottom: 9, right: 9 });
});

test('an image that is moved around its edges and back is the same', () => {
  const image = Float32Array.from({ length: 2 * 3 * 4 }, (_, i) => i);
  const moved = roll(image, [2, 3, 4], 1, -1);
  expect([...moved.subarray(0, 4)]).toEqual([9, 10, 11, 8]);
  expect(roll(moved, [2, 3, 4], -1, 1)).toEqual(image);
});

test('the gradient of total variation is that of finite differences', () => {
  const shape = [2, 3, 3];
  const image = Float32Array.from({ length: 18 }, (_, i) => Math.sin(3 * i));
  const variation = (x: Float64Array) => {
    let sum = 0;
    for (let c = 0; c < 2; c++) {
      for (let y = 0; y < 3; y++) {
        for (let k = 0; k < 3; k++) {
          const at = (c * 3 + y) * 3 + k;
          if (y < 2) sum += ((x[at + 3] ?? 0) - (x[at] ?? 0)) ** 2;
          if (k < 2) sum += ((x[at + 1] ?? 0) - (x[at] ?? 0)) ** 2;
        }
      }
    }
    return sum;
  };
  const gradient = new Float64Array(18);
  addTotalVariationGradient(gradient, image, shape, 1);
  for (let i = 0; i < 18; i++) {
    const [up, down] = [Float64Array.from(image), Float64Array.from(image)];
    up[i] = (up[i] ?? 0) + 1e-4;
    down[i] = (down[i] ?? 0) - 1e-4;
    expect(gradient[i]).toBeCloseTo((variation(up) - variation(down)) / 2e-4, 6);
  }
});
