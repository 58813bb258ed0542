import { describe, expect, test } from 'vitest';
import { lineShape } from '../../src/webviews/curves/line-shape';
import { project } from '../../src/webviews/curves/project';
import { fitYRange, pan, within, zoomAround } from '../../src/webviews/curves/ranges';
import { linearTicks, logTicks, timeTicks } from '../../src/webviews/curves/ticks';

const box = { left: 0, top: 0, width: 100, height: 100 };
const view = { x: { min: 0, max: 100 }, y: { min: 0, max: 1 }, log: false };

describe('the shape of a line', () => {
  test('goes through each point while there is room, and breaks at what is no number', () => {
    const shape = lineShape(Float64Array.of(0, 10, 20, 30), Float64Array.of(0, 1, NaN, 0.5), project(box, view), 2);
    expect(shape).toEqual({
      filled: false,
      pieces: [
        [
          [0, 100],
          [10, 0],
        ],
        [[30, 50]],
      ],
    });
  });

  test('keeps a spike of one in fifty thousand points', () => {
    const count = 50_000;
    const xs = Float64Array.from({ length: count }, (_, index) => (100 * index) / count);
    const ys = new Float64Array(count).fill(0.5);
    ys[33_333] = 1;
    const { filled, pieces } = lineShape(xs, ys, project(box, view), 2);
    expect(filled).toBe(true);
    expect(pieces).toHaveLength(1);
    const corners = pieces[0] ?? [];
    expect(corners.length).toBeLessThanOrEqual(2 * 102);
    expect(Math.min(...corners.map(([, y]) => y))).toBe(-1); // y = 0 less half the width of the line
    expect(corners.find(([, y]) => y === -1)?.[0]).toBe(67);
  });

  test('leaves out what a logarithm does not have', () => {
    const log = project(box, { ...view, y: { min: 0.01, max: 1 }, log: true });
    const { pieces } = lineShape(Float64Array.of(0, 10, 20), Float64Array.of(0.1, 0, 1), log, 2);
    expect(pieces).toEqual([[[0, 50]], [[20, 0]]]);
  });
});

describe('ticks', () => {
  test('are round numbers in the range', () => {
    expect(linearTicks({ min: 0, max: 12 }, 7)).toEqual([0, 2, 4, 6, 8, 10, 12]);
    expect(linearTicks({ min: 0.11, max: 0.52 }, 5)).toEqual([0.2, 0.3, 0.4, 0.5]);
    expect(linearTicks({ min: 0, max: 0.3 }, 3)).toEqual([0, 0.1, 0.2, 0.3]);
  });

  test('of a clock are what a clock shows', () => {
    expect(timeTicks({ min: 0, max: 200 }, 4)).toEqual([0, 60, 120, 180]);
    expect(timeTicks({ min: 0, max: 7200 }, 4)).toEqual([0, 1800, 3600, 5400, 7200]);
  });

  test('of a logarithmic axis are powers of ten, with 2 and 5 where there is room', () => {
    expect(logTicks({ min: 0.04, max: 2.5 }, 8)).toEqual([0.05, 0.1, 0.2, 0.5, 1, 2]);
    expect(logTicks({ min: 1e-6, max: 1e3 }, 5)).toEqual([1e-6, 1e-4, 1e-2, 1, 100]);
    expect(logTicks({ min: 0.2, max: 0.9 }, 5)).toEqual([0.2, 0.4, 0.6, 0.8]);
  });
});

describe('ranges', () => {
  const line = { key: '', run: '', runName: '', kind: 'validation', slot: 0, best: null } as const;
  const limits = { min: 0, max: 1 };

  test('of values fit what is in view, not what is zoomed away', () => {
    const lines = [{ ...line, xs: Float64Array.of(1, 2, 3, 4, 5), ys: Float64Array.of(1, 0.5, 0.4, 0.3, 0.2) }];
    const { min, max } = fitYRange(lines, { min: 2.9, max: 4.1 }, { log: false, limits });
    // At the ends of the view the line stands at 0.41 and 0.29; 6 % of air.
    expect(max).toBeCloseTo(0.41 + 0.0072, 6);
    expect(min).toBeCloseTo(0.29 - 0.0072, 6);
  });

  test('never show less than no loss or more than all images', () => {
    const lines = [{ ...line, xs: Float64Array.of(1, 2), ys: Float64Array.of(0, 1) }];
    const range = fitYRange(lines, { min: 0, max: 2 }, { log: false, limits });
    expect(range.min).toBeGreaterThan(-0.01);
    expect(range.max).toBeLessThan(1.01);
    const loss = fitYRange(lines, { min: 0, max: 2 }, { log: false, limits: { min: 0, max: Infinity } });
    expect(loss.min).toBe(0);
  });

  test('stay within what there is when zoomed and moved', () => {
    const full = { min: 0, max: 10 };
    expect(zoomAround(full, full, 5, 0.5)).toEqual({ min: 2.5, max: 7.5 });
    expect(zoomAround({ min: 2.5, max: 7.5 }, full, 5, 4)).toBeNull();
    expect(pan({ min: 4, max: 6 }, full, 10)).toEqual({ min: 8, max: 10 });
    expect(within({ min: -3, max: 2 }, full)).toEqual({ min: 0, max: 5 });
  });
});
