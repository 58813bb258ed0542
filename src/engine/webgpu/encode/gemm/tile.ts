/** How a workgroup computes its part of a matrix product. */
export interface Tile {
  readonly name: string;
  /** Of the result, and how many products are made between two barriers. */
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  /** What each thread computes: multiples of 4. */
  readonly threadRows: number;
  readonly threadColumns: number;
  /** A guess for devices that have not been measured: products a second relative to the fastest tile, with work for all. */
  readonly speed: number;
}

/** Matrices; windows on images (convolutions and their gradients of the input); the same transposed (gradients of weights). */
export type ProductKind = 'matrix' | 'windows' | 'weights';
export const productKinds: readonly ProductKind[] = ['matrix', 'windows', 'weights'];

/** From the largest to the smallest. Few rows: networks' first layers and narrow groups; few columns: classes. */
export const tiles: readonly Tile[] = [
  { name: '128x128', rows: 128, columns: 128, depth: 8, threadRows: 8, threadColumns: 8, speed: 1 },
  { name: '128x64', rows: 128, columns: 64, depth: 16, threadRows: 8, threadColumns: 4, speed: 0.9 },
  { name: '64x128', rows: 64, columns: 128, depth: 16, threadRows: 4, threadColumns: 8, speed: 0.9 },
  { name: '64x64', rows: 64, columns: 64, depth: 16, threadRows: 4, threadColumns: 4, speed: 0.7 },
  { name: '32x128', rows: 32, columns: 128, depth: 16, threadRows: 4, threadColumns: 8, speed: 0.7 },
  { name: '128x16', rows: 128, columns: 16, depth: 16, threadRows: 4, threadColumns: 4, speed: 0.5 },
  { name: '16x128', rows: 16, columns: 128, depth: 16, threadRows: 4, threadColumns: 4, speed: 0.5 },
  { name: '32x32', rows: 32, columns: 32, depth: 16, threadRows: 4, threadColumns: 4, speed: 0.5 },
];

/** Depth of every tile divides this: what is cut along the depth is cut at multiples of it. */
export const depthUnit = 16;

export function isTileName(name: string): boolean {
  return tiles.some((tile) => tile.name === name);
}

export function threadsOf({ rows, columns, threadRows, threadColumns }: Tile): number {
  return (rows / threadRows) * (columns / threadColumns);
}
