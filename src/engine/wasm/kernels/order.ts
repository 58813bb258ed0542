import { ownPart } from './own-part';
import { arg, argAddress, at, splitAt } from './simd';

/** What is wanted of the order: the first places, the one in the middle, the place of the most frequent value. */
const FIRST = 0;
const MEDIAN = 1;
const MODE = 2;

/**
 * Where the elements of each line of (outer, length, inner) stand in order; of equal ones the first comes first, NaN is the
 * largest. Arguments: x, target i32, outer, length, inner, 1 for whole numbers, 1 to begin with the largest, what is wanted,
 * how many places of FIRST are skipped and how many wanted, scratch, bytes of scratch of each part: three times the length.
 */
export function order(args: usize, part: i32, parts: i32): void {
  const length = arg(args, 3);
  const inner = arg(args, 4);
  const wanted = arg(args, 7);
  const skipped = arg(args, 8);
  const count = arg(args, 9);
  const keys = argAddress(args, 10) + usize(ownPart()) * argAddress(args, 11);
  const lines = arg(args, 2) * inner;
  const end = splitAt(lines, part + 1, parts);
  for (let line = splitAt(lines, part, parts); line < end; line++) {
    const outer = line / inner;
    readKeys(args, at(argAddress(args, 0), outer * length * inner + (line % inner)), keys);
    const places = sorted(keys, at(keys, length), at(keys, 2 * length), length);
    const to = at(argAddress(args, 1), outer * count * inner + (line % inner));
    if (wanted == FIRST) {
      for (let i = 0; i < count; i++) store<i32>(at(to, i * inner), load<i32>(at(places, skipped + i)));
    } else if (wanted == MEDIAN) {
      store<i32>(to, medianOf(keys, places, length));
    } else {
      store<i32>(to, modeOf(keys, places, length));
    }
  }
}

/** Words that are in the order of the values. */
function readKeys(args: usize, x: usize, keys: usize): void {
  const length = arg(args, 3);
  const inner = arg(args, 4);
  const words = arg(args, 5) != 0;
  const turn = arg(args, 6) != 0 ? -1 : 0;
  for (let i = 0; i < length; i++) {
    const from = at(x, i * inner);
    store<i32>(at(keys, i), (words ? load<i32>(from) : keyOf(load<f32>(from))) ^ turn);
  }
}

const NOT_A_NUMBER = 0x7fffffff;

function keyOf(x: f32): i32 {
  if (x != x) return NOT_A_NUMBER;
  if (x == 0) return 0;
  const bits = reinterpret<i32>(x);
  return bits ^ ((bits >> 31) & 0x7fffffff);
}

/** Merges runs that are twice as long each time. Returns which of the two tables holds the places at the end. */
function sorted(keys: usize, places: usize, other: usize, length: i32): usize {
  for (let i = 0; i < length; i++) store<i32>(at(places, i), i);
  let from = places;
  let to = other;
  for (let run = 1; run < length; run *= 2) {
    for (let start = 0; start < length; start += 2 * run) {
      const middle = min(start + run, length);
      const end = min(start + 2 * run, length);
      let left = start;
      let right = middle;
      for (let i = start; i < end; i++) {
        let takesLeft = right >= end;
        if (left < middle && right < end) {
          takesLeft = keyAt(keys, from, left) <= keyAt(keys, from, right);
        }
        store<i32>(at(to, i), load<i32>(at(from, takesLeft ? left++ : right++)));
      }
    }
    const swapped = from;
    from = to;
    to = swapped;
  }
  return from;
}

function keyAt(keys: usize, places: usize, index: i32): i32 {
  return load<i32>(at(keys, load<i32>(at(places, index))));
}

/** The lower one of two in the middle; NaN where there is one. */
function medianOf(keys: usize, places: usize, length: i32): i32 {
  if (keyAt(keys, places, length - 1) == NOT_A_NUMBER) {
    for (let i = 0; i < length; i++) if (keyAt(keys, places, i) == NOT_A_NUMBER) return load<i32>(at(places, i));
  }
  return load<i32>(at(places, (length - 1) / 2));
}

/** The smallest of the most frequent values; where it stands last. */
function modeOf(keys: usize, places: usize, length: i32): i32 {
  let best = 0;
  let bestCount = 0;
  let count = 0;
  for (let i = 0; i < length; i++) {
    count = i > 0 && keyAt(keys, places, i) == keyAt(keys, places, i - 1) ? count + 1 : 1;
    if (count > bestCount) {
      bestCount = count;
      best = load<i32>(at(places, i));
    }
  }
  return best;
}
