import { arg, argAddress, argFloat, at, madd, splitAt } from './simd';

/** Norms of a difference: how many values are not 0, the sum of their sizes, the root of the sum of squares, the largest; any other. */
const COUNT = 0;
const SUM = 1;
const EUCLIDEAN = 2;
const LARGEST = 3;
const OTHER = 4;

/** The distance of each pair of rows. Arguments: x, y, rows, columns, norm, p. */
export function pdist(args: usize, part: i32, parts: i32): void {
  const rows = arg(args, 2);
  const columns = arg(args, 3);
  const pairs = (rows * (rows - 1)) / 2;
  const end = splitAt(pairs, part + 1, parts);
  let pair = splitAt(pairs, part, parts);
  let i = 0;
  while (pair < end && pairOf(rows, i, rows - 1) < pair) i++;
  for (; pair < end; pair++) {
    if (pair > pairOf(rows, i, rows - 1)) i++;
    const j = pair - pairOf(rows, i, i + 1) + i + 1;
    const first = at(argAddress(args, 0), i * columns);
    const second = at(argAddress(args, 0), j * columns);
    const distance = distanceOf(first, second, columns, arg(args, 4), f64(argFloat(args, 5)));
    store<f32>(at(argAddress(args, 1), pair), distance);
  }
}

/** dx. Arguments: x, y, rows, columns, norm, p, dy, dx. */
export function pdist_grad(args: usize, part: i32, parts: i32): void {
  const rows = arg(args, 2);
  const columns = arg(args, 3);
  const norm = arg(args, 4);
  const end = splitAt(rows, part + 1, parts);
  for (let i = splitAt(rows, part, parts); i < end; i++) {
    const x = at(argAddress(args, 0), i * columns);
    const dx = at(argAddress(args, 7), i * columns);
    memory.fill(dx, 0, usize(columns) << 2);
    if (norm == COUNT) continue;
    for (let j = 0; j < rows; j++) {
      if (j == i) continue;
      const pair = pairOf(rows, min(i, j), max(i, j));
      const distance = load<f32>(at(argAddress(args, 1), pair));
      const dy = load<f32>(at(argAddress(args, 6), pair));
      const other = at(argAddress(args, 0), j * columns);
      if (norm == SUM) addSigns(dx, x, other, columns, dy);
      else if (norm == LARGEST) addLargest(dx, x, other, columns, distance, dy);
      else if (distance == 0) continue;
      else if (norm == EUCLIDEAN) addDifference(dx, x, other, columns, dy / distance);
      else addPowers(dx, x, other, columns, f64(argFloat(args, 5)) - 1, f64(distance), f64(dy));
    }
  }
}

/** Number of the pair of rows i < j. */
function pairOf(rows: i32, i: i32, j: i32): i32 {
  return (i * (2 * rows - i - 1)) / 2 + j - i - 1;
}

function distanceOf(x: usize, y: usize, count: i32, norm: i32, p: f64): f32 {
  if (norm == OTHER) {
    let sum: f64 = 0;
    for (let i = 0; i < count; i++) sum += Math.pow(Math.abs(f64(load<f32>(at(x, i))) - f64(load<f32>(at(y, i)))), p);
    return f32(Math.pow(sum, 1 / p));
  }
  let lanes = f32x4.splat(0);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const size = f32x4.abs(f32x4.sub(v128.load(at(x, i)), v128.load(at(y, i))));
    if (norm == EUCLIDEAN) lanes = madd(size, size, lanes);
    else if (norm == SUM) lanes = f32x4.add(lanes, size);
    else if (norm == LARGEST) lanes = f32x4.max(lanes, size);
    else lanes = f32x4.add(lanes, v128.and(f32x4.splat(1), f32x4.ne(size, f32x4.splat(0))));
  }
  let a = f32x4.extract_lane(lanes, 0);
  const b = f32x4.extract_lane(lanes, 1);
  const c = f32x4.extract_lane(lanes, 2);
  const d = f32x4.extract_lane(lanes, 3);
  a = norm == LARGEST ? max(max(a, b), max(c, d)) : a + b + (c + d);
  for (; i < count; i++) {
    const size = abs(load<f32>(at(x, i)) - load<f32>(at(y, i)));
    if (norm == EUCLIDEAN) a += size * size;
    else if (norm == SUM) a += size;
    else if (norm == LARGEST) a = max(a, size);
    else a += size != 0 ? 1 : 0;
  }
  return norm == EUCLIDEAN ? sqrt(a) : a;
}

/** dx += factor·(x − y) */
function addDifference(dx: usize, x: usize, y: usize, count: i32, factor: f32): void {
  const factors = f32x4.splat(factor);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const difference = f32x4.sub(v128.load(at(x, i)), v128.load(at(y, i)));
    v128.store(at(dx, i), madd(difference, factors, v128.load(at(dx, i))));
  }
  for (; i < count; i++) addTo(at(dx, i), factor * (load<f32>(at(x, i)) - load<f32>(at(y, i))));
}

/** dx += dy·sign(x − y) */
function addSigns(dx: usize, x: usize, y: usize, count: i32, dy: f32): void {
  for (let i = 0; i < count; i++) addTo(at(dx, i), dy * signOf(load<f32>(at(x, i)) - load<f32>(at(y, i))));
}

/** dx += dy·sign(x − y) wherever the difference is the largest. */
function addLargest(dx: usize, x: usize, y: usize, count: i32, largest: f32, dy: f32): void {
  for (let i = 0; i < count; i++) {
    const difference = load<f32>(at(x, i)) - load<f32>(at(y, i));
    if (abs(difference) == largest) addTo(at(dx, i), dy * signOf(difference));
  }
}

/** dx += dy·sign(x − y)·(|x − y|/distance)^exponent */
function addPowers(dx: usize, x: usize, y: usize, count: i32, exponent: f64, distance: f64, dy: f64): void {
  for (let i = 0; i < count; i++) {
    const difference = f64(load<f32>(at(x, i))) - f64(load<f32>(at(y, i)));
    if (difference == 0) continue;
    const share = dy * Math.pow(Math.abs(difference) / distance, exponent);
    addTo(at(dx, i), f32(difference < 0 ? -share : share));
  }
}

function signOf(x: f32): f32 {
  return x > 0 ? 1 : x < 0 ? -1 : 0;
}

function addTo(place: usize, value: f32): void {
  store<f32>(place, load<f32>(place) + value);
}
