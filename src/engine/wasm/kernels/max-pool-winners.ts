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

/** Winner of a window that holds nothing of the input. */
export const NOBODY = 255;

/**
 * The maximum of each window (f32, all planes), then which of its elements it is (a byte each): the first of equal ones, of
 * NaNs the last. Arguments: see pool-window.
 */
export function max_pool_winners(args: usize, part: i32, parts: i32): void {
  const rows = argAddress(args, ROWS) + usize(ownPart()) * argAddress(args, ROWS_PITCH);
  const outputWidth = arg(args, OUTPUT_WIDTH);
  const outputRows = arg(args, OUTPUT_DEPTH) * arg(args, OUTPUT_HEIGHT);
  const winners = at(argAddress(args, OUTPUT), arg(args, PLANES) * outputRows * outputWidth);
  const halves = isHalving(args);
  const isTriple = arg(args, KERNEL_WIDTH) == 3 && arg(args, DILATION_WIDTH) == 1;
  const stride = arg(args, STRIDE_WIDTH);
  const inner = firstInner(args);
  const innerEnd = endInner(args);
  const end = splitAt(arg(args, PLANES), part + 1, parts);
  for (let plane = splitAt(arg(args, PLANES), part, parts); plane < end; plane++) {
    const x = at(argAddress(args, INPUT), plane * sizeOfPlane(args));
    if (halves) {
      const output = plane * outputRows * outputWidth;
      halvedPlane(args, x, at(argAddress(args, OUTPUT), output), winners + usize(output));
      continue;
    }
    for (let i = 0; i < outputRows; i++) {
      const output = (plane * outputRows + i) * outputWidth;
      const y = at(argAddress(args, OUTPUT), output);
      const to = winners + usize(output);
      const count = listRows(args, x, i, rows);
      let j = 0;
      while (j < outputWidth) {
        // Where there are four, the last four may overlap those before.
        j = max(0, min(j, outputWidth - 4));
        const isInner = count > 0 && j >= inner && j + 4 <= innerEnd;
        const done = !isInner
          ? fourAtEdge(args, rows, count, j, y, to)
          : !isTriple || stride > 2
            ? fourWindows(args, rows, count, j, y, to)
            : stride == 2
              ? fourTriples(args, rows, count, j, y, to)
              : fourTriplesClose(args, rows, count, j, y, to);
        if (!done) for (let k = j; k < min(j + 4, outputWidth); k++) oneWindow(args, rows, count, k, y, to);
        j += 4;
      }
    }
  }
}

/** Window `index` along the row, of any kind. */
function oneWindow(args: usize, rows: usize, count: i32, index: i32, y: usize, to: usize): void {
  const first = index * arg(args, STRIDE_WIDTH) - arg(args, PADDING_WIDTH);
  const end = rows + usize(count) * ROW;
  let best: f32 = f32(-Infinity);
  let winner = NOBODY;
  for (let row = rows; row < end; row += ROW) {
    for (let k = 0; k < arg(args, KERNEL_WIDTH); k++) {
      const column = first + k * arg(args, DILATION_WIDTH);
      if (u32(column) >= u32(arg(args, WIDTH))) continue;
      const value = load<f32>(at(load<usize>(row), column));
      if (value > best || value != value || winner == NOBODY) {
        best = value;
        winner = load<i32>(row, 4) + k;
      }
    }
  }
  store<f32>(at(y, index), best);
  store<u8>(to + usize(index), u8(winner));
}

/**
 * Four windows side by side, from `index` on, or as many as there are. False, and nothing stored: there may be a NaN among
 * them, or nothing that is more than −∞.
 */
function fourAtEdge(args: usize, rows: usize, count: i32, index: i32, y: usize, to: usize): bool {
  const stride = arg(args, STRIDE_WIDTH);
  const kernel = arg(args, KERNEL_WIDTH);
  const dilation = arg(args, DILATION_WIDTH);
  const width = i32x4.splat(arg(args, WIDTH));
  const first = index * stride - arg(args, PADDING_WIDTH);
  const columns = i32x4.add(i32x4.splat(first), i32x4.mul(i32x4.splat(stride), i32x4(0, 1, 2, 3)));
  const end = rows + usize(count) * ROW;
  let best = f32x4.splat(-Infinity);
  let winner = i32x4.splat(-1);
  let sum = f32x4.splat(0);
  for (let row = rows; row < end; row += ROW) {
    const from = load<usize>(row);
    const element = load<i32>(row, 4);
    for (let k = 0; k < kernel; k++) {
      const isInside = i32x4.lt_u(i32x4.add(columns, i32x4.splat(k * dilation)), width);
      const value = v128.and(loadStrided(at(from, first + k * dilation), stride), isInside);
      const isMore = v128.and(f32x4.gt(value, best), isInside);
      winner = v128.bitselect(i32x4.splat(element + k), winner, isMore);
      best = v128.bitselect(value, best, isMore);
      sum = f32x4.add(sum, value);
    }
  }
  const lanes = arg(args, OUTPUT_WIDTH) - index;
  const isNobody = i32x4.lt_s(winner, i32x4.splat(0));
  if (i32x4.bitmask(isNobody) & ((1 << min(lanes, 4)) - 1)) return false;
  return keep(best, winner, sum, index, lanes, y, to);
}

