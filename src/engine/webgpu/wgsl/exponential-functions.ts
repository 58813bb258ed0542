/** Exponentials and logarithms, as exact as the CPU engine's (`wasm/kernels/math.ts`, whose polynomials these are). */
export const exponentialFunctions: Readonly<Record<string, string>> = {
  // 2^n for whole n in -126 ... 127.
  power_of_two: `fn power_of_two(n: i32) -> f32 { return bitcast<f32>((n + 127) << 23u); }`,
  // 2^n in two steps: results may be subnormal, and n 128.
  times_power_of_two: `fn times_power_of_two(x: f32, n: i32) -> f32 {
  let half = n >> 1u;
  return (x * power_of_two(half)) * power_of_two(n - half);
}`,
  // e^x: x = n ln 2 + r, a polynomial for e^r (coefficients: Moshier, Cephes, expf).
  exponential: `fn exponential(value: f32) -> f32 {
  let x = bounded(value, -105.0, 89.0);
  let n = round(x * 1.44269504088896341);
  let r = n * 2.1219444e-4 + (n * -0.693359375 + x);
  var q = 1.98756915e-4 * r + 1.3981999507e-3;
  q = q * r + 8.3334519073e-3;
  q = q * r + 4.1665795894e-2;
  q = q * r + 1.6666665459e-1;
  q = q * r + 5.0000001201e-1;
  return times_power_of_two((q * (r * r) + r) + 1.0, i32(n));
}`,
  // e^x - 1 for x up to 88: with e^x = 2^n (1 + q) it is 2^n q + (2^n - 1).
  near_exponential_minus_one: `fn near_exponential_minus_one(value: f32) -> f32 {
  let x = bounded(value, -30.0, 88.0);
  let n = round(x * 1.44269504088896341);
  let r = n * 2.1219444e-4 + (n * -0.693359375 + x);
  var q = 1.985779762e-4 * r + 1.39336044e-3;
  q = q * r + 8.333360729e-3;
  q = q * r + 4.166646547e-2;
  q = q * r + 1.666666653e-1;
  q = q * r + 0.5;
  q = q * (r * r) + r;
  let scale = power_of_two(i32(n));
  return scale * q + (scale - 1.0);
}`,
  exponential_minus_one: `fn exponential_minus_one(x: f32) -> f32 {
  return select(near_exponential_minus_one(x), exponential(x), x > 80.0);
}`,
  // 2^x; exact where x is a whole number.
  exponential_of_two: `fn exponential_of_two(value: f32) -> f32 {
  let x = bounded(value, -151.0, 129.0);
  let n = round(x);
  return times_power_of_two(exponential((x - n) * 0.693147180559945309), i32(n));
}`,
  // e^x / 2, which is finite for some x where e^x is not.
  half_exponential: `fn half_exponential(x: f32) -> f32 {
  let root = exponential(x * 0.5);
  return (root * 0.5) * root;
}`,
  logistic: `fn logistic(x: f32) -> f32 {
  let e = exponential(-abs(x));
  return select(1.0, e, x < 0.0) / (1.0 + e);
}`,
  hyperbolic_tangent: `fn hyperbolic_tangent(x: f32) -> f32 {
  let t = near_exponential_minus_one(abs(x) * -2.0);
  return with_sign(-t / (t + 2.0), x);
}`,
  hyperbolic_sine: `fn hyperbolic_sine(x: f32) -> f32 {
  let size = abs(x);
  let t = near_exponential_minus_one(size);
  let near = (t + t / (t + 1.0)) * 0.5;
  return with_sign(select(near, half_exponential(size), size > 80.0), x);
}`,
  hyperbolic_cosine: `fn hyperbolic_cosine(x: f32) -> f32 {
  let size = abs(x);
  let e = exponential(size);
  return select((e + 1.0 / e) * 0.5, half_exponential(size), size > 80.0);
}`,
  // log(1 + m) - m for m within [sqrt(1/2) - 1, sqrt(2) - 1] (coefficients: Moshier, Cephes, logf).
  log_rest: `fn log_rest(m: f32) -> f32 {
  var q = 7.0376836292e-2 * m - 1.151461031e-1;
  q = q * m + 1.167699874e-1;
  q = q * m - 1.2420140846e-1;
  q = q * m + 1.4249322787e-1;
  q = q * m - 1.6668057665e-1;
  q = q * m + 2.0000714765e-1;
  q = q * m - 2.4999993993e-1;
  q = q * m + 3.3333331174e-1;
  let square = m * m;
  return (square * m) * q + square * -0.5;
}`,
  // n and m of x = 2^n (1 + m), sqrt(1/2) <= 1 + m < sqrt(2), for positive finite x; by bits, as some GPUs read subnormal numbers as 0.
  log_parts: `fn log_parts(x: f32) -> vec2<f32> {
  let given = bitcast<u32>(x);
  let tiny = given < 0x00800000u;
  let bits = select(given, bitcast<u32>(f32(given)), tiny);
  let fraction = bitcast<f32>((bits & 0x007fffffu) | 0x3f000000u);
  let small = fraction < 0.707106781186547524;
  let n = i32(bits >> 23u) - 126 - select(0, 149, tiny) - select(0, 1, small);
  return vec2<f32>(f32(n), select(fraction, fraction + fraction, small) - 1.0);
}`,
  // n (high + low) + factor log(1 + m), x = 2^n (1 + m); -infinity of 0, NaN below.
  logarithm_with: `fn logarithm_with(x: f32, high: f32, low: f32, factor: f32) -> f32 {
  let bits = bitcast<u32>(x);
  if ((bits & 0x7fffffffu) == 0u) { return -infinity(); }
  if (bits > 0x80000000u) { return not_a_number(); }
  if (bits >= 0x7f800000u) { return x; }
  let parts = log_parts(x);
  let y = (parts.x * low + log_rest(parts.y) * factor) + parts.y * factor;
  return parts.x * high + y;
}`,
  logarithm: `fn logarithm(x: f32) -> f32 { return logarithm_with(x, 0.693359375, -2.1219444e-4, 1.0); }`,
  logarithm_of_two: `fn logarithm_of_two(x: f32) -> f32 { return logarithm_with(x, 1.0, 0.0, 1.44269504088896341); }`,
  // log 2 to the base 10 in two parts: products of the first with small whole numbers are exact.
  logarithm_of_ten: `fn logarithm_of_ten(x: f32) -> f32 {
  return logarithm_with(x, 0.30078125, 2.48745663981195e-4, 0.434294481903251828);
}`,
  // log(1 + x), near 0 too.
  logarithm_of_one_plus: `fn logarithm_of_one_plus(x: f32) -> f32 {
  if (x > -0.29 && x < 0.41) { return x + log_rest(x); }
  return logarithm(1.0 + x);
}`,
  // log(1 + e^x)
  soft_plus: `fn soft_plus(x: f32) -> f32 {
  return select(x, 0.0, x < 0.0) + logarithm_of_one_plus(exponential(-abs(x)));
}`,
  square_root: `fn square_root(x: f32) -> f32 { return select(sqrt(abs(x)), not_a_number(), x < 0.0); }`,
  inverse_hyperbolic_sine: `fn inverse_hyperbolic_sine(x: f32) -> f32 {
  let size = abs(x);
  if (size > 1e9) { return with_sign(logarithm(size) + 0.693147180559945309, x); }
  let square = x * x;
  return with_sign(logarithm_of_one_plus(size + square / (sqrt(square + 1.0) + 1.0)), x);
}`,
  inverse_hyperbolic_cosine: `fn inverse_hyperbolic_cosine(x: f32) -> f32 {
  if (x > 1e9) { return logarithm(x) + 0.693147180559945309; }
  let t = x - 1.0;
  if (t < 0.0) { return not_a_number(); }
  return logarithm_of_one_plus(t + sqrt(t * (t + 2.0)));
}`,
  inverse_hyperbolic_tangent: `fn inverse_hyperbolic_tangent(x: f32) -> f32 {
  let size = abs(x);
  if (size == 1.0) { return with_sign(infinity(), x); }
  return with_sign(logarithm_of_one_plus((size + size) / (1.0 - size)) * 0.5, x);
}`,
  // log(e^a + e^b)
  log_add: `fn log_add(a: f32, b: f32) -> f32 {
  if (is_nan(a) || is_nan(b)) { return not_a_number(); }
  if (a == b && is_infinite(a)) { return a; }
  return max(a, b) + logarithm_of_one_plus(exponential(-abs(a - b)));
}`,
  // log2(2^a + 2^b)
  log_add_two: `fn log_add_two(a: f32, b: f32) -> f32 {
  if (is_nan(a) || is_nan(b)) { return not_a_number(); }
  if (a == b && is_infinite(a)) { return a; }
  return max(a, b) + logarithm_of_one_plus(exponential_of_two(-abs(a - b))) * 1.44269504088896341;
}`,
};
