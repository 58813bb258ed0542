import type { Marker } from './palette';

export type Corner = readonly [x: number, y: number];

/** Corners of a marker about the origin, with about the same area for each shape; null for a circle. */
export function markerCorners(marker: Marker, radius: number): readonly Corner[] | null {
  if (marker === 'circle') return null;
  const reach = marker === 'square' ? radius * 0.9 : radius * 1.25;
  const turn = marker === 'square' ? Math.PI / 4 : 0;
  const circumradius = marker === 'square' ? reach * Math.SQRT2 : reach;
  return [0, 1, 2, 3].map((corner) => around(circumradius, turn + (corner * Math.PI) / 2));
}

/** Corners of the five-pointed star that marks the best checkpoint. */
export function starCorners(radius: number): readonly Corner[] {
  return Array.from({ length: 10 }, (_, corner) =>
    around(corner % 2 === 0 ? radius : radius * 0.45, (corner * Math.PI) / 5),
  );
}

/** Clockwise from the top. */
function around(radius: number, angle: number): Corner {
  return [radius * Math.sin(angle), -radius * Math.cos(angle)];
}
