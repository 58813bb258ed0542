import type { Image } from '../../image';

/**
 * Convolved with a Gaussian of `kernel` = [width, height] pixels (odd), reflected at the edges without repeating them, rounded: torchvision's
 * `gaussian_blur`. `sigma` is in pixels.
 */
export function blurImage(image: Image, [kernelWidth, kernelHeight]: readonly [number, number], sigma: number): Image {
  const { width, height, channels, pixels } = image;
  const across = gaussian(kernelWidth, sigma);
  const down = gaussian(kernelHeight, sigma);
  const row = width * channels;
  const columns = reflected(width, kernelWidth);
  const blurred = new Float64Array(pixels.length);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < channels; channel++) {
        let sum = 0;
        for (let tap = 0; tap < kernelWidth; tap++) {
          sum += (across[tap] ?? 0) * (pixels[y * row + (columns[x + tap] ?? 0) * channels + channel] ?? 0);
        }
        blurred[to++] = sum;
      }
    }
  }
  const rows = reflected(height, kernelHeight);
  const out = new Uint8Array(pixels.length);
  const sums = new Float64Array(row);
  for (let y = 0; y < height; y++) {
    sums.fill(0.5);
    for (let tap = 0; tap < kernelHeight; tap++) {
      const weight = down[tap] ?? 0;
      const from = (rows[y + tap] ?? 0) * row;
      for (let i = 0; i < row; i++) sums[i] = (sums[i] ?? 0) + weight * (blurred[from + i] ?? 0);
    }
    for (let i = 0; i < row; i++) out[y * row + i] = sums[i] ?? 0;
  }
  return { width, height, channels, pixels: out };
}

function gaussian(size: number, sigma: number): Float64Array {
  const weights = Float64Array.from({ length: size }, (_, tap) =>
    Math.exp(-0.5 * ((tap - (size - 1) / 2) / sigma) ** 2),
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** [count + size − 1]: the pixels that a kernel of `size` sees, from half of it before the first on. */
function reflected(count: number, size: number): Int32Array {
  const period = Math.max(1, 2 * (count - 1));
  return Int32Array.from({ length: count + size - 1 }, (_, position) => {
    const within = (((position - (size - 1) / 2) % period) + period) % period;
    return within < count ? within : period - within;
  });
}
