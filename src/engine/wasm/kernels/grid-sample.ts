import { ownPart } from './own-part';
import { arg, argAddress, at, splitAt, zero } from './simd';

/*
 * Arguments of all three: x or dx (N, C, D, H, W), grid (N, places, rank), y or dy (N, C, places), N, C, D, H, W, places,
 * rank, mode, padding, whether corners are aligned, scratch, its bytes a part, and for the grid's gradient dgrid.
 * A part's scratch has the taps of BLOCK places, and those of one place along each axis.
 */
const BLOCK = 64;

const LINEAR = 1;
const CUBIC = 2;

const BORDER = 1;
const REFLECTION = 2;

/** Bytes of a place: the number of taps, then for each index and weight, or index and slopes along x, y and z. */
const PLACE = 16 + 16 * 16;
/** Bytes of an axis: of each tap index (-1: outside), weight and slope. */
const AXIS = 4 * 12;

/** Each part makes its own planes of y. */
export function grid_sample(args: usize, part: i32, parts: i32): void {
  eachImage(args, part, parts, false);
}

/** Each part makes its own planes of dx, place by place in order. */
export function grid_sample_grad_input(args: usize, part: i32, parts: i32): void {
  eachImage(args, part, parts, true);
}

function eachImage(args: usize, part: i32, parts: i32, back: bool): void {
  const channels = arg(args, 4);
  const size = arg(args, 5) * arg(args, 6) * arg(args, 7);
  const places = arg(args, 8);
  const taps = argAddress(args, 13) + usize(ownPart()) * argAddress(args, 14);
  const end = splitAt(arg(args, 3) * channels, part + 1, parts);
  let plane = splitAt(arg(args, 3) * channels, part, parts);
  while (plane < end) {
    const image = plane / channels;
    const last = min((image + 1) * channels, end);
    if (back) zero(at(argAddress(args, 0), plane * size), (last - plane) * size);
    for (let from = 0; from < places; from += BLOCK) {
      const count = min(BLOCK, places - from);
      locate(args, image, from, count, taps, false);
      for (let p = plane; p < last; p++) {
        const x = at(argAddress(args, 0), p * size);
        const y = at(argAddress(args, 2), p * places + from);
        if (back) scatter(x, y, taps, count);
        else gather(x, y, taps, count);
      }
    }
    plane = last;
  }
}

function gather(x: usize, y: usize, taps: usize, count: i32): void {
  for (let i = 0; i < count; i++) {
    const place = taps + usize(i) * PLACE;
    const end = place + 16 + (usize(load<i32>(place)) << 4);
    let sum: f32 = 0;
    for (let tap = place + 16; tap < end; tap += 16) sum += load<f32>(at(x, load<i32>(tap))) * load<f32>(tap, 4);
    store<f32>(at(y, i), sum);
  }
}

function scatter(dx: usize, dy: usize, taps: usize, count: i32): void {
  for (let i = 0; i < count; i++) {
    const place = taps + usize(i) * PLACE;
    const end = place + 16 + (usize(load<i32>(place)) << 4);
    const share = load<f32>(at(dy, i));
    for (let tap = place + 16; tap < end; tap += 16) {
      const to = at(dx, load<i32>(tap));
      store<f32>(to, load<f32>(to) + share * load<f32>(tap, 4));
    }
  }
}

/** Each place's gradient is summed over its channels by one part. */
export function grid_sample_grad_grid(args: usize, part: i32, parts: i32): void {
  const channels = arg(args, 4);
  const size = arg(args, 5) * arg(args, 6) * arg(args, 7);
  const places = arg(args, 8);
  const rank = arg(args, 9);
  const taps = argAddress(args, 13) + usize(ownPart()) * argAddress(args, 14);
  const blocks = (places + BLOCK - 1) / BLOCK;
  const end = splitAt(arg(args, 3) * blocks, part + 1, parts);
  for (let unit = splitAt(arg(args, 3) * blocks, part, parts); unit < end; unit++) {
    const image = unit / blocks;
    const from = (unit % blocks) * BLOCK;
    const count = min(BLOCK, places - from);
    locate(args, image, from, count, taps, true);
    for (let i = 0; i < count; i++) {
      const place = taps + usize(i) * PLACE;
      const last = place + 16 + (usize(load<i32>(place)) << 4);
      let alongX: f64 = 0;
      let alongY: f64 = 0;
      let alongZ: f64 = 0;
      for (let channel = image * channels; channel < (image + 1) * channels; channel++) {
        const x = at(argAddress(args, 0), channel * size);
        const dy = load<f32>(at(argAddress(args, 2), channel * places + from + i));
        for (let tap = place + 16; tap < last; tap += 16) {
          const product = f64(dy) * f64(load<f32>(at(x, load<i32>(tap))));
          alongX += product * f64(load<f32>(tap, 4));
          alongY += product * f64(load<f32>(tap, 8));
          alongZ += product * f64(load<f32>(tap, 12));
        }
      }
      const to = at(argAddress(args, 15), (image * places + from + i) * rank);
      store<f32>(to, f32(alongX));
      store<f32>(to, f32(alongY), 4);
      if (rank == 3) store<f32>(to, f32(alongZ), 8);
    }
  }
}

