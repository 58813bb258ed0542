/**
 * Losses of positions of a square as a map over the image: each pixel has the mean of the positions that covered it, NaN where
 * none did. `losses` [rows, columns] of a square of `size` that moves by `stride` → [height, width].
 */
export function occlusionMap(
  losses: { readonly shape: readonly [rows: number, columns: number]; readonly values: ArrayLike<number> },
  { size, stride }: { readonly size: number; readonly stride: number },
  [height, width]: readonly [height: number, width: number],
): Float32Array {
  const [rows, columns] = losses.shape;
  const sums = new Float64Array(height * width);
  const counts = new Uint32Array(height * width);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const loss = losses.values[row * columns + column] ?? 0;
      for (let y = row * stride; y < row * stride + size; y++) {
        for (let x = column * stride; x < column * stride + size; x++) {
          const at = y * width + x;
          sums[at] = (sums[at] ?? 0) + loss;
          counts[at] = (counts[at] ?? 0) + 1;
        }
      }
    }
  }
  return Float32Array.from(sums, (sum, at) => sum / (counts[at] ?? 0));
}
