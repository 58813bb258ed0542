/** Random numbers, the very ones of the CPU engine (`wasm/kernels/philox.ts` and `draw.ts`). */
export const randomFunctions: Readonly<Record<string, string>> = {
  // The lower and the upper word of a product, by halves.
  wide_product: `fn wide_product(a: u32, b: u32) -> vec2<u32> {
  let low = (a & 0xffffu) * (b & 0xffffu);
  let first = (a >> 16u) * (b & 0xffffu) + (low >> 16u);
  let second = (a & 0xffffu) * (b >> 16u) + (first & 0xffffu);
  return vec2<u32>(a * b, (a >> 16u) * (b >> 16u) + (first >> 16u) + (second >> 16u));
}`,
  // Philox4x32-10 (Salmon et al., 2011).
  philox: `fn philox(counter: vec4<u32>, seed: vec2<u32>) -> vec4<u32> {
  var c = counter;
  var key = seed;
  for (var round_number = 0; round_number < 10; round_number++) {
    let first = wide_product(c.x, 0xd2511f53u);
    let second = wide_product(c.z, 0xcd9e8d57u);
    c = vec4<u32>(second.y ^ c.y ^ key.x, second.x, first.y ^ c.w ^ key.y, first.x);
    key += vec2<u32>(0x9e3779b9u, 0xbb67ae85u);
  }
  return c;
}`,
  // (upper 23 bits + 1/2) / 2^23: a number in (0, 1), exactly.
  unit_number: `fn unit_number(word: u32) -> f32 { return (f32(word >> 9u) + 0.5) * 1.1920928955078125e-7; }`,
};
