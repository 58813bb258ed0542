/** Box in pixels, the end excluded; it may reach beyond the image. */
export interface Box {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

export interface FieldMeasures {
  /** Of the Gaussian with the map's moments, in pixels: [y, x]. */
  readonly center: readonly [number, number];
  readonly sigma: readonly [number, number];
  readonly withinTheoretical: number;
  readonly withinTwoSigma: number;
}

/** Divides a map of magnitudes [H, W] by its sum; one of zeros stays so. */
export function normalizeMap(map: Float64Array): Float32Array {
  const total = map.reduce((sum, value) => sum + value, 0);
  return Float32Array.from(map, (value) => (total > 0 ? value / total : 0));
}

/**
 * The moments of a map [H, W] that sums to 1: the Gaussian that is nearest to it in likelihood has them. The share within two
 * standard deviations is that of the ellipse ((y − cy)/σy)² + ((x − cx)/σx)² ≤ 4.
 */
export function measureField(
  map: Float32Array,
  [height, width]: readonly [number, number],
  theoretical: Box | null,
): FieldMeasures {
  let [cy, cx] = [0, 0];
  each((y, x, share) => {
    cy += share * y;
    cx += share * x;
  });
  let [varianceY, varianceX] = [0, 0];
  let withinTheoretical = 0;
  each((y, x, share) => {
    varianceY += share * (y - cy) ** 2;
    varianceX += share * (x - cx) ** 2;
    if (theoretical && y >= theoretical.top && y < theoretical.bottom && x >= theoretical.left && x < theoretical.right)
      withinTheoretical += share;
  });
  const [sigmaY, sigmaX] = [Math.sqrt(varianceY), Math.sqrt(varianceX)];
  let withinTwoSigma = 0;
  each((y, x, share) => {
    const distance = scaled(y - cy, sigmaY) + scaled(x - cx, sigmaX);
    if (distance <= 4) withinTwoSigma += share;
  });
  return { center: [cy, cx], sigma: [sigmaY, sigmaX], withinTheoretical, withinTwoSigma };

  function each(visit: (y: number, x: number, share: number) => void): void {
    for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) visit(y, x, map[y * width + x] ?? 0);
  }
}

/** A field of a single row or column has no spread: what lies on it is within, what does not is not. */
function scaled(distance: number, sigma: number): number {
  return sigma > 0 ? (distance / sigma) ** 2 : distance === 0 ? 0 : Infinity;
}
