import { storeLanes } from './lanes';
import { productsOf, squaresOf } from './reduce';
import { arg, argAddress, argFloat, at, splitAt } from './simd';

// x / max(‖x‖, eps) along lines, ‖x‖ = √Σ x². Arguments: x, y (or dy, x, dx of the gradient), then the number of lines, length
// of a line and elements between its elements (see softmax), and eps. Lines of neighbouring elements are rows; others
// are done four at a time.

export function normalize(args: usize, part: i32, parts: i32): void {
  const length = arg(args, 3);
  const pitch = arg(args, 4);
  const eps = argFloat(args, 5);
  const units = unitsOf(arg(args, 2), pitch);
  const end = splitAt(units, part + 1, parts);
  for (let unit = splitAt(units, part, parts); unit < end; unit++) {
    const start = startOf(unit, length, pitch);
    const x = at(argAddress(args, 0), start);
    const y = at(argAddress(args, 1), start);
    if (pitch == 1) {
      const norm = max(f32(Math.sqrt(squaresOf(x, length, 0))), eps);
      const inverse = f32x4.splat(1 / norm);
      for (let i = 0; i < length; i += 4) storeLanes(at(y, i), f32x4.mul(v128.load(at(x, i)), inverse), length - i);
      continue;
    }
    const norm = f32x4.max(f32x4.sqrt(columnProducts(x, x, length, pitch)), f32x4.splat(eps));
    const inverse = f32x4.div(f32x4.splat(1), norm);
    const count = linesOf(unit, pitch);
    for (let i = 0; i < length; i++) {
      storeLanes(at(y, i * pitch), f32x4.mul(v128.load(at(x, i * pitch)), inverse), count);
    }
  }
}

/** dy/‖x‖ − x·(Σ dy·x)/‖x‖³; dy/eps where ‖x‖ is below eps. */
export function normalize_grad(args: usize, part: i32, parts: i32): void {
  const length = arg(args, 4);
  const pitch = arg(args, 5);
  const eps = f32x4.splat(argFloat(args, 6));
  const units = unitsOf(arg(args, 3), pitch);
  const end = splitAt(units, part + 1, parts);
  for (let unit = splitAt(units, part, parts); unit < end; unit++) {
    const start = startOf(unit, length, pitch);
    const dy = at(argAddress(args, 0), start);
    const x = at(argAddress(args, 1), start);
    const dx = at(argAddress(args, 2), start);
    const row = pitch == 1;
    const squares = row ? f32x4.splat(f32(squaresOf(x, length, 0))) : columnProducts(x, x, length, pitch);
    const products = row ? f32x4.splat(f32(productsOf(dy, x, length, 0))) : columnProducts(dy, x, length, pitch);
    const norm = f32x4.sqrt(squares);
    const inverse = f32x4.div(f32x4.splat(1), f32x4.max(norm, eps));
    const along = v128.and(f32x4.mul(products, f32x4.mul(inverse, inverse)), f32x4.ge(norm, eps));
    const step = row ? 4 : pitch;
    const extent = row ? length : length * pitch;
    const count = row ? length : linesOf(unit, pitch);
    for (let i = 0; i < extent; i += step) {
      const rest = f32x4.sub(v128.load(at(dy, i)), f32x4.mul(v128.load(at(x, i)), along));
      storeLanes(at(dx, i), f32x4.mul(rest, inverse), row ? count - i : count);
    }
  }
}

/** Rows, or groups of four neighbouring columns. */
function unitsOf(lines: i32, pitch: i32): i32 {
  return pitch == 1 ? lines : (lines / pitch) * ((pitch + 3) >> 2);
}

function startOf(unit: i32, length: i32, pitch: i32): i32 {
  if (pitch == 1) return unit * length;
  const groups = (pitch + 3) >> 2;
  const outer = unit / groups;
  return outer * length * pitch + (unit - outer * groups) * 4;
}

/** How many columns are left for a group. */
function linesOf(unit: i32, pitch: i32): i32 {
  return pitch - (unit % ((pitch + 3) >> 2)) * 4;
}

/** Σ a·b of four neighbouring columns, added in f64. */
function columnProducts(a: usize, b: usize, length: i32, pitch: i32): v128 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  for (let i = 0; i < length; i++) {
    const product = f32x4.mul(v128.load(at(a, i * pitch)), v128.load(at(b, i * pitch)));
    low = f64x2.add(low, f64x2.promote_low_f32x4(product));
    high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<f32>(product, product, 2, 3, 2, 3)));
  }
  return v128.shuffle<f32>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5);
}
