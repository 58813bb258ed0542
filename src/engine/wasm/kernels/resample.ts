import { storeUpTo } from './local-response-norm';
import { ownPart } from './own-part';
import { arg, argAddress, at, madd, splitAt } from './simd';

/** What a run of output columns is made of, so that four or eight are made at once. */
const DOUBLED = 1;
const PAIRS = 2;
const QUARTERS = 3;
const QUARTERS_BACK = 4;
/** Two neighbours for each output; the run's table has for each four outputs their indices, first and second weights. */
const NEIGHBOURS = 5;
/** Four neighbours for each output; the run's table has for each output its index, for each four outputs then all weights. */
const WINDOWS = 6;

/**
 * Separable resampling of planes: y = Σ_rows Σ_columns weight·weight·x. The tables of an axis hold, for each output,
 * where its taps begin, and for each tap the input's index and the weight. Arguments: x, y, planes, H, W, OH, OW, row starts,
 * row taps, column starts (0: columns stay as they are), column taps, kind of the run, first and end of the run, the
 * run's table, scratch for one row, its bytes a part.
 */
export function resample(args: usize, part: i32, parts: i32): void {
  const height = arg(args, 3);
  const width = arg(args, 4);
  const outputHeight = arg(args, 5);
  const outputWidth = arg(args, 6);
  const starts = argAddress(args, 7);
  const taps = argAddress(args, 8);
  const mixesColumns = arg(args, 9) != 0;
  const buffer = argAddress(args, 15) + usize(ownPart()) * argAddress(args, 16);
  const units = arg(args, 2) * outputHeight;
  const first = splitAt(units, part, parts);
  const end = splitAt(units, part + 1, parts);
  for (let unit = first; unit < end; unit++) {
    const row = unit % outputHeight;
    const x = at(argAddress(args, 0), (unit / outputHeight) * height * width);
    const y = at(argAddress(args, 1), unit * outputWidth);
    const tap = load<i32>(at(starts, row));
    const count = load<i32>(at(starts, row + 1)) - tap;
    if (row > 0 && unit > first && sameTaps(starts, taps, row)) {
      memory.copy(y, at(y, -outputWidth), usize(outputWidth) << 2);
      continue;
    }
    const rowTaps = at(taps, 2 * tap);
    let source = at(x, load<i32>(rowTaps) * width);
    if (count != 1 || load<f32>(rowTaps, 4) != 1) {
      source = mixesColumns ? buffer : y;
      mixRows(source, x, width, rowTaps, count);
    } else if (!mixesColumns) {
      memory.copy(y, source, usize(width) << 2);
    }
    if (mixesColumns) mixColumns(args, source, y, outputWidth);
  }
}

/** Whether a row is made like the one above it. */
function sameTaps(starts: usize, taps: usize, row: i32): bool {
  const before = load<i32>(at(starts, row - 1));
  const tap = load<i32>(at(starts, row));
  const count = load<i32>(at(starts, row + 1)) - tap;
  if (tap - before != count) return false;
  for (let i = 0; i < 2 * count; i++) {
    if (load<i32>(at(taps, 2 * before + i)) != load<i32>(at(taps, 2 * tap + i))) return false;
  }
  return true;
}

/** to = Σ weight·(row of x) */
function mixRows(to: usize, x: usize, width: i32, taps: usize, count: i32): void {
  if (count == 2) {
    const a = at(x, load<i32>(taps) * width);
    const b = at(x, load<i32>(taps, 8) * width);
    const weights = f32x4.splat(load<f32>(taps, 4));
    const others = f32x4.splat(load<f32>(taps, 12));
    for (let i = 0; i < width; i += 4) {
      const value = madd(v128.load(at(b, i)), others, f32x4.mul(v128.load(at(a, i)), weights));
      storeUpTo(at(to, i), value, width - i);
    }
    return;
  }
  for (let i = 0; i < width; i += 4) {
    let sum = f32x4.splat(0);
    for (let k = 0; k < count; k++) {
      const row = at(x, load<i32>(at(taps, 2 * k)) * width + i);
      sum = madd(v128.load(row), f32x4.splat(load<f32>(at(taps, 2 * k + 1))), sum);
    }
    storeUpTo(at(to, i), sum, width - i);
  }
}

