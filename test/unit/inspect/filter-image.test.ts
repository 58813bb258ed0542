import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../../src/core/errors';
import { explainFilter } from '../../../src/core/inspect/explain-filter';
import { filterImage, type Planes } from '../../../src/core/inspect/filter-image';
import type { FilterSettings } from '../../../src/core/inspect/filter-sizes';
import { kernelPresets } from '../../../src/core/inspect/kernel-presets';

interface Case extends FilterSettings {
  readonly image: { readonly shape: readonly [number, number, number]; readonly values: readonly number[] };
  readonly output?: { readonly shape: readonly number[]; readonly values: readonly number[] };
  /** What torch said. */
  readonly error?: string;
}

const fixture = join(import.meta.dirname, '../../fixtures/torch/filter_images.json');
const cases = JSON.parse(readFileSync(fixture, 'utf8')) as readonly Case[];

function planesOf({ shape: [channels, height, width], values }: Case['image']): Planes {
  return { channels, height, width, values: Float32Array.from(values) };
}

const named = cases.map((each, index) => {
  const { kernel, stride, dilation, edge, pool } = each;
  const name = `${index}: ${kernel.height}×${kernel.width} stride ${stride} dilation ${dilation} ${edge} ${pool ? `${pool.kind} ${pool.size}/${pool.stride}` : ''}`;
  return [name, each] as const;
});

describe('a filtered image', () => {
  test.each(named.filter(([, { output }]) => output))('is what torch makes of it, and adds up: %s', (_, each) => {
    const image = planesOf(each.image);
    const filtered = filterImage(image, each);
    const { channels, height, width, values } = filtered.output;
    expect([channels, height, width]).toEqual(each.output?.shape);
    const largest = Math.max(1, ...(each.output?.values ?? []).map(Math.abs));
    each.output?.values.forEach((wanted, at) => {
      // Single precision, against torch's double.
      expect(Math.abs((values[at] ?? NaN) - wanted)).toBeLessThan(2e-7 * largest);
    });
    for (let at = 0; at < values.length; at++) {
      const [channel, place] = [Math.floor(at / (height * width)), at % (height * width)];
      const told = explainFilter(image, filtered, each, channel, Math.floor(place / width), place % width);
      const sum = told.patch.reduce((total, value, tap) => total + value * (each.kernel.weights[tap] ?? 0), 0);
      expect(told.value).toBeCloseTo(sum * each.kernel.factor + each.kernel.bias, 9);
      const value = told.window ? told.window.value : told.activated;
      expect(Math.abs(value - (values[at] ?? NaN))).toBeLessThan(2e-7 * largest);
      if (told.window && told.window.taken !== null) {
        expect(Math.abs(told.activated - told.window.value)).toBeLessThan(2e-7 * largest);
      }
    }
  });

  test.each(named.filter(([, { error }]) => error))('is refused where torch refuses it: %s', (_, each) => {
    expect(() => filterImage(planesOf(each.image), each)).toThrow(UserError);
  });
});

test('a padding that the image cannot give is refused', () => {
  const kernel = { height: 7, width: 1, weights: Array<number>(7).fill(1), factor: 1, bias: 0 };
  const image: Planes = { channels: 1, height: 3, width: 3, values: new Float32Array(9) };
  const settings = { kernel, stride: 1, dilation: 1, activation: 'none', pool: null } as const;
  expect(() => filterImage(image, { ...settings, edge: 'reflect' })).toThrow(/reflection of 3 pixels/);
  expect(filterImage(image, { ...settings, edge: 'circular' }).output.height).toBe(3);
  expect(() => filterImage(image, { ...settings, dilation: 2, edge: 'circular' })).toThrow(/going once around/);
});

test('presets that are shown as images keep a flat image as bright as it is; those of edges make it zero', () => {
  const image: Planes = { channels: 1, height: 9, width: 9, values: new Float32Array(81).fill(200) };
  const settings = { stride: 1, dilation: 1, edge: 'replicate', activation: 'none', pool: null } as const;
  for (const { name, kernel, view } of kernelPresets) {
    const { values } = filterImage(image, { ...settings, kernel }).output;
    const wanted = view === 'image' ? 200 : 0;
    expect([name, [...values].every((value) => Math.abs(value - wanted) < 1e-4)]).toEqual([name, true]);
  }
});
