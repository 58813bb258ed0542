/** Angles, as exact as the CPU engine's (`wasm/kernels/trigonometry.ts`, whose polynomials these are) for any finite x. */
export const trigonometricFunctions: Readonly<Record<string, string>> = {
  // |x| = n pi/2 + r, |r| <= pi/4: (n mod 4, r). Payne and Hanek, 1983: of the bits of 2/pi, those that count, times the
  // bits of x, in whole numbers.
  quarter_turns: `fn quarter_turns(x: f32) -> vec2<f32> {
  let bits = bitcast<u32>(x) & 0x7fffffffu;
  if (bits < 0x3f490fdbu) { return vec2<f32>(0.0, abs(x)); }
  if (bits >= 0x7f800000u) { return vec2<f32>(0.0, not_a_number()); }
  var digits = array<u32, 8>(
    0u, 0xa2f9836eu, 0x4e441529u, 0xfc2757d1u, 0xf534ddc0u, 0xdb629599u, 0x3c439041u, 0xfe5163abu);
  let mantissa = (bits & 0x007fffffu) | 0x00800000u;
  // x = mantissa * 2^(exponent - 150); what comes before this digit makes whole turns.
  let first = (bits >> 23u) - 120u;
  let word = first >> 5u;
  let shift = first & 31u;
  var high = digits[word];
  var middle = digits[word + 1u];
  var low = digits[word + 2u];
  if (shift > 0u) {
    high = (high << shift) | (middle >> (32u - shift));
    middle = (middle << shift) | (low >> (32u - shift));
    low = (low << shift) | (digits[word + 3u] >> (32u - shift));
  }
  let ofLow = wide_product(mantissa, low);
  let ofMiddle = wide_product(mantissa, middle);
  let second = ofMiddle.x + ofLow.y;
  let top = mantissa * high + ofMiddle.y + select(0u, 1u, second < ofMiddle.x);
  // Two bits of whole quarters, the rest their fraction, which is taken to be above or below 0.
  var fraction = (top << 2u) | (second >> 30u);
  var more = (second << 2u) | (ofLow.x >> 30u);
  let below = fraction >= 0x80000000u;
  let quarters = ((top >> 30u) + select(0u, 1u, below)) & 3u;
  if (below) {
    more = ~more + 1u;
    fraction = ~fraction + select(0u, 1u, more == 0u);
  }
  let r = (f32(fraction) * 2.3283064365386963e-10 + f32(more) * 5.421010862427522e-20) * 1.57079632679489662;
  return vec2<f32>(f32(quarters), select(r, -r, below));
}`,
  sine_near: `fn sine_near(r: f32) -> f32 {
  let square = r * r;
  var q = -1.950148303e-4 * square + 8.332013811e-3;
  q = q * square - 1.666665017e-1;
  return (q * square) * r + r;
}`,
  cosine_near: `fn cosine_near(r: f32) -> f32 {
  let square = r * r;
  var q = 2.437224551e-5 * square - 1.388652435e-3;
  q = q * square + 4.166661307e-2;
  q = q * square - 0.5;
  return q * square + 1.0;
}`,
  sine: `fn sine(x: f32) -> f32 {
  let turned = quarter_turns(x);
  let n = u32(turned.x);
  let size = select(sine_near(turned.y), cosine_near(turned.y), (n & 1u) == 1u);
  return select(size, -size, ((n & 2u) == 2u) != is_negative(x));
}`,
  cosine: `fn cosine(x: f32) -> f32 {
  let turned = quarter_turns(x);
  let n = u32(turned.x) + 1u;
  let size = select(sine_near(turned.y), cosine_near(turned.y), (n & 1u) == 1u);
  return select(size, -size, (n & 2u) == 2u);
}`,
  // x without whole turns of 2: within -1 ... 1
  without_turns: `fn without_turns(x: f32) -> f32 { return x - round(x * 0.5) * 2.0; }`,
  sine_of_pi: `fn sine_of_pi(x: f32) -> f32 { return sine(without_turns(x) * 3.14159265358979324); }`,
  cosine_of_pi: `fn cosine_of_pi(x: f32) -> f32 { return cosine(without_turns(x) * 3.14159265358979324); }`,
  arc_tangent_near: `fn arc_tangent_near(z: f32) -> f32 {
  let square = z * z;
  var q = 2.849852015e-3 * square - 1.606847883e-2;
  q = q * square + 4.269127588e-2;
  q = q * square - 7.504274001e-2;
  q = q * square + 1.064092443e-1;
  q = q * square - 1.420364203e-1;
  q = q * square + 1.999261909e-1;
  q = q * square - 3.333307333e-1;
  return (q * square) * z + z;
}`,
  arc_tangent: `fn arc_tangent(x: f32) -> f32 {
  let size = abs(x);
  if (size > 1.0) { return with_sign(1.57079632679489662 - arc_tangent_near(1.0 / size), x); }
  return with_sign(arc_tangent_near(size), x);
}`,
  // The angle of (b, a).
  angle_of: `fn angle_of(a: f32, b: f32) -> f32 {
  if (is_nan(a) || is_nan(b)) { return not_a_number(); }
  let large = max(abs(a), abs(b));
  let small = min(abs(a), abs(b));
  var ratio = small / large;
  if (small == large) { ratio = select(1.0, 0.0, large == 0.0); }
  var angle = arc_tangent_near(ratio);
  if (abs(a) > abs(b)) { angle = 1.57079632679489662 - angle; }
  if (is_negative(b)) { angle = 3.14159265358979324 - angle; }
  return with_sign(angle, a);
}`,
  arc_sine_near: `fn arc_sine_near(z: f32) -> f32 {
  let square = z * z;
  var q = 4.263556786e-2 * square + 2.385821592e-2;
  q = q * square + 4.555017514e-2;
  q = q * square + 7.494434851e-2;
  q = q * square + 1.666679011e-1;
  return (q * square) * z + z;
}`,
  arc_sine: `fn arc_sine(x: f32) -> f32 {
  let size = abs(x);
  if (size <= 0.5) { return with_sign(arc_sine_near(size), x); }
  let half = square_root((1.0 - size) * 0.5);
  return with_sign(arc_sine_near(half) * -2.0 + 1.57079632679489662, x);
}`,
  arc_cosine: `fn arc_cosine(x: f32) -> f32 {
  let size = abs(x);
  if (size <= 0.5) { return 1.57079632679489662 - arc_sine_near(x); }
  let twice = 2.0 * arc_sine_near(square_root((1.0 - size) * 0.5));
  return select(twice, 3.14159265358979324 - twice, x < 0.0);
}`,
};
