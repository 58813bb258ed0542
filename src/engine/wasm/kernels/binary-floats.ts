import { at } from './simd';

/** A function of two floats, as the type that picks a branch of `combine`. */
class Add {}
class Subtract {}
class Multiply {}
class Divide {}
class Maximum {}
class Minimum {}
class Fmax {}
class Fmin {}
class Equal {}
class NotEqual {}
class Less {}
class LessEqual {}
class Greater {}
class GreaterEqual {}
class DivideSlope {}
class MaximumShare {}
class MinimumShare {}
class FmaxShare {}
class FmaxRest {}
class FminShare {}
class FminRest {}
class Copysign {}
class CopysignSlope {}
class DivideOrZero {}

function truth(mask: v128): v128 {
  return v128.and(mask, i32x4.splat(1));
}

function notNumber(a: v128): v128 {
  return f32x4.ne(a, a);
}

/** 1, ½ where a = b, 0 where it is `less`: with NaN both operands have all of the gradient, as in PyTorch. */
function share(a: v128, b: v128, less: v128): v128 {
  const whole = v128.bitselect(f32x4.splat(0.5), f32x4.splat(1), f32x4.eq(a, b));
  return v128.andnot(whole, less);
}

function combine<F>(a: v128, b: v128): v128 {
  if (idof<F>() == idof<Add>()) return f32x4.add(a, b);
  if (idof<F>() == idof<Subtract>()) return f32x4.sub(a, b);
  if (idof<F>() == idof<Multiply>()) return f32x4.mul(a, b);
  if (idof<F>() == idof<Divide>()) return f32x4.div(a, b);
  if (idof<F>() == idof<Maximum>()) return f32x4.max(a, b);
  if (idof<F>() == idof<Minimum>()) return f32x4.min(a, b);
  // What is no number gives way to the other.
  if (idof<F>() == idof<Fmax>()) {
    return v128.bitselect(a, v128.bitselect(b, f32x4.max(a, b), notNumber(a)), notNumber(b));
  }
  if (idof<F>() == idof<Fmin>()) {
    return v128.bitselect(a, v128.bitselect(b, f32x4.min(a, b), notNumber(a)), notNumber(b));
  }
  if (idof<F>() == idof<Equal>()) return truth(f32x4.eq(a, b));
  if (idof<F>() == idof<NotEqual>()) return truth(f32x4.ne(a, b));
  if (idof<F>() == idof<Less>()) return truth(f32x4.lt(a, b));
  if (idof<F>() == idof<LessEqual>()) return truth(f32x4.le(a, b));
  if (idof<F>() == idof<Greater>()) return truth(f32x4.gt(a, b));
  if (idof<F>() == idof<GreaterEqual>()) return truth(f32x4.ge(a, b));
  // ∂(a/b)/∂b
  if (idof<F>() == idof<DivideSlope>()) return f32x4.neg(f32x4.div(f32x4.div(a, b), b));
  // What the first operand has of the gradient.
  if (idof<F>() == idof<MaximumShare>()) return share(a, b, f32x4.lt(a, b));
  if (idof<F>() == idof<MinimumShare>()) return share(a, b, f32x4.gt(a, b));
  const one = f32x4.splat(1);
  if (idof<F>() == idof<FmaxShare>()) return v128.and(one, v128.or(f32x4.ge(a, b), notNumber(b)));
  if (idof<F>() == idof<FmaxRest>()) return v128.andnot(one, v128.or(f32x4.ge(a, b), notNumber(b)));
  if (idof<F>() == idof<FminShare>()) return v128.and(one, v128.or(f32x4.le(a, b), notNumber(b)));
  if (idof<F>() == idof<FminRest>()) return v128.andnot(one, v128.or(f32x4.le(a, b), notNumber(b)));
  if (idof<F>() == idof<DivideOrZero>()) return v128.andnot(f32x4.div(a, b), f32x4.eq(b, f32x4.splat(0)));
  const sign = i32x4.splat(0x80000000);
  if (idof<F>() == idof<Copysign>()) return v128.bitselect(b, a, sign);
  // copysign, its slope: ±1
  const slope = v128.or(f32x4.splat(1), v128.and(v128.xor(a, b), sign));
  return v128.andnot(slope, f32x4.eq(a, f32x4.splat(0)));
}

