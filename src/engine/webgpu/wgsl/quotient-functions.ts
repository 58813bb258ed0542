/** Exact remainders and what is made of them, and powers. */
export const quotientFunctions: Readonly<Record<string, string>> = {
  // Exponent and mantissa of |x| = mantissa * 2^(exponent - 150).
  float_parts: `fn float_parts(x: f32) -> vec2<u32> {
  let bits = bitcast<u32>(x) & 0x7fffffffu;
  if (bits < 0x00800000u) { return vec2<u32>(1u, bits); }
  return vec2<u32>(bits >> 23u, (bits & 0x007fffffu) | 0x00800000u);
}`,
  // a - b trunc(a / b), exactly, with the sign of a: a long division, eight bits at a time.
  exact_rest: `fn exact_rest(a: f32, b: f32) -> f32 {
  let divisor = float_parts(b);
  if (is_nan(a) || is_nan(b) || is_infinite(a) || divisor.y == 0u) { return not_a_number(); }
  if (is_infinite(b) || abs(a) < abs(b)) { return a; }
  let dividend = float_parts(a);
  var rest = dividend.y % divisor.y;
  var steps = dividend.x - divisor.x;
  while (steps > 0u && rest > 0u) {
    let shift = min(steps, 8u);
    rest = (rest << shift) % divisor.y;
    steps -= shift;
  }
  if (rest == 0u) { return with_sign(0.0, a); }
  let up = min(countLeadingZeros(rest) - 8u, divisor.x - 1u);
  let mantissa = rest << up;
  let exponent = select(0u, divisor.x - up, mantissa >= 0x00800000u);
  return with_sign(bitcast<f32>((exponent << 23u) | (mantissa & 0x007fffffu)), a);
}`,
  // The remainder has the divisor's sign.
  floored_rest: `fn floored_rest(a: f32, b: f32) -> f32 {
  let rest = exact_rest(a, b);
  return select(rest, rest + b, rest != 0.0 && (rest < 0.0) != (b < 0.0));
}`,
  // By the exact remainder, as Python does: 1 // 0.1 is 9.
  floored_quotient: `fn floored_quotient(a: f32, b: f32) -> f32 {
  if (b == 0.0) { return a / b; }
  let rest = exact_rest(a, b);
  var quotient = round((a - rest) / b);
  if (rest != 0.0 && (rest < 0.0) != (b < 0.0)) { quotient -= 1.0; }
  if (quotient == 0.0) { return with_sign(0.0, a / b); }
  return quotient;
}`,
  // The whole part of the rounded quotient, however a GPU rounds: 1 / 0.1f is 9.9999998..., which rounds to 10.
  truncated_quotient: `fn truncated_quotient(a: f32, b: f32) -> f32 {
  let quotient = a / b;
  let near = round(quotient);
  if (near == 0.0 || abs(quotient - near) > abs(near) * 4e-7 || is_infinite(quotient)) { return trunc(quotient); }
  let rest = exact_rest(a, b);
  let whole = abs(round((a - rest) / b));
  let next = whole + 1.0;
  let halfStep = (next - bitcast<f32>(bitcast<u32>(next) - 1u)) * 0.5;
  let missing = (abs(b) - abs(rest)) / abs(b);
  return with_sign(select(whole, next, missing <= halfStep), quotient);
}`,
  // a^b: the fraction of b log2 |a| is found apart from its whole part.
  power_of: `fn power_of(a: f32, b: f32) -> f32 {
  if (b == 0.0 || a == 1.0) { return 1.0; }
  if (is_nan(a) || is_nan(b)) { return not_a_number(); }
  let base = abs(a);
  var size = 0.0;
  if (base == 0.0) {
    size = select(infinity(), 0.0, b > 0.0);
  } else if (is_infinite(a)) {
    size = select(0.0, infinity(), b > 0.0);
  } else if (is_infinite(b)) {
    if (base == 1.0) { return 1.0; }
    size = select(0.0, infinity(), (base > 1.0) == (b > 0.0));
  } else {
    let parts = log_parts(base);
    let fraction = (log_rest(parts.y) + parts.y) * 1.44269504088896341;
    let high = bitcast<f32>(bitcast<u32>(b) & 0xfffff000u);
    let n = round(b * (parts.x + fraction));
    if (n > 200.0) {
      size = infinity();
    } else if (n >= -200.0) {
      let rest = (high * parts.x - n) + ((b - high) * parts.x + b * fraction);
      size = times_power_of_two(exponential(rest * 0.693147180559945309), i32(clamp(n, -252.0, 254.0)));
    }
  }
  if (!is_negative(a)) { return size; }
  let odd = abs(b) < 16777216.0 && floor(b) == b && fract(b * 0.5) != 0.0;
  if (floor(b) != b && base != 0.0 && !is_infinite(a)) { return not_a_number(); }
  return select(size, -size, odd);
}`,
  // a * 2^b, also where 2^b by itself is not finite.
  scaled_by_two: `fn scaled_by_two(a: f32, b: f32) -> f32 {
  let half = floor(b * 0.5);
  return (a * exponential_of_two(half)) * exponential_of_two(b - half);
}`,
  hypotenuse: `fn hypotenuse(a: f32, b: f32) -> f32 {
  if (is_infinite(a) || is_infinite(b)) { return infinity(); }
  let large = larger(abs(a), abs(b));
  if (large == 0.0) { return 0.0; }
  let x = a / large;
  let y = b / large;
  return large * sqrt(x * x + y * y);
}`,
  power_of_words: `fn power_of_words(a: i32, b: i32) -> i32 {
  if (b < 0) { return select(select(0, select(1, -1, (b & 1) == 1), a == -1), 1, a == 1); }
  var result = 1;
  var square = a;
  for (var exponent = b; exponent > 0; exponent = exponent >> 1u) {
    if ((exponent & 1) == 1) { result *= square; }
    square *= square;
  }
  return result;
}`,
  quotient_of_words: `fn quotient_of_words(a: i32, b: i32) -> i32 { return select(a / b, 0, b == 0); }`,
  rest_of_words: `fn rest_of_words(a: i32, b: i32) -> i32 { return select(a % b, 0, b == 0); }`,
  floored_quotient_of_words: `fn floored_quotient_of_words(a: i32, b: i32) -> i32 {
  let rest = rest_of_words(a, b);
  return quotient_of_words(a, b) - select(0, 1, rest != 0 && (rest < 0) != (b < 0));
}`,
  floored_rest_of_words: `fn floored_rest_of_words(a: i32, b: i32) -> i32 {
  let rest = rest_of_words(a, b);
  return select(rest, rest + b, rest != 0 && (rest < 0) != (b < 0));
}`,
  common_divisor: `fn common_divisor(a: i32, b: i32) -> i32 {
  var left = a;
  var right = b;
  while (right != 0) {
    let next = rest_of_words(left, right);
    left = right;
    right = next;
  }
  return abs(left);
}`,
  common_multiple: `fn common_multiple(a: i32, b: i32) -> i32 {
  return select(abs(quotient_of_words(a, common_divisor(a, b)) * b), 0, a == 0 || b == 0);
}`,
};
