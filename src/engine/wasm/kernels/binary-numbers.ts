import { at } from './simd';

const LN2 = 0.6931471805599453;

/** Functions of floats that are computed one by one, in doubles where that is what makes them exact. */
export function binaryNumbers(code: i32, a: usize, stepOfA: i32, b: usize, stepOfB: i32, y: usize, count: i32): void {
  if (code == 0 && stepOfB == 0) return powersOf(a, stepOfA, load<f32>(b), y, count);
  for (let i = 0; i < count; i++) {
    const left = load<f32>(at(a, i * stepOfA));
    const right = load<f32>(at(b, i * stepOfB));
    if (code == 13) store<i32>(at(y, i), isClose(left, right));
    else store<f32>(at(y, i), valueOf(code, left, right));
  }
}

function valueOf(code: i32, a: f32, b: f32): f32 {
  switch (code) {
    case 0:
      return power(a, b);
    case 1: // ∂(a^b)/∂a
      return b == 0 ? 0 : b * power(a, b - 1);
    case 2: // ∂(a^b)/∂b
      return a == 0 && b >= 0 ? 0 : f32(Math.pow(a, b) * Math.log(a));
    case 3:
      return f32(Math.atan2(a, b));
    case 4: // ∂atan2(a, b)/∂a; that by b is the same of (b, a), negated
      return f32(f64(b) / (f64(a) * f64(a) + f64(b) * f64(b)));
    case 5:
      return f32(Math.hypot(a, b));
    case 6:
      return f32(a / Math.hypot(a, b));
    case 7:
      return nextAfter(a, b);
    case 8:
      return logAddExp(a, b, 1);
    case 9: // what a has of the gradient
      return f32(1 / (1 + Math.exp(f64(b) - f64(a))));
    case 10:
      return logAddExp(a, b, LN2);
    case 11:
      return f32(1 / (1 + Math.exp((f64(b) - f64(a)) * LN2)));
    case 12:
      return b != b ? b : a == 0 ? 0 : f32(a * Math.log(b));
    case 14: // ∂(a·log b)/∂a
      return a == 0 && b <= 0 ? 0 : f32(Math.log(b));
    case 15:
      return f32(a * Math.pow(2, b));
    case 16: // ∂(a·2^b)/∂a
      return f32(Math.pow(2, b));
    case 17: // ∂(a·2^b)/∂b
      return f32(a * Math.pow(2, b) * LN2);
    case 18: // heaviside
      return a != a ? a : a == 0 ? b : a > 0 ? 1 : 0;
    case 19:
      return floorDivide(a, b);
    case 20:
      return Mathf.trunc(a / b);
    case 21:
      return remainder(a, b);
    default:
      return f32(f64(a) % f64(b));
  }
}

function power(a: f32, b: f32): f32 {
  return Mathf.pow(a, b);
}

/** Powers with one exponent: the usual ones are products and roots. */
function powersOf(a: usize, step: i32, exponent: f32, y: usize, count: i32): void {
  for (let i = 0; i < count; i++) {
    const x = load<f32>(at(a, i * step));
    let value: f32;
    if (exponent == 2) value = x * x;
    else if (exponent == 3) value = x * x * x;
    else if (exponent == 0.5) value = x == f32(-Infinity) ? f32(Infinity) : Mathf.sqrt(x);
    else if (exponent == -1) value = 1 / x;
    else if (exponent == -0.5) value = x == f32(-Infinity) ? 0 : 1 / Mathf.sqrt(x);
    else if (exponent == 1) value = x;
    else value = power(x, exponent);
    store<f32>(at(y, i), value);
  }
}

function nextAfter(a: f32, b: f32): f32 {
  if (a != a || b != b) return a + b;
  if (a == b) return b;
  if (a == 0) return b > 0 ? f32(reinterpret<f32>(1)) : f32(reinterpret<f32>(0x80000001));
  const bits = reinterpret<i32>(a);
  return reinterpret<f32>(a < b == a > 0 ? bits + 1 : bits - 1);
}

/** log(e^(a·base) + e^(b·base)) / base, base 1 or ln 2. */
function logAddExp(a: f32, b: f32, base: f64): f32 {
  if (a == b && (a == f32(Infinity) || a == f32(-Infinity))) return a;
  const distance = Math.abs(f64(a) - f64(b)) * base;
  return f32(f64(max(a, b)) + Math.log1p(Math.exp(-distance)) / base);
}

function isClose(a: f32, b: f32): i32 {
  if (a == b) return 1;
  const distance = Math.abs(f64(a) - f64(b));
  return distance < Infinity && distance <= 1e-8 + 1e-5 * Math.abs(b) ? 1 : 0;
}

/** The remainder has the divisor's sign. */
function remainder(a: f32, b: f32): f32 {
  const rest = f64(a) % f64(b);
  return f32(rest != 0 && rest < 0 != b < 0 ? rest + b : rest);
}

/** By the exact remainder, as Python does: 1 // 0.1 is 9. */
function floorDivide(a: f32, b: f32): f32 {
  if (b == 0) return a / b;
  const rest = f64(a) % f64(b);
  let quotient = (f64(a) - rest) / f64(b);
  if (rest != 0 && rest < 0 != b < 0) quotient -= 1;
  if (quotient == 0) return copysign<f32>(0, a / b);
  const floor = Math.floor(quotient);
  return f32(quotient - floor > 0.5 ? floor + 1 : floor);
}