/** Four windows side by side, wholly in the row, from `index` on. False, and nothing stored: there may be a NaN among them. */
function fourWindows(args: usize, rows: usize, count: i32, index: i32, y: usize, to: usize): bool {
  const stride = arg(args, STRIDE_WIDTH);
  const kernel = arg(args, KERNEL_WIDTH);
  const step = usize(arg(args, DILATION_WIDTH)) << 2;
  const first = usize(index * stride - arg(args, PADDING_WIDTH)) << 2;
  const end = rows + usize(count) * ROW;
  let best = f32x4.splat(-Infinity);
  let winner = i32x4.splat(load<i32>(rows, 4));
  let sum = f32x4.splat(0);
  for (let row = rows; row < end; row += ROW) {
    let from = load<usize>(row) + first;
    let element = i32x4.splat(load<i32>(row, 4));
    for (let k = 0; k < kernel; k++) {
      const value = loadStrided(from, stride);
      // Elements are numbered upwards, so that a later winner is always the larger number.
      winner = i32x4.max_s(winner, v128.and(f32x4.gt(value, best), element));
      best = f32x4.pmax(best, value);
      sum = f32x4.add(sum, value);
      element = i32x4.add(element, i32x4.splat(1));
      from += step;
    }
  }
  return keep(best, winner, sum, index, 4, y, to);
}

/** Windows of three columns, two apart. */
function fourTriples(args: usize, rows: usize, count: i32, index: i32, y: usize, to: usize): bool {
  const first = usize(index * 2 - arg(args, PADDING_WIDTH)) << 2;
  const end = rows + usize(count) * ROW;
  let best = f32x4.splat(-Infinity);
  let winner = i32x4.splat(load<i32>(rows, 4));
  let sum = f32x4.splat(0);
  for (let row = rows; row < end; row += ROW) {
    const from = load<usize>(row) + first;
    const low = v128.load(from);
    const high = v128.load(from, 16);
    const left = v128.shuffle<f32>(low, high, 0, 2, 4, 6);
    const middle = v128.shuffle<f32>(low, high, 1, 3, 5, 7);
    const right = v128.shuffle<f32>(left, v128.load32_zero(from, 32), 1, 2, 3, 4);
    const ofRow = largestOfThree(left, middle, right);
    const element = i32x4.add(placeOfThree(left, middle, right), i32x4.splat(load<i32>(row, 4)));
    winner = i32x4.max_s(winner, v128.and(f32x4.gt(ofRow, best), element));
    best = f32x4.pmax(best, ofRow);
    sum = f32x4.add(sum, f32x4.add(f32x4.add(low, high), right));
  }
  return keep(best, winner, sum, index, 4, y, to);
}

/** Windows of three columns, one apart. */
function fourTriplesClose(args: usize, rows: usize, count: i32, index: i32, y: usize, to: usize): bool {
  const first = usize(index - arg(args, PADDING_WIDTH)) << 2;
  const end = rows + usize(count) * ROW;
  let best = f32x4.splat(-Infinity);
  let winner = i32x4.splat(load<i32>(rows, 4));
  let sum = f32x4.splat(0);
  for (let row = rows; row < end; row += ROW) {
    const from = load<usize>(row) + first;
    const left = v128.load(from);
    const middle = v128.load(from, 4);
    const right = v128.load(from, 8);
    const ofRow = largestOfThree(left, middle, right);
    const element = i32x4.add(placeOfThree(left, middle, right), i32x4.splat(load<i32>(row, 4)));
    winner = i32x4.max_s(winner, v128.and(f32x4.gt(ofRow, best), element));
    best = f32x4.pmax(best, ofRow);
    sum = f32x4.add(sum, f32x4.add(f32x4.add(left, middle), right));
  }
  return keep(best, winner, sum, index, 4, y, to);
}

function largestOfThree(left: v128, middle: v128, right: v128): v128 {
  return f32x4.pmax(f32x4.pmax(left, middle), right);
}

/** 0, 1 or 2: the first of the largest. */
function placeOfThree(left: v128, middle: v128, right: v128): v128 {
  const isMiddle = v128.and(f32x4.gt(middle, left), i32x4.splat(1));
  return i32x4.max_s(isMiddle, v128.and(f32x4.gt(right, f32x4.pmax(left, middle)), i32x4.splat(2)));
}

function keep(best: v128, winner: v128, sum: v128, index: i32, lanes: i32, y: usize, to: usize): bool {
  // A NaN stays in a sum (and infinities of both signs look like one, which costs time alone).
  if (v128.any_true(f32x4.ne(sum, sum))) return false;
  storeLanes(at(y, index), best, lanes);
  const shorts = i16x8.narrow_i32x4_u(winner, winner);
  const bytes = i32x4.extract_lane(i8x16.narrow_i16x8_u(shorts, shorts), 0);
  let byte = to + usize(index);
  if (lanes >= 4) {
    store<i32>(byte, bytes);
  } else {
    for (let k = 0; k < lanes; k++) store<u8>(byte++, u8(bytes >> (8 * k)));
  }
  return true;
}
