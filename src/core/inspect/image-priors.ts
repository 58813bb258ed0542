/** An image [C, H, W] moved by (dy, dx), around the edges. */
export function roll(image: Float32Array, shape: readonly number[], dy: number, dx: number): Float32Array {
  const [channels = 1, height = 1, width = 1] = shape;
  if (dy === 0 && dx === 0) return image.slice();
  const moved = new Float32Array(image.length);
  for (let channel = 0; channel < channels; channel++) {
    for (let y = 0; y < height; y++) {
      const from = (channel * height + y) * width;
      const to = (channel * height + wrap(y + dy, height)) * width;
      for (let x = 0; x < width; x++) moved[to + wrap(x + dx, width)] = image[from + x] ?? 0;
    }
  }
  return moved;
}

/**
 * Adds to `gradient` the gradient, times `weight`, of the image's squared total variation
 * Σ (x[y+1, x] − x[y, x])² + (x[y, x+1] − x[y, x])². Source: Mahendran and Vedaldi, 2015 (β = 2).
 */
export function addTotalVariationGradient(
  gradient: Float64Array,
  image: Float32Array,
  shape: readonly number[],
  weight: number,
): void {
  if (weight === 0) return;
  const [channels = 1, height = 1, width = 1] = shape;
  const pull = (a: number, b: number): void => {
    const difference = 2 * weight * ((image[b] ?? 0) - (image[a] ?? 0));
    gradient[a] = (gradient[a] ?? 0) - difference;
    gradient[b] = (gradient[b] ?? 0) + difference;
  };
  for (let row = 0; row < channels * height; row++) {
    const lastRow = row % height === height - 1;
    for (let x = 0; x < width; x++) {
      const at = row * width + x;
      if (!lastRow) pull(at, at + width);
      if (x < width - 1) pull(at, at + 1);
    }
  }
}

function wrap(place: number, size: number): number {
  return ((place % size) + size) % size;
}
