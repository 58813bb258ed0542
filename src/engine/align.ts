/**
 * Every tensor begins at a multiple of this many bytes: what a GPU asks of the place where a shader finds a buffer (WebGPU's
 * default limit minStorageBufferOffsetAlignment), and whole cache lines for the CPU.
 */
export const tensorAlignment = 256;

export function alignUp(bytes: number, alignment = tensorAlignment): number {
  return Math.ceil(bytes / alignment) * alignment;
}
