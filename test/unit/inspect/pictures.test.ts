import { describe, expect, test } from 'vitest';
import { colorMapTable } from '../../../src/core/inspect/color-map';
import { textPicture } from '../../../src/core/inspect/draw-text';
import { fieldPicture } from '../../../src/core/inspect/field-picture';
import { filterPicture, filterTiles } from '../../../src/core/inspect/filter-picture';
import { enlargeMap, overlayHeat, spreadSquares } from '../../../src/core/inspect/heat-overlay';
import { mapSheet } from '../../../src/core/inspect/map-sheet';
import { blankPicture, drawPicture, enlarged, pictureOfImage, type Picture } from '../../../src/core/inspect/picture';
import { scaleBar, shortNumber } from '../../../src/core/inspect/scale-bar';
import { tileAt, tileCorner, tileGrid } from '../../../src/core/inspect/tile-grid';

const pixel = ({ width, pixels }: Picture, x: number, y: number): readonly number[] => [
  ...pixels.subarray(4 * (y * width + x), 4 * (y * width + x) + 4),
];
const entry = (name: Parameters<typeof colorMapTable>[0], index: number): readonly number[] => [
  ...colorMapTable(name).subarray(4 * index, 4 * index + 4),
];
const everyPixel = (picture: Picture): readonly (readonly number[])[] =>
  Array.from({ length: picture.width * picture.height }, (_, i) => [...picture.pixels.subarray(4 * i, 4 * i + 4)]);

test('a picture is drawn at its place and scale; what is beyond the edge or transparent is left out', () => {
  const small = blankPicture(2, 1);
  small.pixels.set([1, 2, 3, 255], 0);
  const onto = blankPicture(5, 3, [9, 9, 9, 255]);
  drawPicture(onto, small, -1, 1, 2);
  expect([pixel(onto, 0, 1), pixel(onto, 0, 2)]).toEqual([
    [1, 2, 3, 255],
    [1, 2, 3, 255],
  ]);
  for (const [x, y] of [
    [0, 0],
    [1, 1],
    [2, 2],
  ] as const) {
    expect(pixel(onto, x, y)).toEqual([9, 9, 9, 255]);
  }
  expect(enlarged(small, 3)).toMatchObject({ width: 6, height: 3 });
});

test('images are grey or RGB, plane by plane', () => {
  expect(pixel(pictureOfImage(Uint8Array.of(1, 2, 3, 4, 5, 6), [3, 1, 2]), 1, 0)).toEqual([2, 4, 6, 255]);
  expect(pixel(pictureOfImage(Uint8Array.of(1, 2), [1, 1, 2]), 1, 0)).toEqual([2, 2, 2, 255]);
});

test('tiles stand in rows that fill the width, and are found again by their pixels', () => {
  const grid = tileGrid(7, { width: 10, height: 4 }, { gap: 2, width: 35 });
  expect(grid).toMatchObject({ columns: 3, rows: 3, width: 34, height: 16 });
  for (let index = 0; index < 7; index++) {
    const { left, top } = tileCorner(grid, index);
    expect(tileAt(grid, 7, left, top)).toBe(index);
    expect(tileAt(grid, 7, left + 9, top + 3)).toBe(index);
    expect(tileAt(grid, 7, left + 10, top)).toBeUndefined();
  }
  expect(tileAt(grid, 7, 12, 12)).toBeUndefined();
  expect(tileGrid(2, { width: 10, height: 4 }, { gap: 2, columns: 5 }).columns).toBe(2);
});

describe('filters', () => {
  const order = [1, 0];

  test('of three slices are RGB, zero being middle grey; others diverge around zero', () => {
    const weights = Float32Array.of(1, 0, -1, 0.5, 0.5, 0.5);
    const rgb = filterTiles(weights, [2, 3, 1, 1], { order, perFilter: false, colorMap: null });
    expect(rgb.rgb).toBe(true);
    expect(pixel(rgb.tiles[1]?.[0] ?? blankPicture(1, 1), 0, 0)).toEqual([255, 128, 0, 255]);
    const slices = filterTiles(weights, [2, 3, 1, 1], { order, perFilter: true, colorMap: 'diverging' });
    expect(slices.tiles[1]?.map((tile) => pixel(tile, 0, 0))).toEqual(
      [255, 128, 0].map((each) => entry('diverging', each)),
    );
    // In the order that was asked for, each by its own scale.
    expect(slices.tiles[0]?.map((tile) => pixel(tile, 0, 0))).toEqual(
      [255, 255, 255].map((each) => entry('diverging', each)),
    );
  });

  test('of many slices are rows of a table, with a scale bar below; too many are refused', () => {
    const shape = [4, 6, 3, 3];
    const picture = filterPicture(new Float32Array(4 * 54).fill(0.5), shape, {
      order: [0, 1, 2, 3],
      perFilter: false,
      colorMap: null,
    });
    // 6 × 4 tiles of 3 × 3 weights, 11 pixels each, 2 between them.
    expect(pixel(picture, 0, 0)).toEqual(entry('diverging', 255));
    expect(pixel(picture, 5 * 35 + 32, 3 * 35 + 32)).toEqual(entry('diverging', 255));
    expect(pixel(picture, 6 * 35 - 2, 0)).not.toEqual(entry('diverging', 255));
    const huge = { order: Array.from({ length: 5000 }, (_, i) => i), perFilter: false, colorMap: null };
    expect(() => filterPicture(new Float32Array(1), [5000, 5000, 3, 3], huge)).toThrow('would have');
  });
});

