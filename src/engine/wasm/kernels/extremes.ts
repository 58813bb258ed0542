import { arg, argAddress, at, splitAt } from './simd';

/**
 * The largest along the middle of (outer, reduced, inner), or where it first stands. Arguments: x, target, outer, reduced,
 * inner, 1 for where it stands, mask of bits to turn around (so that the smallest becomes the largest), 1 for whole numbers.
 * NaN counts as the largest, and as the smallest.
 */
export function extreme(args: usize, part: i32, parts: i32): void {
  const outer = arg(args, 2);
  const inner = arg(args, 4);
  const blocks = (inner + 3) / 4;
  const end = splitAt(outer * blocks, part + 1, parts);
  for (let unit = splitAt(outer * blocks, part, parts); unit < end; unit++) {
    if (inner == 1) extremeOfRow(args, unit);
    else extremeOfColumns(args, unit / blocks, (unit % blocks) * 4);
  }
}

function isGreater(a: v128, b: v128, words: bool): v128 {
  if (words) return i32x4.gt_s(a, b);
  return v128.or(f32x4.gt(a, b), v128.andnot(f32x4.ne(a, a), f32x4.ne(b, b)));
}

/** Four columns; those beyond the last are read, but not kept. */
function extremeOfColumns(args: usize, outer: i32, column: i32): void {
  const reduced = arg(args, 3);
  const inner = arg(args, 4);
  const turn = i32x4.splat(arg(args, 6));
  const words = arg(args, 7) != 0;
  const pitch = usize(inner) << 2;
  let from = at(argAddress(args, 0), outer * reduced * inner + column);
  let best = v128.xor(v128.load(from), turn);
  let places = i32x4.splat(0);
  for (let r = 1; r < reduced; r++) {
    from += pitch;
    const value = v128.xor(v128.load(from), turn);
    const greater = isGreater(value, best, words);
    best = v128.bitselect(value, best, greater);
    places = v128.bitselect(i32x4.splat(r), places, greater);
  }
  const result = arg(args, 5) != 0 ? places : v128.xor(best, turn);
  const to = at(argAddress(args, 1), outer * inner + column);
  if (column + 4 <= inner) {
    v128.store(to, result);
    return;
  }
  v128.store_lane<i32>(to, result, 0);
  if (column + 1 < inner) v128.store_lane<i32>(to, result, 1, 4);
  if (column + 2 < inner) v128.store_lane<i32>(to, result, 2, 8);
}

/** One row in four interleaved lanes; of equal values the first one counts. */
function extremeOfRow(args: usize, row: i32): void {
  const reduced = arg(args, 3);
  const turn = i32x4.splat(arg(args, 6));
  const words = arg(args, 7) != 0;
  const x = at(argAddress(args, 0), row * reduced);
  let best = v128.xor(v128.load32_splat(x), turn);
  let places = i32x4.splat(0);
  let place = i32x4(0, 1, 2, 3);
  let i = 0;
  for (; i + 4 <= reduced; i += 4) {
    const value = v128.xor(v128.load(at(x, i)), turn);
    const greater = isGreater(value, best, words);
    best = v128.bitselect(value, best, greater);
    places = v128.bitselect(place, places, greater);
    place = i32x4.add(place, i32x4.splat(4));
  }
  for (; i < reduced; i++) {
    const value = v128.xor(v128.load32_splat(at(x, i)), turn);
    const greater = isGreater(value, best, words);
    best = v128.bitselect(value, best, greater);
    places = v128.bitselect(i32x4.splat(i), places, greater);
  }
  // Lanes of equal values have different places: the first is meant.
  for (let shift = 0; shift < 2; shift++) {
    const other = shift == 0 ? v128.shuffle<i32>(best, best, 2, 3, 0, 1) : v128.shuffle<i32>(best, best, 1, 0, 3, 2);
    const otherPlaces =
      shift == 0 ? v128.shuffle<i32>(places, places, 2, 3, 0, 1) : v128.shuffle<i32>(places, places, 1, 0, 3, 2);
    const less = isGreater(best, other, words);
    const greater = isGreater(other, best, words);
    const same = v128.not(v128.or(less, greater));
    const takes = v128.or(greater, v128.and(same, i32x4.lt_s(otherPlaces, places)));
    best = v128.bitselect(other, best, takes);
    places = v128.bitselect(otherPlaces, places, takes);
  }
  const result = arg(args, 5) != 0 ? places : v128.xor(best, turn);
  v128.store_lane<i32>(at(argAddress(args, 1), row), result, 0);
}

/**
 * dy where x is the extreme value y: shared evenly where it stands more than once, or the first one's. Arguments: dy, x, y,
 * dx, outer, reduced, inner, 1 for the first.
 */
export function extreme_grad(args: usize, part: i32, parts: i32): void {
  const inner = arg(args, 6);
  const lines = arg(args, 4) * inner;
  const end = splitAt(lines, part + 1, parts);
  for (let line = splitAt(lines, part, parts); line < end; line++) {
    gradientOfLine(args, line, (line / inner) * arg(args, 5) * inner + (line % inner), inner);
  }
}

function gradientOfLine(args: usize, line: i32, first: i32, inner: i32): void {
  const reduced = arg(args, 5);
  const extreme = load<f32>(at(argAddress(args, 2), line));
  const dy = load<f32>(at(argAddress(args, 0), line));
  const x = at(argAddress(args, 1), first);
  const dx = at(argAddress(args, 3), first);
  let ties = 0;
  for (let r = 0; r < reduced; r++) ties += i32(isSame(load<f32>(at(x, r * inner)), extreme));
  const share = dy / f32(ties);
  let open = arg(args, 7) != 0;
  const ofFirst = open;
  for (let r = 0; r < reduced; r++) {
    let value: f32 = 0;
    if (isSame(load<f32>(at(x, r * inner)), extreme)) {
      if (!ofFirst) value = share;
      else if (open) value = dy;
      open = false;
    }
    store<f32>(at(dx, r * inner), value);
  }
}

function isSame(a: f32, b: f32): bool {
  return a == b || (a != a && b != b);
}
