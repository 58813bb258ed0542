/** The bins of an adaptive pool along one dimension: bin i of n is ⌊i·size/n⌋ … ⌈(i + 1)·size/n⌉ (PyTorch, AdaptiveAvgPool2d). */
export function binsOf(size: number, count: number): readonly { readonly first: number; readonly end: number }[] {
  return Array.from({ length: count }, (_, i) => ({
    first: Math.floor((i * size) / count),
    end: Math.ceil(((i + 1) * size) / count),
  }));
}