test('maps are sequential where nothing is negative, by the scale of the layer or of each', () => {
  const options = { title: 'conv1', colorMap: null, most: Infinity, width: 200 } as const;
  const values = Float32Array.of(0, 1, 0, 4);
  const shared = everyPixel(mapSheet(values, [2, 1, 2], { ...options, perMap: false }));
  const has = (pixels: readonly (readonly number[])[], color: readonly number[]) =>
    pixels.filter((each) => each.join() === color.join()).length;
  // Every value is a square of 16 × 16 pixels: 1 of 4 is the 64th colour. The bar has each colour somewhere too.
  expect(has(shared, entry('sequential', 64))).toBeGreaterThanOrEqual(256);
  const each = everyPixel(mapSheet(values, [2, 1, 2], { ...options, perMap: true }));
  expect(has(each, entry('sequential', 64))).toBeLessThan(256);
  expect(has(each, entry('sequential', 255))).toBeGreaterThanOrEqual(512);
  const signed = everyPixel(mapSheet(Float32Array.of(-1, 2), [2], { ...options, perMap: false }));
  expect(has(signed, entry('diverging', 255))).toBeGreaterThanOrEqual(144);
});

test('a scale bar goes from the first to the last colour, and has numbers under it', () => {
  const bar = scaleBar('diverging', { low: -2, high: 2 }, 200);
  expect(pixel(bar, 1, 5)).toEqual(entry('diverging', 1));
  expect(pixel(bar, 198, 5)).toEqual(entry('diverging', 254));
  const inked = everyPixel(bar).filter(([red = 255]) => red === 34).length;
  expect(inked).toBeGreaterThan(2 * (200 + 12) - 4 + 20);
  expect([0, 0.12345, -1234.5, 1.5e-7, -2e6, NaN].map(shortNumber)).toEqual([
    '0',
    '0.123',
    '−1230',
    '1.5e-7',
    '−2.0e+6',
    'NaN',
  ]);
});

test('every letter of a title can be told from the others', () => {
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.,:-+_/()[]=#%×·σ*'];
  const shapes = letters.map((letter) =>
    everyPixel(textPicture(letter))
      .map(([, , , alpha]) => alpha)
      .join(),
  );
  expect(new Set(shapes).size).toBe(letters.length);
  expect(textPicture('€').pixels).toEqual(textPicture('?').pixels);
});

describe('heat maps', () => {
  test('are enlarged as torch interpolates, bilinear between the middles of places', () => {
    // F.interpolate([[1, 2, 4], [3, 7, -5]], size=(5, 4), mode='bilinear', align_corners=False) of PyTorch 1.13.
    const expected = [
      1, 1.625, 2.75, 4, 1.2, 2.0125, 2.725, 3.1, 2, 3.5625, 2.625, -0.5, 2.8, 5.1125, 2.525, -4.1, 3, 5.5, 2.5, -5,
    ];
    const enlargedMap = enlargeMap(Float32Array.of(1, 2, 4, 3, 7, -5), [2, 3], [5, 4]);
    enlargedMap.forEach((value, i) => expect(value).toBeCloseTo(expected[i] ?? NaN, 5));
  });

  test('of squares give each pixel the mean of those that cover it', () => {
    const spread = spreadSquares(Float32Array.of(1, 3), [1, 2], { size: 2, stride: 1 }, [3, 3]);
    expect([...spread]).toEqual([1, 2, 3, 1, 2, 3, NaN, NaN, NaN]);
  });

  test('lie over the image, but not where there is no number', () => {
    const image = pictureOfImage(Uint8Array.of(0, 100), [1, 1, 2]);
    const range = { low: 0, high: 1 };
    const overlay = overlayHeat(image, Float32Array.of(1, NaN), { range, colorMap: 'grey', opacity: 0.5 });
    expect([pixel(overlay, 0, 0), pixel(overlay, 1, 0)]).toEqual([
      [128, 128, 128, 255],
      [100, 100, 100, 255],
    ]);
  });

  test('of fields frame what theory says, cut off by the image', () => {
    const map = new Float32Array(64).fill(1 / 64);
    const box = { top: -2, left: 2, bottom: 4, right: 20 };
    const picture = fieldPicture(map, [8, 8], box, { center: [4, 4], sigma: [1, 1] });
    // 48 pixels for each of the image's.
    const orange = [255, 140, 0, 255];
    expect([pixel(picture, 2 * 48, 0), pixel(picture, 383, 10), pixel(picture, 200, 4 * 48 - 1)]).toEqual([
      orange,
      orange,
      orange,
    ]);
    expect(pixel(picture, 10, 10)).toEqual(entry('sequential', 255));
  });
});
