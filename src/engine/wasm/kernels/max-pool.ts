import { halvedPlane, isHalving } from './max-pool-halves';
import { ownPart } from './own-part';
import { arg, argAddress, at, splitAt } from './simd';
import {
  DILATION_WIDTH,
  INPUT,
  KERNEL_WIDTH,
  OUTPUT,
  OUTPUT_DEPTH,
  OUTPUT_HEIGHT,
  OUTPUT_WIDTH,
  PADDING_WIDTH,
  PLANES,
  ROW,
  ROWS,
  ROWS_PITCH,
  STRIDE_WIDTH,
  WIDTH,
  endInner,
  firstInner,
  listRows,
  loadStrided,
  sizeOfPlane,
  storeLanes,
} from './pool-window';

/**
 * The maximum of each window: that of its rows first, for the whole width, then of its columns. Arguments: see pool-window,
 * then room for one row of the input, and its bytes a part.
 */
export function max_pool(args: usize, part: i32, parts: i32): void {
  const rows = argAddress(args, ROWS) + usize(ownPart()) * argAddress(args, ROWS_PITCH);
  const buffer = argAddress(args, ROWS_PITCH + 1) + usize(ownPart()) * argAddress(args, ROWS_PITCH + 2);
  const outputWidth = arg(args, OUTPUT_WIDTH);
  const outputRows = arg(args, OUTPUT_DEPTH) * arg(args, OUTPUT_HEIGHT);
  const halves = isHalving(args);
  const end = splitAt(arg(args, PLANES), part + 1, parts);
  for (let plane = splitAt(arg(args, PLANES), part, parts); plane < end; plane++) {
    const x = at(argAddress(args, INPUT), plane * sizeOfPlane(args));
    if (halves) {
      halvedPlane(args, x, at(argAddress(args, OUTPUT), plane * outputRows * outputWidth), 0);
      continue;
    }
    for (let i = 0; i < outputRows; i++) {
      const y = at(argAddress(args, OUTPUT), (plane * outputRows + i) * outputWidth);
      const count = listRows(args, x, i, rows);
      const ordered = maximumOfRows(rows, count, buffer, arg(args, WIDTH));
      if (!ordered) maximumWithNan(rows, count, buffer, arg(args, WIDTH));
      maximumOfColumns(args, buffer, y, ordered);
    }
  }
}

/** In steps of four: the buffer has room for three floats too many. False: there may be a NaN, which this would lose. */
function maximumOfRows(rows: usize, count: i32, to: usize, width: i32): bool {
  const end = rows + usize(count) * ROW;
  const bytes = usize(width) << 2;
  let sum = f32x4.splat(0);
  for (let i: usize = 0; i < bytes; i += 16) {
    let best = f32x4.splat(-Infinity);
    for (let row = rows; row < end; row += ROW) {
      const value = v128.load(load<usize>(row) + i);
      best = f32x4.pmax(best, value);
      // A NaN stays in a sum (and infinities of both signs look like one, which costs time alone).
      sum = f32x4.add(sum, value);
    }
    v128.store(to + i, best);
  }
  return !v128.any_true(f32x4.ne(sum, sum));
}

function maximumWithNan(rows: usize, count: i32, to: usize, width: i32): void {
  const end = rows + usize(count) * ROW;
  const bytes = usize(width) << 2;
  for (let i: usize = 0; i < bytes; i += 16) {
    let best = f32x4.splat(-Infinity);
    for (let row = rows; row < end; row += ROW) best = f32x4.max(best, v128.load(load<usize>(row) + i));
    v128.store(to + i, best);
  }
}

function maximumOfColumns(args: usize, row: usize, to: usize, ordered: bool): void {
  const outputWidth = arg(args, OUTPUT_WIDTH);
  const kernel = arg(args, KERNEL_WIDTH);
  const stride = arg(args, STRIDE_WIDTH);
  const padding = arg(args, PADDING_WIDTH);
  const dilation = arg(args, DILATION_WIDTH);
  const inner = firstInner(args);
  const innerEnd = endInner(args);
  for (let j = 0; j < outputWidth; j += 4) {
    // Where there are four, the last four may overlap those before.
    j = max(0, min(j, outputWidth - 4));
    const first = j * stride - padding;
    if (!ordered || j < inner || j + 4 > innerEnd) {
      fourAtEdge(args, row, j, to);
      continue;
    }
    let best = loadStrided(at(row, first), stride);
    for (let k = 1; k < kernel; k++) best = f32x4.pmax(best, loadStrided(at(row, first + k * dilation), stride));
    v128.store(at(to, j), best);
  }
}

/** Four windows from `index` on, or as many as there are. */
function fourAtEdge(args: usize, row: usize, index: i32, to: usize): void {
  const stride = arg(args, STRIDE_WIDTH);
  const dilation = arg(args, DILATION_WIDTH);
  const width = i32x4.splat(arg(args, WIDTH));
  const first = index * stride - arg(args, PADDING_WIDTH);
  const columns = i32x4.add(i32x4.splat(first), i32x4.mul(i32x4.splat(stride), i32x4(0, 1, 2, 3)));
  let best = f32x4.splat(-Infinity);
  for (let k = 0; k < arg(args, KERNEL_WIDTH); k++) {
    const isInside = i32x4.lt_u(i32x4.add(columns, i32x4.splat(k * dilation)), width);
    const value = loadStrided(at(row, first + k * dilation), stride);
    best = f32x4.max(best, v128.bitselect(value, f32x4.splat(-Infinity), isInside));
  }
  storeLanes(at(to, index), best, arg(args, OUTPUT_WIDTH) - index);
}
