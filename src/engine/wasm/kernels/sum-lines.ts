import { productsOf, sumOf } from './reduce';
import { arg, argAddress, argFloat, at, madd, splitAt } from './simd';

/** Columns that are added up at once, and rows that are added in f32 before the sum goes on in f64. */
const COLUMNS = 16;
const ROWS = 64;

/**
 * Σ x, or Σ x·y, along the middle of (outer, reduced, inner), times a factor. Where outer and inner are few, the sum is
 * cut into chunks, which `sum_lines_finish` adds. Arguments: x, y or 0, target f32 (or f64 partial sums [outer][chunks][inner]
 * where there are several chunks), outer, reduced, inner, chunks, factor.
 */
export function sum_lines(args: usize, part: i32, parts: i32): void {
  const outer = arg(args, 3);
  const inner = arg(args, 5);
  const chunks = arg(args, 6);
  const blocks = inner == 1 ? 1 : (inner + COLUMNS - 1) / COLUMNS;
  const end = splitAt(outer * chunks * blocks, part + 1, parts);
  for (let unit = splitAt(outer * chunks * blocks, part, parts); unit < end; unit++) {
    const line = unit / blocks;
    if (inner == 1) sumRow(args, line / chunks, line % chunks);
    else sumColumns(args, line / chunks, line % chunks, (unit % blocks) * COLUMNS);
  }
}

function sumRow(args: usize, row: i32, chunk: i32): void {
  const y = argAddress(args, 1);
  const reduced = arg(args, 4);
  const chunks = arg(args, 6);
  const from = splitAt(reduced, chunk, chunks);
  const count = splitAt(reduced, chunk + 1, chunks) - from;
  const x = at(argAddress(args, 0), row * reduced + from);
  const sum = y == 0 ? sumOf(x, count) : productsOf(at(y, row * reduced + from), x, count, 0);
  keep(args, row * chunks + chunk, sum);
}

function keep(args: usize, index: i32, sum: f64): void {
  if (arg(args, 6) == 1) store<f32>(at(argAddress(args, 2), index), f32(sum * f64(argFloat(args, 7))));
  else store<f64>(argAddress(args, 2) + (usize(index) << 3), sum);
}

/** Up to 16 columns; what lies beyond the last is read, but never kept. */
function sumColumns(args: usize, outer: i32, chunk: i32, column: i32): void {
  const reduced = arg(args, 4);
  const inner = arg(args, 5);
  const chunks = arg(args, 6);
  const first = splitAt(reduced, chunk, chunks);
  const end = splitAt(reduced, chunk + 1, chunks);
  const index = (outer * chunks + chunk) * inner + column;
  const count = min(COLUMNS, inner - column);
  for (let four = 0; four < count; four += 4) {
    // Four columns after four: the rows of a block stay in the first-level cache.
    const place = (outer * reduced + first) * inner + column + four;
    let low = f64x2.splat(0);
    let high = f64x2.splat(0);
    let from = at(argAddress(args, 0), place);
    let other = argAddress(args, 1) == 0 ? 0 : at(argAddress(args, 1), place);
    const pitch = usize(inner) << 2;
    for (let row = first; row < end; row += ROWS) {
      const rows = min(ROWS, end - row);
      let sums = f32x4.splat(0);
      if (other == 0) {
        for (let r = 0; r < rows; r++) {
          sums = f32x4.add(sums, v128.load(from));
          from += pitch;
        }
      } else {
        for (let r = 0; r < rows; r++) {
          sums = madd(v128.load(from), v128.load(other), sums);
          from += pitch;
          other += pitch;
        }
      }
      low = f64x2.add(low, f64x2.promote_low_f32x4(sums));
      high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<f32>(sums, sums, 2, 3, 2, 3)));
    }
    keep(args, index + four, f64x2.extract_lane(low, 0));
    if (four + 1 < count) keep(args, index + four + 1, f64x2.extract_lane(low, 1));
    if (four + 2 < count) keep(args, index + four + 2, f64x2.extract_lane(high, 0));
    if (four + 3 < count) keep(args, index + four + 3, f64x2.extract_lane(high, 1));
  }
}

/** Arguments: partial sums f64 [outer][chunks][inner], target, outer, inner, chunks, factor. */
export function sum_lines_finish(args: usize, part: i32, parts: i32): void {
  const inner = arg(args, 3);
  const chunks = arg(args, 4);
  const factor = f64(argFloat(args, 5));
  const count = arg(args, 2) * inner;
  const end = splitAt(count, part + 1, parts);
  for (let i = splitAt(count, part, parts); i < end; i++) {
    const outer = i / inner;
    let from = argAddress(args, 0) + (usize(outer * chunks * inner + (i - outer * inner)) << 3);
    let sum: f64 = 0;
    for (let chunk = 0; chunk < chunks; chunk++) {
      sum += load<f64>(from);
      from += usize(inner) << 3;
    }
    store<f32>(at(argAddress(args, 1), i), f32(sum * factor));
  }
}
