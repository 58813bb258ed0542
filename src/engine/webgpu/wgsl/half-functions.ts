/**
 * What a float becomes when it is kept in half: rounded, and infinite from 65520 on, which would be rounded to 2¹⁶. (WGSL leaves open
 * what its own conversions make of numbers that are out of range.)
 */
export const halfFunctions = {
  /** Needs `enable f16`. */
  to_half: `fn to_half(x: f32) -> f16 {
  let size = bitcast<u32>(x) & 0x7fffffffu;
  // Infinity, or NaN. A variable, as constants may be neither.
  var bits = select(0x7c00u, 0x7e00u, size > 0x7f800000u) | ((bitcast<u32>(x) >> 16u) & 0x8000u);
  let beyond = size >= 0x477ff000u;
  return select(f16(select(x, 0.0, beyond)), bitcast<vec2<f16>>(bits).x, beyond);
}
fn to_half4(x: vec4<f32>) -> vec4<f16> { return vec4<f16>(to_half(x.x), to_half(x.y), to_half(x.z), to_half(x.w)); }`,
  round_to_half: `fn round_to_half(x: f32) -> f32 {
  let bits = bitcast<u32>(x);
  let size = bits & 0x7fffffffu;
  let beyond = size >= 0x477ff000u;
  let far = bitcast<f32>(select(0x7f800000u | (bits & 0x80000000u), bits, size > 0x7f800000u));
  return select(unpack2x16float(pack2x16float(vec2(select(x, 0.0, beyond), 0.0))).x, far, beyond);
}
fn round_to_half4(x: vec4<f32>) -> vec4<f32> {
  return vec4<f32>(round_to_half(x.x), round_to_half(x.y), round_to_half(x.z), round_to_half(x.w));
}`,
} as const;
