import { expect, test } from 'vitest';
import {
  colorIndex,
  colorMapNames,
  colorMapTable,
  mapRanges,
  paintValues,
  valueRange,
  type ColorMapName,
} from '../../../src/core/inspect/color-map';
import { contrast, leastDistance } from '../../webviews/colour-vision';

const colorAt = (name: ColorMapName, entry: number): string =>
  `#${[...colorMapTable(name).subarray(4 * entry, 4 * entry + 3)].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
/** Steps of 1/16 of the range: what two neighbouring shades of a map may differ by. */
const sixteenths = Array.from({ length: 17 }, (_, step) => Math.min(255, 16 * step));

test.each(['sequential', 'grey'] as const)('%s gets lighter all the way', (name) => {
  const light = sixteenths.map((entry) => contrast(colorAt(name, entry), '#000000'));
  light.slice(1).forEach((value, index) => expect(value).toBeGreaterThan(light[index] ?? 0));
  expect(contrast(colorAt(name, 0), colorAt(name, 255))).toBeGreaterThan(12);
});

test.each(colorMapNames)('the colour-blind tell the shades of %s apart', (name) => {
  sixteenths.slice(1).forEach((entry, index) => {
    expect(leastDistance(colorAt(name, sixteenths[index] ?? 0), colorAt(name, entry))).toBeGreaterThan(0.025);
  });
});

test('diverging is white at zero, and as dark on both sides, in colours that no eye takes for each other', () => {
  expect([colorAt('diverging', 127), colorAt('diverging', 128)]).toEqual(['#ffffff', '#ffffff']);
  for (const away of [16, 48, 96, 127]) {
    const [below, above] = [colorAt('diverging', 127 - away), colorAt('diverging', 128 + away)];
    expect(contrast(below, above)).toBeLessThan(1.35);
    expect(leastDistance(below, above)).toBeGreaterThan(0.05);
  }
});

test('ranges: of all values, around zero, from zero, by map or shared; what is not a number does not count', () => {
  expect(valueRange([2, NaN, -3, Infinity], 'full')).toEqual({ low: -3, high: 2 });
  expect(valueRange([2, -3], 'symmetric')).toEqual({ low: -3, high: 3 });
  expect(valueRange([2, 1], 'from-zero')).toEqual({ low: 0, high: 2 });
  expect(valueRange([NaN], 'full')).toEqual({ low: 0, high: 0 });
  const maps = Float32Array.from([0, 1, -4, 2]);
  expect(mapRanges(maps, 2, { shared: false, kind: 'symmetric' })).toEqual([
    { low: -1, high: 1 },
    { low: -4, high: 4 },
  ]);
  expect(mapRanges(maps, 2, { shared: true, kind: 'full' })[1]).toEqual({ low: -4, high: 2 });
});

test('values are painted by their place in the range; those beyond it as its ends, none as nothing', () => {
  const pixels = paintValues([-9, 0, 1, NaN, 2], { low: 0, high: 1 }, 'grey');
  expect([...pixels]).toEqual([
    ...[0, 0, 0, 255],
    ...[0, 0, 0, 255],
    ...[255, 255, 255, 255],
    ...[0, 0, 0, 0],
    ...[255, 255, 255, 255],
  ]);
  expect(colorIndex(5, { low: 5, high: 5 })).toBe(128);
  const into = new Uint8ClampedArray(8);
  paintValues([1], { low: 0, high: 1 }, 'grey', into, 1);
  expect([...into]).toEqual([0, 0, 0, 0, 255, 255, 255, 255]);
});
