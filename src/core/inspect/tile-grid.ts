import { blankPicture, drawPicture, fillBox, white, type Picture, type Rgba } from './picture';

/** Where equal tiles stand: in rows, with a gap between them. All in pixels. */
export interface TileGrid {
  readonly columns: number;
  readonly rows: number;
  readonly gap: number;
  /** Of a tile as it is drawn. */
  readonly tileWidth: number;
  readonly tileHeight: number;
  readonly width: number;
  readonly height: number;
}

/** `columns` where the number is given; else as many as go into `width`, all rows as long as can be. */
export function tileGrid(
  count: number,
  tile: { readonly width: number; readonly height: number },
  { gap, ...room }: { readonly gap: number } & ({ readonly columns: number } | { readonly width: number }),
): TileGrid {
  const fitting = 'columns' in room ? room.columns : Math.max(1, Math.floor((room.width + gap) / (tile.width + gap)));
  const columns = Math.max(1, Math.min(count, fitting));
  const rows = Math.ceil(count / columns);
  return {
    columns,
    rows,
    gap,
    tileWidth: tile.width,
    tileHeight: tile.height,
    width: columns * (tile.width + gap) - gap,
    height: Math.max(0, rows * (tile.height + gap) - gap),
  };
}

export function tileCorner(grid: TileGrid, index: number): { readonly left: number; readonly top: number } {
  const { columns, tileWidth, tileHeight, gap } = grid;
  return {
    left: (index % columns) * (tileWidth + gap),
    top: Math.floor(index / columns) * (tileHeight + gap),
  };
}

/** The tile at a point; undefined: a gap, or nothing. */
export function tileAt(grid: TileGrid, count: number, x: number, y: number): number | undefined {
  const { columns, tileWidth, tileHeight, gap } = grid;
  const [column, row] = [Math.floor(x / (tileWidth + gap)), Math.floor(y / (tileHeight + gap))];
  const inside = x >= 0 && y >= 0 && x % (tileWidth + gap) < tileWidth && y % (tileHeight + gap) < tileHeight;
  const index = row * columns + column;
  return inside && column < columns && index < count ? index : undefined;
}

/** Lines between tiles: neither black nor white, which values may be. */
const lineColor: Rgba = [190, 190, 190, 255];

/** Tiles of equal size, every pixel of them as a square of `scale`, with lines in the gaps. */
export function drawTiles(tiles: readonly Picture[], grid: TileGrid, scale: number): Picture {
  const picture = blankPicture(grid.width, grid.height, white);
  const { tileWidth, tileHeight, gap } = grid;
  const corners = tiles.map((_, index) => tileCorner(grid, index));
  for (const { left, top } of corners) {
    fillBox(picture, left - gap, top - gap, left + tileWidth + gap, top + tileHeight + gap, lineColor);
  }
  tiles.forEach((tile, index) => {
    const { left = 0, top = 0 } = corners[index] ?? {};
    drawPicture(picture, tile, left, top, scale);
  });
  return picture;
}

/** The whole number that makes a tile at least so large on its longer side. */
export function scaleToReach(side: number, width: number, height: number): number {
  return Math.max(1, Math.ceil(side / Math.max(width, height)));
}
