/** What floats are made of. Compilers may take it that there is no NaN and no infinity, so these are told by their bits. */
export const bitFunctions: Readonly<Record<string, string>> = {
  is_nan: `fn is_nan(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u; }`,
  is_infinite: `fn is_infinite(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) == 0x7f800000u; }`,
  is_negative: `fn is_negative(x: f32) -> bool { return bitcast<u32>(x) >= 0x80000000u; }`,
  // Written as constants, infinity and NaN are errors.
  infinity: `fn infinity() -> f32 { var bits = 0x7f800000u; return bitcast<f32>(bits); }`,
  not_a_number: `fn not_a_number() -> f32 { var bits = 0x7fc00000u; return bitcast<f32>(bits); }`,
  with_sign: `fn with_sign(size: f32, sign_of: f32) -> f32 {
  return bitcast<f32>((bitcast<u32>(size) & 0x7fffffffu) | (bitcast<u32>(sign_of) & 0x80000000u));
}`,
  // The larger one; NaN if there is one. Of equal ones 0 is larger than -0.
  larger: `fn larger(a: f32, b: f32) -> f32 {
  let same = bitcast<f32>(bitcast<u32>(a) & bitcast<u32>(b));
  return select(select(select(b, a, a > b || is_nan(a)), same, a == b), b, is_nan(b));
}`,
  smaller: `fn smaller(a: f32, b: f32) -> f32 {
  let same = bitcast<f32>(bitcast<u32>(a) | bitcast<u32>(b));
  return select(select(select(b, a, a < b || is_nan(a)), same, a == b), b, is_nan(b));
}`,
  // x within the bounds; NaN stays NaN.
  bounded: `fn bounded(x: f32, lower: f32, upper: f32) -> f32 {
  let above = select(x, lower, x < lower);
  return select(above, upper, above > upper);
}`,
  // -1, 0 or 1; 0 of NaN.
  sign_of: `fn sign_of(x: f32) -> f32 { return select(select(0.0, -1.0, x < 0.0), 1.0, x > 0.0); }`,
  sign_or_nan: `fn sign_or_nan(x: f32) -> f32 { return select(sign_of(x), x, is_nan(x)); }`,
  // Words in the order of the values: -0 and 0 are equal, NaN is the largest.
  order_key: `fn order_key(x: f32) -> i32 {
  let bits = bitcast<i32>(x);
  if ((bits & 0x7fffffff) > 0x7f800000) { return 0x7fffffff; }
  if ((bits & 0x7fffffff) == 0) { return 0; }
  return bits ^ ((bits >> 31u) & 0x7fffffff);
}`,
  next_float: `fn next_float(a: f32, b: f32) -> f32 {
  if (is_nan(a) || is_nan(b)) { return not_a_number(); }
  if (a == b) { return b; }
  let bits = bitcast<i32>(a);
  if ((bits & 0x7fffffff) == 0) { return bitcast<f32>(select(0x80000001u, 1u, b > 0.0)); }
  return bitcast<f32>(select(bits - 1, bits + 1, (a < b) == (bits > 0)));
}`,
  // Toward zero; out of range the nearest end, 0 of NaN.
  to_word: `fn to_word(x: f32) -> i32 {
  if (is_nan(x)) { return 0; }
  if (x >= 2147483648.0) { return 2147483647; }
  if (x <= -2147483648.0) { return i32(-2147483648); }
  return i32(x);
}`,
};