function storeSome(y: usize, value: v128, count: i32): void {
  v128.store_lane<f32>(y, value, 0);
  if (count > 1) v128.store_lane<f32>(y, value, 1, 4);
  if (count > 2) v128.store_lane<f32>(y, value, 2, 8);
}

function run<F>(a: usize, stepOfA: i32, b: usize, stepOfB: i32, y: usize, count: i32): void {
  let i = 0;
  if (stepOfA != 0 && stepOfB != 0) {
    for (; i + 4 <= count; i += 4) v128.store(at(y, i), combine<F>(v128.load(at(a, i)), v128.load(at(b, i))));
    if (i < count) storeSome(at(y, i), combine<F>(v128.load(at(a, i)), v128.load(at(b, i))), count - i);
  } else if (stepOfA != 0) {
    const right = v128.load32_splat(b);
    for (; i + 4 <= count; i += 4) v128.store(at(y, i), combine<F>(v128.load(at(a, i)), right));
    if (i < count) storeSome(at(y, i), combine<F>(v128.load(at(a, i)), right), count - i);
  } else if (stepOfB != 0) {
    const left = v128.load32_splat(a);
    for (; i + 4 <= count; i += 4) v128.store(at(y, i), combine<F>(left, v128.load(at(b, i))));
    if (i < count) storeSome(at(y, i), combine<F>(left, v128.load(at(b, i))), count - i);
  } else {
    const value = combine<F>(v128.load32_splat(a), v128.load32_splat(b));
    for (; i + 4 <= count; i += 4) v128.store(at(y, i), value);
    if (i < count) storeSome(at(y, i), value, count - i);
  }
}

/** Functions of floats that vectors have instructions for. */
export function binaryFloats(code: i32, a: usize, stepOfA: i32, b: usize, stepOfB: i32, y: usize, count: i32): void {
  switch (code) {
    case 0:
      return run<Add>(a, stepOfA, b, stepOfB, y, count);
    case 1:
      return run<Subtract>(a, stepOfA, b, stepOfB, y, count);
    case 2:
      return run<Multiply>(a, stepOfA, b, stepOfB, y, count);
    case 3:
      return run<Divide>(a, stepOfA, b, stepOfB, y, count);
    case 4:
      return run<Maximum>(a, stepOfA, b, stepOfB, y, count);
    case 5:
      return run<Minimum>(a, stepOfA, b, stepOfB, y, count);
    case 6:
      return run<Fmax>(a, stepOfA, b, stepOfB, y, count);
    case 7:
      return run<Fmin>(a, stepOfA, b, stepOfB, y, count);
    case 8:
      return run<Equal>(a, stepOfA, b, stepOfB, y, count);
    case 9:
      return run<NotEqual>(a, stepOfA, b, stepOfB, y, count);
    case 10:
      return run<Less>(a, stepOfA, b, stepOfB, y, count);
    case 11:
      return run<LessEqual>(a, stepOfA, b, stepOfB, y, count);
    case 12:
      return run<Greater>(a, stepOfA, b, stepOfB, y, count);
    case 13:
      return run<GreaterEqual>(a, stepOfA, b, stepOfB, y, count);
    case 14:
      return run<DivideSlope>(a, stepOfA, b, stepOfB, y, count);
    case 15:
      return run<MaximumShare>(a, stepOfA, b, stepOfB, y, count);
    case 16:
      return run<MinimumShare>(a, stepOfA, b, stepOfB, y, count);
    case 17:
      return run<FmaxShare>(a, stepOfA, b, stepOfB, y, count);
    case 18:
      return run<FmaxRest>(a, stepOfA, b, stepOfB, y, count);
    case 19:
      return run<FminShare>(a, stepOfA, b, stepOfB, y, count);
    case 20:
      return run<FminRest>(a, stepOfA, b, stepOfB, y, count);
    case 21:
      return run<Copysign>(a, stepOfA, b, stepOfB, y, count);
    case 22:
      return run<CopysignSlope>(a, stepOfA, b, stepOfB, y, count);
    default:
      return run<DivideOrZero>(a, stepOfA, b, stepOfB, y, count);
  }
}
