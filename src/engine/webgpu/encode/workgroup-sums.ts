/** Threads of a workgroup that adds up. */
export const sumThreads = 256;

/**
 * WGSL functions `total(t, value) -> f32` and `total2` (of vec2<f32>): the sum over the `lanes` threads (a power of two) that t
 * is one of, known to all of them; the order is always the same. To be called in uniform control flow.
 */
export function totalFunctions(lanes: number, threads = sumThreads): string {
  return `var<workgroup> partial_sums: array<vec2<f32>, ${threads}>;
fn total2(t: u32, value: vec2<f32>) -> vec2<f32> {
  partial_sums[t] = value;
  workgroupBarrier();
  for (var half = ${lanes / 2}u; half > 0u; half >>= 1u) {
    if ((t & ${lanes - 1}u) < half) { partial_sums[t] += partial_sums[t + half]; }
    workgroupBarrier();
  }
  let sum = partial_sums[t & ${(~(lanes - 1) >>> 0) & (threads - 1)}u];
  workgroupBarrier();
  return sum;
}
fn total(t: u32, value: f32) -> f32 { return total2(t, vec2(value, 0.0)).x; }`;
}

/** How many threads (a power of two) should add up so many elements together. */
export function lanesFor(elements: number, threads = sumThreads): number {
  const wanted = 2 ** Math.ceil(Math.log2(Math.max(1, elements / 4)));
  return Math.min(threads, Math.max(8, wanted));
}
