import { ownPart } from './own-part';
import { panelHeight, panelRow, panelsOf, sixesOf } from './panels';
import { arg, argAddress, at, splitAt } from './simd';
import { START_COLUMN_BIAS, START_SUM, START_ZERO, TILE_COLUMNS, partialTile, tile } from './tile';
import { interleave8, interleaveRows } from './transpose';

/** Depth of one unit of packing work. */
const PIECE = 256;

/**
 * Packs A (rows × depth, depth contiguous) into panels [panel][depth][height].
 * Arguments: source, target, rows, depth, bytes between rows, groups, bytes between groups' sources.
 */
export function pack_rows(args: usize, part: i32, parts: i32): void {
  const rows = arg(args, 2);
  const depth = arg(args, 3);
  const pitch = argAddress(args, 4);
  const groups = arg(args, 5);
  const groupPitch = argAddress(args, 6);
  const sixes = sixesOf(rows);
  const panels = panelsOf(rows);
  const padded = panelRow(panels, sixes);
  const pieces = (depth + PIECE - 1) / PIECE;
  const end = splitAt(groups * panels * pieces, part + 1, parts);
  for (let unit = splitAt(groups * panels * pieces, part, parts); unit < end; unit++) {
    const panel = (unit / pieces) % panels;
    const group = unit / (pieces * panels);
    const first = (unit % pieces) * PIECE;
    const row = panelRow(panel, sixes);
    const height = panelHeight(panel, sixes);
    interleaveRows(
      at(argAddress(args, 1), (group * padded + row) * depth + first * height),
      height,
      min(height, rows - row),
      min(PIECE, depth - first),
      argAddress(args, 0) + usize(group) * groupPitch + usize(row) * pitch + (usize(first) << 2),
      pitch,
    );
  }
}

/**
 * Packs A given as its transpose (depth × rows, rows contiguous) into panels [panel][depth][height].
 * Arguments: source, target, rows, depth.
 */
export function pack_columns(args: usize, part: i32, parts: i32): void {
  const rows = arg(args, 2);
  const depth = arg(args, 3);
  const sixes = sixesOf(rows);
  const panels = panelsOf(rows);
  const pieces = (depth + PIECE - 1) / PIECE;
  const end = splitAt(panels * pieces, part + 1, parts);
  for (let unit = splitAt(panels * pieces, part, parts); unit < end; unit++) {
    const panel = unit / pieces;
    const first = (unit % pieces) * PIECE;
    const row = panelRow(panel, sixes);
    const height = panelHeight(panel, sixes);
    const count = min(PIECE, depth - first);
    let from = at(argAddress(args, 0), first * rows + row);
    let to = at(argAddress(args, 1), row * depth + first * height);
    for (let k = 0; k < count; k++) {
      // Rows beyond the last are whatever follows: their results are never used.
      v128.store(to, v128.load(from));
      if (height == 6) store<u64>(to, load<u64>(from, 16), 16);
      from += usize(rows) << 2;
      to += usize(height) << 2;
    }
  }
}

/** Bytes at the start of a part's scratch: one partial tile and the offsets of 8 rows. */
const PANELS = 256;

/**
 * C (M × N, dense) = A·B + bias of each column. Arguments: packed A, B, C, bias or 0, M, N, K, bytes between B's rows,
 * 1 where B is given as its transpose (N rows of K), depth of a block, tiles of a block, parts along M, scratch,
 * bytes of scratch of each part.
 */
export function gemm(args: usize, part: i32, parts: i32): void {
  const a = argAddress(args, 0);
  const c = argAddress(args, 2);
  const bias = argAddress(args, 3);
  const m = arg(args, 4);
  const n = arg(args, 5);
  const k = arg(args, 6);
  const blockDepth = arg(args, 9);
  const blockTiles = arg(args, 10);
  const rowParts = arg(args, 11);
  const scratch = argAddress(args, 12) + usize(ownPart()) * argAddress(args, 13);
  const sixes = sixesOf(m);
  const panels = panelsOf(m);
  const tiles = (n + TILE_COLUMNS - 1) / TILE_COLUMNS;
  const columnParts = parts / rowParts;
  if (part >= rowParts * columnParts) return;
  const firstPanel = splitAt(panels, part % rowParts, rowParts);
  const endPanel = splitAt(panels, (part % rowParts) + 1, rowParts);
  const endTile = splitAt(tiles, part / rowParts + 1, columnParts);
  const pitch = usize(n) << 2;

  for (let t0 = splitAt(tiles, part / rowParts, columnParts); t0 < endTile; t0 += blockTiles) {
    const t1 = min(t0 + blockTiles, endTile);
    for (let k0 = 0; k0 < k; k0 += blockDepth) {
      const depth = min(blockDepth, k - k0);
      const tileBytes = usize(depth) << 5;
      packB(args, scratch, t0, t1, k0, depth);
      const start = k0 > 0 ? START_SUM : bias != 0 ? START_COLUMN_BIAS : START_ZERO;
      for (let panel = firstPanel; panel < endPanel; panel++) {
        const row = panelRow(panel, sixes);
        const height = panelHeight(panel, sixes);
        const rows = min(height, m - row);
        const packed = at(a, row * k + k0 * height);
        let b = scratch + PANELS;
        for (let t = t0; t < t1; t++) {
          const column = t * TILE_COLUMNS;
          const to = at(c, row * n + column);
          const columns = min(TILE_COLUMNS, n - column);
          if (columns == TILE_COLUMNS && rows == height) {
            tile(height, depth, packed, b, to, pitch, start, at(bias, column));
          } else {
            partialTile(height, depth, packed, b, to, pitch, start, at(bias, column), rows, columns, scratch);
          }
          b += tileBytes;
        }
      }
    }
  }
}

function packB(args: usize, scratch: usize, t0: i32, t1: i32, k0: i32, depth: i32): void {
  const b = argAddress(args, 1);
  const n = arg(args, 5);
  const pitch = argAddress(args, 7);
  const tileBytes = usize(depth) << 5;
  const first = scratch + PANELS;
  if (arg(args, 8) != 0) {
    const offsets = scratch + 192;
    let to = first;
    for (let t = t0; t < t1; t++) {
      for (let i = 0; i < TILE_COLUMNS; i++) {
        store<u32>(at(offsets, i), u32(min(t * TILE_COLUMNS + i, n - 1) * i32(pitch)));
      }
      interleave8(to, depth, at(b, k0), offsets);
      to += tileBytes;
    }
    return;
  }
  // Row by row: a row of a wide matrix is a memory page of its own.
  for (let k = 0; k < depth; k++) {
    let from = b + usize(k0 + k) * pitch + (usize(t0) << 5);
    let to = first + (usize(k) << 5);
    for (let t = t0; t < t1; t++) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
      from += 32;
      to += tileBytes;
    }
  }
}
