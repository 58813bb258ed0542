/** Something about an image that is most likely not meant. */
export interface OddImage {
  readonly index: number;
  readonly kind: 'corrupt' | 'single-color' | 'odd-channels' | 'tiny' | 'odd-shape';
  /** In words that follow the name of the image. */
  readonly reason: string;
}

/** One value for each image. */
export interface OddMaterial {
  readonly count: number;
  /** 0 where it can't be decoded. */
  readonly widths: Int32Array;
  readonly heights: Int32Array;
  readonly kinds: Uint8Array;
  /** [count, 3] in [0, 1] */
  readonly deviations: Float32Array;
  /** Of images that can't be decoded: why. */
  readonly failures: ReadonlyMap<number, string>;
}

/** How an image's pixels are kept: bits that are set in `kinds`. */
export const pixelKinds = { grey: 1, alpha: 2, cmyk: 4, colorless: 8 } as const;

/**
 * Images that stand out: what can't be decoded, is of one colour, is kept otherwise than nearly all others, is tiny, or has
 * another shape. By the order of the images.
 */
export function findOddItems(material: OddMaterial): OddImage[] {
  const { count, widths, heights, kinds, deviations, failures } = material;
  const decoded = Array.from({ length: count }, (_, index) => index).filter((index) => (widths[index] ?? 0) > 0);
  const typicalArea = median(decoded.map((index) => (widths[index] ?? 0) * (heights[index] ?? 0)));
  const typicalAspect = median(decoded.map((index) => (widths[index] ?? 1) / (heights[index] ?? 1)));
  const rare = (bits: number) => {
    const those = decoded.filter((index) => ((kinds[index] ?? 0) & bits) !== 0).length;
    const share = those / Math.max(1, decoded.length);
    return { some: share < rareShare, most: share > 1 - rareShare && those < decoded.length };
  };
  const { grey, alpha, cmyk, colorless } = pixelKinds;
  const colorlessShare = rare(grey | colorless);
  const alphaShare = rare(alpha);
  const odd: OddImage[] = [];
  for (let index = 0; index < count; index++) {
    const add = (kind: OddImage['kind'], reason: string) => odd.push({ index, kind, reason });
    const width = widths[index] ?? 0;
    const height = heights[index] ?? 0;
    if (width === 0) {
      add('corrupt', failures.get(index) ?? 'it can’t be decoded');
      continue;
    }
    const bits = kinds[index] ?? 0;
    const isColorless = (bits & (grey | colorless)) !== 0;
    if (deviations.subarray(3 * index, 3 * index + 3).every((deviation) => deviation <= flatDeviation)) {
      add('single-color', 'is of one colour');
    } else if (colorlessShare.some && isColorless) add('odd-channels', 'is grey; most are in colour');
    else if (colorlessShare.most && !isColorless) add('odd-channels', 'is in colour; most are grey');
    if ((bits & cmyk) !== 0) add('odd-channels', 'is kept in CMYK, the colours of print');
    if (alphaShare.some && (bits & alpha) !== 0) add('odd-channels', 'has transparency, which is left aside');
    else if (alphaShare.most && (bits & alpha) === 0) add('odd-channels', 'has no transparency, as most have');
    const size = `${width} × ${height} pixels`;
    if (Math.min(width, height) < tinySide) add('tiny', `has only ${size}`);
    else if (width * height * muchSmaller < typicalArea) {
      add('tiny', `has only ${size}, less than a ${muchSmaller}th of what is usual`);
    }
    const aspect = width / height;
    if (aspect > otherShape * typicalAspect || aspect * otherShape < typicalAspect) {
      add('odd-shape', `has ${size}: ${aspect > typicalAspect ? 'much wider' : 'much higher'} than the others`);
    }
  }
  return odd;
}

/** Below it, a kind is rare enough to be a mistake. */
const rareShare = 0.05;
/** One level of 255: less than compression changes. */
const flatDeviation = 1 / 255;
const tinySide = 8;
const muchSmaller = 16;
const otherShape = 3;

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1] ?? 0;
}
