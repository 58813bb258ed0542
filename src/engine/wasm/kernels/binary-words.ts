import { at } from './simd';

/** Functions of whole numbers; truth values are 0 and 1. A quotient by zero is 0: PyTorch refuses it. */
export function binaryWords(code: i32, a: usize, stepOfA: i32, b: usize, stepOfB: i32, y: usize, count: i32): void {
  for (let i = 0; i < count; i++) {
    store<i32>(at(y, i), wordOf(code, load<i32>(at(a, i * stepOfA)), load<i32>(at(b, i * stepOfB))));
  }
}

function wordOf(code: i32, a: i32, b: i32): i32 {
  switch (code) {
    case 0:
      return a + b;
    case 1:
      return a - b;
    case 2:
      return a * b;
    case 3:
      return max(a, b);
    case 4:
      return min(a, b);
    case 5:
      return i32(a == b);
    case 6:
      return i32(a != b);
    case 7:
      return i32(a < b);
    case 8:
      return i32(a <= b);
    case 9:
      return i32(a > b);
    case 10:
      return i32(a >= b);
    case 11:
      return a & b;
    case 12:
      return a | b;
    case 13:
      return a ^ b;
    case 14:
      return b < 0 || b > 31 ? 0 : a << b;
    case 15:
      return b < 0 || b > 31 ? (a < 0 ? -1 : 0) : a >> b;
    case 16:
      return quotient(a, b) - i32(rest(a, b) != 0 && rest(a, b) < 0 != b < 0);
    case 17:
      return quotient(a, b);
    case 18:
      return rest(a, b) != 0 && rest(a, b) < 0 != b < 0 ? rest(a, b) + b : rest(a, b);
    case 19:
      return rest(a, b);
    case 20:
      return power(a, b);
    case 21:
      return gcd(a, b);
    case 22:
      return a == 0 || b == 0 ? 0 : abs(quotient(a, gcd(a, b)) * b);
    default:
      return a < 0 ? 0 : a > 0 ? 1 : b; // heaviside
  }
}

// In 64 bits: −2³¹ / −1 has no 32.
function quotient(a: i32, b: i32): i32 {
  return b == 0 ? 0 : i32(i64(a) / i64(b));
}

function rest(a: i32, b: i32): i32 {
  return b == 0 ? 0 : i32(i64(a) % i64(b));
}

function power(a: i32, b: i32): i32 {
  if (b < 0) return a == 1 ? 1 : a == -1 ? (b & 1 ? -1 : 1) : 0;
  let result = 1;
  let square = a;
  for (let exponent = b; exponent > 0; exponent >>= 1) {
    if (exponent & 1) result *= square;
    square *= square;
  }
  return result;
}

function gcd(a: i32, b: i32): i32 {
  let left = a;
  let right = b;
  while (right != 0) {
    const next = rest(left, right);
    left = right;
    right = next;
  }
  return abs(left);
}
