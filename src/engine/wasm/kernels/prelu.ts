import { storeLanes } from './lanes';
import { arg, argAddress, at, splitAt, sumLanes } from './simd';

/**
 * value where x > 0, else slope·value; value is x itself, or dy for the gradient. Arguments: value, x, weight, y, slopes,
 * places of a plane: plane p has the slope p mod slopes.
 */
export function prelu(args: usize, begin: i32, end: i32): void {
  const slopes = arg(args, 4);
  const places = arg(args, 5);
  if (places == 1) {
    preluRows(args, begin, end, slopes);
    return;
  }
  const weight = argAddress(args, 2);
  let plane = begin / places;
  for (let i = begin; i < end; plane++) {
    const planeEnd = min((plane + 1) * places, end);
    const slope = f32x4.splat(load<f32>(at(weight, slopes == 1 ? 0 : plane % slopes)));
    for (; i < planeEnd; i += 4) bent(args, i, slope, planeEnd - i);
    i = planeEnd;
  }
}

/** Each element has a slope of its own. */
function preluRows(args: usize, begin: i32, end: i32, slopes: i32): void {
  const weight = argAddress(args, 2);
  let channel = begin % slopes;
  for (let i = begin; i < end;) {
    const count = min(slopes - channel, end - i);
    for (let done = 0; done < count; done += 4) {
      bent(args, i + done, v128.load(at(weight, channel + done)), count - done);
    }
    i += count;
    channel = 0;
  }
}

/** Elements i … i + 3, but `count` of them at most. */
function bent(args: usize, i: i32, slope: v128, count: i32): void {
  const value = v128.load(at(argAddress(args, 0), i));
  const above = f32x4.gt(v128.load(at(argAddress(args, 1), i)), f32x4.splat(0));
  storeLanes(at(argAddress(args, 3), i), v128.bitselect(value, f32x4.mul(value, slope), above), count);
}

/** Floats that are added up in f32 before the sum goes on in f64. */
const BLOCK = 1024;

/** Σ dy·x where x is not above 0, of each plane. Arguments: dy, x, sums (f64, one for each plane), planes, places. */
export function prelu_plane_sums(args: usize, part: i32, parts: i32): void {
  const places = arg(args, 4);
  const end = splitAt(arg(args, 3), part + 1, parts);
  for (let plane = splitAt(arg(args, 3), part, parts); plane < end; plane++) {
    const dy = at(argAddress(args, 0), plane * places);
    const x = at(argAddress(args, 1), plane * places);
    let total: f64 = 0;
    for (let from = 0; from < places; from += BLOCK) total += f64(bentSum(dy, x, from, min(from + BLOCK, places)));
    store<f64>(argAddress(args, 2) + (usize(plane) << 3), total);
  }
}

function bentSum(dy: usize, x: usize, from: i32, end: i32): f32 {
  let sums = f32x4.splat(0);
  let i = from;
  for (; i + 4 <= end; i += 4) {
    const value = v128.load(at(x, i));
    const product = f32x4.mul(value, v128.load(at(dy, i)));
    sums = f32x4.add(sums, v128.andnot(product, f32x4.gt(value, f32x4.splat(0))));
  }
  let sum = sumLanes(sums);
  for (; i < end; i++) {
    const value = load<f32>(at(x, i));
    if (!(value > 0)) sum += value * load<f32>(at(dy, i));
  }
  return sum;
}

/** Adds up the planes' sums, in order. Arguments: sums, target, planes, slopes. */
export function prelu_finish(args: usize, part: i32, parts: i32): void {
  const slopes = arg(args, 3);
  const end = splitAt(slopes, part + 1, parts);
  for (let slope = splitAt(slopes, part, parts); slope < end; slope++) {
    let total: f64 = 0;
    for (let plane = slope; plane < arg(args, 2); plane += slopes) {
      total += load<f64>(argAddress(args, 0) + (usize(plane) << 3));
    }
    store<f32>(at(argAddress(args, 1), slope), f32(total));
  }
}
