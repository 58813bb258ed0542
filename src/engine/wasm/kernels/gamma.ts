const PI: f64 = 3.14159265358979324;

/** From here on the asymptotic series are as good as f32 can show. */
const LARGE: f64 = 8;

/** log |Γ(x)|: Stirling's series, the factors up to it, and Euler's reflection below ½. ∞ at 0, −1, −2, … */
export function logGamma1(x: f64): f64 {
  if (x == 1 || x == 2) return 0;
  if (x == -Infinity || x == Infinity) return Infinity;
  if (x < 0.5) {
    const wave = sinOfPi(x);
    return wave == 0 ? Infinity : Math.log(PI / Math.abs(wave)) - logGamma1(1 - x);
  }
  let product: f64 = 1;
  for (; x < LARGE; x++) product *= x;
  const inverse = 1 / x;
  const square = inverse * inverse;
  const series = inverse * (1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1260 - square / 1680)));
  return (x - 0.5) * Math.log(x) - x + 0.918938533204672742 + series - Math.log(product);
}

/** The derivative of log Γ. −∞ at 0 (∞ at −0), NaN at −1, −2, … */
export function digamma1(x: f64): f64 {
  if (x == 0) return -1 / x;
  if (x == Infinity) return x;
  if (x < 0.5) {
    const wave = sinOfPi(x);
    return wave == 0 ? NaN : digamma1(1 - x) - (PI * cosOfPi(x)) / wave;
  }
  let sum: f64 = 0;
  for (; x < LARGE; x++) sum += 1 / x;
  const square = 1 / (x * x);
  const series = square * (1.0 / 12 - square * (1.0 / 120 - square * (1.0 / 252 - square / 240)));
  return Math.log(x) - 0.5 / x - series - sum;
}

/** The derivative of digamma. */
export function trigamma1(x: f64): f64 {
  if (x == Infinity) return 0;
  if (x < 0.5) {
    const ratio = PI / sinOfPi(x);
    return ratio * ratio - trigamma1(1 - x);
  }
  let sum: f64 = 0;
  for (; x < LARGE; x++) sum += 1 / (x * x);
  const inverse = 1 / x;
  const square = inverse * inverse;
  const series = 1.0 / 6 - square * (1.0 / 30 - square * (1.0 / 42 - square / 30));
  return inverse + 0.5 * square + inverse * square * series + sum;
}

/** sin πx, exactly 0 at whole numbers. */
function sinOfPi(x: f64): f64 {
  const rest = x - 2 * Math.floor(x / 2);
  return rest == 0 || rest == 1 ? 0 : Math.sin(PI * rest);
}

function cosOfPi(x: f64): f64 {
  return Math.cos(PI * (x - 2 * Math.floor(x / 2)));
}

/** Σ (x²/4)^k / k!²: all terms are positive. Beyond 100 an f32 is infinite. */
export function bessel0(x: f64): f64 {
  return besselSum(x, 0);
}

/** x/2·Σ (x²/4)^k / (k!·(k + 1)!) */
export function bessel1(x: f64): f64 {
  return (x / 2) * besselSum(x, 1);
}

function besselSum(x: f64, order: i32): f64 {
  if (x != x) return x;
  if (Math.abs(x) > 100) return Infinity;
  const square = (x * x) / 4;
  let term: f64 = 1;
  let sum: f64 = 1;
  for (let k = 1; term > 1e-10 * sum; k++) {
    term *= square / (f64(k) * f64(k + order));
    sum += term;
  }
  return sum;
}
