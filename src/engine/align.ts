/** Every tensor begins at a multiple of this many bytes: a cache line, and whole SIMD vectors. */
export const tensorAlignment = 64;

export function alignUp(bytes: number, alignment = tensorAlignment): number {
  return Math.ceil(bytes / alignment) * alignment;
}
