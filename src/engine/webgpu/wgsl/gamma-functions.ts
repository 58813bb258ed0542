/** The gamma function's logarithm, its derivatives, and Bessel functions, in 32 bits. */
export const gammaFunctions: Readonly<Record<string, string>> = {
  // log gamma(2 + t), |t| <= 1/2: its Taylor series, whose terms are (zeta(k) - 1) / k. Source: Abramowitz and Stegun, 6.1.33.
  log_gamma_near_two: `fn log_gamma_near_two(t: f32) -> f32 {
  var q = 2.050721278e-05 * t - 4.492623674e-05;
  q = q * t + 9.945751278e-05;
  q = q * t - 2.231547585e-4;
  q = q * t + 5.096695247e-4;
  q = q * t - 1.192753912e-3;
  q = q * t + 2.890510331e-3;
  q = q * t - 7.385551029e-3;
  q = q * t + 2.058080843e-2;
  q = q * t - 6.735230105e-2;
  q = q * t + 3.224670334e-1;
  q = q * t + 4.22784335098467e-1;
  return q * t;
}`,
  // For x >= 1/2: Stirling's series from 8 on, else what log gamma(x + 1) = log gamma(x) + log x leads to near 2.
  log_gamma_above: `fn log_gamma_above(x: f32) -> f32 {
  if (x >= 8.0) {
    let inverse = 1.0 / x;
    let square = inverse * inverse;
    let series = inverse * (0.0833333333333333 - square * (0.00277777777777778 - square * 0.000793650793650794));
    if (is_infinite(x)) { return x; }
    return (x - 0.5) * (logarithm(x) - 1.0) + (0.418938533204672742 + series);
  }
  if (x < 1.5) { return log_gamma_near_two(x - 1.0) - logarithm_of_one_plus(x - 1.0); }
  var rest = x;
  var product = 1.0;
  for (var k = 0; k < 6; k++) {
    if (rest < 2.5) { break; }
    rest -= 1.0;
    product *= rest;
  }
  return log_gamma_near_two(rest - 2.0) + logarithm(product);
}`,
  // log |gamma(x)|; below 1/2 by Euler's reflection.
  log_gamma: `fn log_gamma(x: f32) -> f32 {
  if (is_nan(x)) { return x; }
  if (is_infinite(x)) { return infinity(); }
  if (x >= 0.5) { return log_gamma_above(x); }
  if (x == floor(x)) { return infinity(); }
  return logarithm(3.14159265358979324 / abs(sine_of_pi(x))) - log_gamma_above(1.0 - x);
}`,
  digamma_above: `fn digamma_above(given: f32) -> f32 {
  var x = given;
  var sum = 0.0;
  for (var k = 0; k < 8; k++) {
    if (x >= 8.0) { break; }
    sum += 1.0 / x;
    x += 1.0;
  }
  let square = 1.0 / (x * x);
  let series = square * (0.0833333333333333 - square * (0.00833333333333333 - square * 0.00396825396825397));
  return logarithm(x) - (0.5 / x + series) - sum;
}`,
  digamma_of: `fn digamma_of(x: f32) -> f32 {
  if (is_nan(x)) { return x; }
  if (x == 0.0) { return with_sign(infinity(), -x); }
  if (x >= 0.5) { return digamma_above(x); }
  if (is_infinite(x) || x == floor(x)) { return not_a_number(); }
  return digamma_above(1.0 - x) - (3.14159265358979324 * cosine_of_pi(x)) / sine_of_pi(x);
}`,
  trigamma_above: `fn trigamma_above(given: f32) -> f32 {
  var x = given;
  var sum = 0.0;
  for (var k = 0; k < 8; k++) {
    if (x >= 8.0) { break; }
    sum += 1.0 / (x * x);
    x += 1.0;
  }
  let inverse = 1.0 / x;
  let square = inverse * inverse;
  let series = 0.166666666666667 - square * (0.0333333333333333 - square * 0.0238095238095238);
  return inverse + (0.5 * square + (inverse * square * series + sum));
}`,
  trigamma_of: `fn trigamma_of(x: f32) -> f32 {
  if (is_nan(x)) { return x; }
  if (x >= 0.5) { return trigamma_above(x); }
  let ratio = 3.14159265358979324 / sine_of_pi(x);
  return ratio * ratio - trigamma_above(1.0 - x);
}`,
  // The modified Bessel function of order 0 or 1 of |x|: the sum of (x^2/4)^k / (k! (k + order)!), times x/2 for order 1; from
  // 12 on Hankel's series. Source: Abramowitz and Stegun, 9.6.10 and 9.7.1.
  bessel: `fn bessel(x: f32, order: f32) -> f32 {
  let size = abs(x);
  var term = 1.0;
  var sum = 1.0;
  if (size < 12.0) {
    let square = size * size * 0.25;
    for (var k = 1.0; k < 40.0; k += 1.0) {
      term *= square / (k * (k + order));
      sum += term;
    }
    return select(sum, sum * size * 0.5, order > 0.0);
  }
  if (is_nan(x) || is_infinite(x)) { return size; }
  for (var k = 1.0; k < 9.0; k += 1.0) {
    let odd = 2.0 * k - 1.0;
    term *= (odd * odd - 4.0 * order) / (k * 8.0 * size);
    sum += term;
  }
  let root = exponential(size * 0.5);
  return root * (sum / sqrt(6.28318530717958648 * size)) * root;
}`,
};