/** The taps inside the image of `count` places from `from` on: with weights, or with slopes. */
function locate(args: usize, image: i32, from: i32, count: i32, taps: usize, slopes: bool): void {
  const height = arg(args, 6);
  const width = arg(args, 7);
  const rank = arg(args, 9);
  const xTaps = taps + BLOCK * PLACE;
  const yTaps = xTaps + AXIS;
  const zTaps = yTaps + AXIS;
  for (let i = 0; i < count; i++) {
    const grid = at(argAddress(args, 1), (image * arg(args, 8) + from + i) * rank);
    const xCount = tapsAlong(args, xTaps, load<f32>(grid), width);
    const yCount = tapsAlong(args, yTaps, load<f32>(grid, 4), height);
    let zCount = 1;
    store<i32>(zTaps, 0);
    store<f32>(zTaps, 1, 4);
    store<f32>(zTaps, 0, 8);
    if (rank == 3) zCount = tapsAlong(args, zTaps, load<f32>(grid, 8), arg(args, 5));
    const place = taps + usize(i) * PLACE;
    let tap = place + 16;
    for (let c = 0; c < zCount; c++) {
      const z = zTaps + usize(c) * 12;
      if (load<i32>(z) < 0) continue;
      for (let b = 0; b < yCount; b++) {
        const y = yTaps + usize(b) * 12;
        if (load<i32>(y) < 0) continue;
        for (let a = 0; a < xCount; a++) {
          const x = xTaps + usize(a) * 12;
          if (load<i32>(x) < 0) continue;
          store<i32>(tap, (load<i32>(z) * height + load<i32>(y)) * width + load<i32>(x));
          const yz = load<f32>(y, 4) * load<f32>(z, 4);
          if (slopes) {
            store<f32>(tap, load<f32>(x, 8) * yz, 4);
            store<f32>(tap, load<f32>(x, 4) * load<f32>(y, 8) * load<f32>(z, 4), 8);
            store<f32>(tap, load<f32>(x, 4) * load<f32>(y, 4) * load<f32>(z, 8), 12);
          } else {
            store<f32>(tap, load<f32>(x, 4) * yz, 4);
          }
          tap += 16;
        }
      }
    }
    store<i32>(place, i32((tap - place - 16) >> 4));
  }
}

/** The taps along one axis for the coordinate g, −1 … 1 over the image; returns how many there are. */
function tapsAlong(args: usize, to: usize, g: f32, size: i32): i32 {
  const mode = arg(args, 10);
  const padding = arg(args, 11);
  const aligned = arg(args, 12) != 0;
  let place: f32 = aligned ? (g + 1) * 0.5 * f32(size - 1) : ((g + 1) * f32(size) - 1) * 0.5;
  let slope: f32 = aligned ? f32(size - 1) * 0.5 : f32(size) * 0.5;
  if (mode != CUBIC && padding != 0) {
    if (padding == REFLECTION) {
      if (turnsBack(place, size, aligned)) slope = -slope;
      place = reflected(place, size, aligned);
    }
    if (!(place > 0 && place < f32(size - 1))) slope = 0;
    place = max(min(place, f32(size - 1)), 0);
  }
  // Far outside, or not a number: nothing of the image.
  if (!(abs(place) < 1e9)) return 0;
  if (mode == LINEAR) {
    const first = floor(place);
    tapAt(to, i32(first), size, 1 - (place - first), -slope);
    tapAt(to + 12, i32(first) + 1, size, place - first, slope);
    return 2;
  }
  if (mode != CUBIC) {
    tapAt(to, i32(nearest(place)), size, 1, 0);
    return 1;
  }
  const first = floor(place);
  for (let k = -1; k <= 2; k++) {
    let index: f32 = first + f32(k);
    if (padding == REFLECTION) index = reflected(index, size, aligned);
    if (padding == BORDER || padding == REFLECTION) index = max(min(index, f32(size - 1)), 0);
    const distance = place - first - f32(k);
    const weight = cubic(abs(distance));
    const change = cubicSlope(abs(distance)) * slope;
    tapAt(to + usize(k + 1) * 12, i32(index), size, weight, distance < 0 ? -change : change);
  }
  return 4;
}

function tapAt(to: usize, index: i32, size: i32, weight: f32, slope: f32): void {
  store<i32>(to, index >= 0 && index < size ? index : -1);
  store<f32>(to, weight, 4);
  store<f32>(to, slope, 8);
}

/** A place mirrored at the image's borders until it is inside: at the centres of the outer pixels, or at their edges. */
function reflected(place: f32, size: i32, aligned: bool): f32 {
  const low: f32 = aligned ? 0 : -0.5;
  const span: f32 = aligned ? f32(size - 1) : f32(size);
  if (span == 0) return 0;
  const distance = abs(place - low);
  const flips = floor(distance / span);
  const rest = distance - flips * span;
  return flips % 2 == 0 ? rest + low : span - rest + low;
}

/** Whether a place that moves on is mirrored to one that moves back. */
function turnsBack(place: f32, size: i32, aligned: bool): bool {
  const low: f32 = aligned ? 0 : -0.5;
  const span: f32 = aligned ? f32(size - 1) : f32(size);
  if (span == 0) return false;
  const odd = floor(abs(place - low) / span) % 2 != 0;
  return place < low ? !odd : odd;
}

/** Keys' cubic convolution (1981) with a = −¾, of a distance 0 … 2. */
function cubic(x: f32): f32 {
  if (x <= 1) return (1.25 * x - 2.25) * x * x + 1;
  return x < 2 ? ((-0.75 * x + 3.75) * x - 6) * x + 3 : 0;
}

function cubicSlope(x: f32): f32 {
  if (x <= 1) return (3.75 * x - 4.5) * x;
  return x < 2 ? (-2.25 * x + 7.5) * x - 6 : 0;
}
