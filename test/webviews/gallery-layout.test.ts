import { describe, expect, test } from 'vitest';
import { GalleryLayout } from '../../src/webviews/dataset/gallery-layout';

describe('the layout of a gallery', () => {
  const metrics = { side: 64, caption: 17, gap: 8, heading: 34 };
  /** Groups of 1, 7, 3 and 20 tiles. */
  const starts = Int32Array.of(0, 1, 8, 11, 31);
  const layout = new GalleryLayout(starts, metrics, 400);
  const places = Array.from({ length: layout.count }, (_, place) => place);

  test('finds each tile where it has put it, and nothing in the gaps', () => {
    expect(layout.columns).toBe(5);
    for (const place of places) {
      const { left, top } = layout.boxOf(place);
      expect(layout.placeAt(left, top)).toBe(place);
      expect(layout.placeAt(left + 63, top + 64 + 16)).toBe(place);
      expect(layout.placeAt(left - 1, top)).toBeNull();
      expect(layout.placeAt(left, top + 64 + 17)).toBeNull();
    }
  });

  test('lets no two tiles, and no heading and tile, lie over each other', () => {
    const bottoms = places.map((place) => layout.boxOf(place).top + 64 + 17);
    for (let group = 0; group < 4; group++) {
      const above = bottoms.slice(0, layout.startOf(group));
      expect(Math.max(0, ...above)).toBeLessThanOrEqual(layout.headingTop(group));
      expect(layout.headingAt(layout.headingTop(group) + 5)).toBe(group);
      expect(layout.boxOf(layout.startOf(group)).top).toBe(layout.headingTop(group) + 34);
    }
    expect(Math.max(...bottoms)).toBeLessThanOrEqual(layout.height);
  });

  test('tells for any window the tiles that are seen in it', () => {
    for (let top = 0; top < layout.height; top += 13) {
      const bottom = top + 150;
      const seen = places.filter((place) => {
        const box = layout.boxOf(place);
        return box.top < bottom && box.top + 64 + 17 > top;
      });
      const [first, end] = layout.groupsBetween(top, bottom);
      const told = Array.from({ length: end - first }, (_, at) => layout.tilesBetween(first + at, top, bottom));
      const range = told.flatMap(([from, to]) => Array.from({ length: to - from }, (_, at) => from + at));
      expect(seen.filter((place) => !range.includes(place))).toEqual([]);
      // At most one row more, whose gap alone is seen.
      expect(range.length - seen.length).toBeLessThanOrEqual(2 * layout.columns);
    }
  });

  test('goes up and down in a column, over short rows and headings', () => {
    // From the only tile of the first group into the second, whose last row has two tiles.
    expect(layout.vertical(0, 1)).toBe(1);
    expect(layout.vertical(5, 1)).toBe(7);
    expect(layout.vertical(7, 1)).toBe(9);
    expect(layout.vertical(9, -1)).toBe(7);
    expect(layout.vertical(0, -1)).toBeNull();
    expect(layout.vertical(30, 1)).toBeNull();
  });

  test('holds a hundred thousand tiles, and none', () => {
    const many = new GalleryLayout(Int32Array.of(0, 100_000), { ...metrics, heading: 0 }, 1200);
    const { left, top } = many.boxOf(99_999);
    expect(many.placeAt(left + 1, top + 1)).toBe(99_999);
    const none = new GalleryLayout(Int32Array.of(0, 0), { ...metrics, heading: 0 }, 1200);
    expect(none.placeAt(20, 20)).toBeNull();
    expect(none.height).toBe(8);
  });
});