function mixColumns(args: usize, row: usize, y: usize, outputWidth: i32): void {
  const kind = arg(args, 11);
  const from = arg(args, 12);
  const to = arg(args, 13);
  const quarter = f32x4.splat(0.25);
  const threeQuarters = f32x4.splat(0.75);
  let i = from;
  if (kind == DOUBLED) {
    for (; i + 8 <= to; i += 8) {
      const x = v128.load(at(row, i >> 1));
      v128.store(at(y, i), v128.shuffle<f32>(x, x, 0, 0, 1, 1));
      v128.store(at(y, i), v128.shuffle<f32>(x, x, 2, 2, 3, 3), 16);
    }
  } else if (kind == PAIRS) {
    for (; i + 4 <= to; i += 4) {
      const low = v128.load(at(row, 2 * i));
      const high = v128.load(at(row, 2 * i), 16);
      const even = v128.shuffle<f32>(low, high, 0, 2, 4, 6);
      v128.store(at(y, i), f32x4.add(even, v128.shuffle<f32>(low, high, 1, 3, 5, 7)));
    }
  } else if (kind == QUARTERS) {
    for (; i + 8 <= to; i += 8) {
      const x = v128.load(at(row, i >> 1));
      const next = v128.load(at(row, i >> 1), 4);
      const odd = madd(next, quarter, f32x4.mul(x, threeQuarters));
      const even = madd(next, threeQuarters, f32x4.mul(x, quarter));
      v128.store(at(y, i), v128.shuffle<f32>(odd, even, 0, 4, 1, 5));
      v128.store(at(y, i), v128.shuffle<f32>(odd, even, 2, 6, 3, 7), 16);
    }
  } else if (kind == QUARTERS_BACK) {
    for (; i + 4 <= to; i += 4) {
      const low = v128.load(at(row, 2 * i - 1));
      const high = v128.load(at(row, 2 * i + 3));
      const lowNext = v128.load(at(row, 2 * i + 1));
      const highNext = v128.load(at(row, 2 * i + 5));
      let sum = f32x4.mul(v128.shuffle<f32>(low, high, 0, 2, 4, 6), quarter);
      sum = madd(v128.shuffle<f32>(low, high, 1, 3, 5, 7), threeQuarters, sum);
      sum = madd(v128.shuffle<f32>(lowNext, highNext, 0, 2, 4, 6), threeQuarters, sum);
      v128.store(at(y, i), madd(v128.shuffle<f32>(lowNext, highNext, 1, 3, 5, 7), quarter, sum));
    }
  } else if (kind == NEIGHBOURS) {
    for (let table = argAddress(args, 14); i + 4 <= to; i += 4) {
      const low = pairs(row, table);
      const high = pairs(row, table + 8);
      const first = v128.shuffle<f32>(low, high, 0, 2, 4, 6);
      const second = v128.shuffle<f32>(low, high, 1, 3, 5, 7);
      v128.store(at(y, i), madd(second, v128.load(table, 32), f32x4.mul(first, v128.load(table, 16))));
      table += 48;
    }
  } else if (kind == WINDOWS) {
    for (let table = argAddress(args, 14); i + 4 <= to; i += 4) {
      const a = f32x4.mul(v128.load(at(row, load<i32>(table))), v128.load(table, 16));
      const b = f32x4.mul(v128.load(at(row, load<i32>(table, 4))), v128.load(table, 32));
      const c = f32x4.mul(v128.load(at(row, load<i32>(table, 8))), v128.load(table, 48));
      const d = f32x4.mul(v128.load(at(row, load<i32>(table, 12))), v128.load(table, 64));
      const low = f32x4.add(v128.shuffle<f32>(a, b, 0, 2, 4, 6), v128.shuffle<f32>(a, b, 1, 3, 5, 7));
      const high = f32x4.add(v128.shuffle<f32>(c, d, 0, 2, 4, 6), v128.shuffle<f32>(c, d, 1, 3, 5, 7));
      const even = v128.shuffle<f32>(low, high, 0, 2, 4, 6);
      v128.store(at(y, i), f32x4.add(even, v128.shuffle<f32>(low, high, 1, 3, 5, 7)));
      table += 80;
    }
  }
  mixEach(args, row, y, 0, from);
  mixEach(args, row, y, i, outputWidth);
}

/** The pairs of neighbours that two indices of a table name. */
function pairs(row: usize, table: usize): v128 {
  const first = v128.load_zero<u64>(at(row, load<i32>(table)));
  return v128.load_lane<u64>(at(row, load<i32>(table, 4)), first, 1);
}

/** Columns one by one. */
function mixEach(args: usize, row: usize, y: usize, from: i32, to: i32): void {
  const starts = argAddress(args, 9);
  let tap = at(argAddress(args, 10), 2 * load<i32>(at(starts, from)));
  for (let i = from; i < to; i++) {
    const end = at(argAddress(args, 10), 2 * load<i32>(at(starts, i + 1)));
    let sum: f32 = 0;
    if (tap < end) {
      sum = load<f32>(at(row, load<i32>(tap))) * load<f32>(tap, 4);
      tap += 8;
    }
    for (; tap < end; tap += 8) sum += load<f32>(at(row, load<i32>(tap))) * load<f32>(tap, 4);
    store<f32>(at(y, i), sum);
  }
}
