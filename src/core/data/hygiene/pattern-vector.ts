import { sketchLength, sketchSide } from './sketch-image';

/** Low frequencies in each direction. */
const frequencies = 8;
/** Without the mean. */
export const patternLength = frequencies ** 2 - 1;
/** Sides of the plane that a pattern is made from: enough for its frequencies. */
export const patternSide = sketchSide / 2;

/**
 * What a sketch looks like, whatever its brightness and contrast: its low frequencies without the mean, as a vector of length 1.
 * [count, 63], the lowest frequencies first; zeros where it has no contrast to speak of, and so no pattern.
 */
export function patternVectors(sketches: Uint8Array): Float32Array {
  const count = sketches.length / sketchLength;
  const vectors = new Float32Array(count * patternLength);
  for (let index = 0; index < count; index++) {
    const plane = halvedPlane(sketches.subarray(index * sketchLength, (index + 1) * sketchLength));
    const vector = lowFrequencies(plane, patternSide, frequencies);
    const length = Math.hypot(...vector);
    // The transform keeps lengths: this is the deviation, in grey levels.
    if (length / patternSide < leastDeviation) continue;
    for (let i = 0; i < patternLength; i++) {
      vectors[index * patternLength + i] = (vector[lowestFirst[i] ?? 0] ?? 0) / length;
    }
  }
  return vectors;
}

/** Of the mirrored image: what is odd from left to right changes its sign. */
export function mirrorPattern(vector: Float32Array): Float32Array {
  return vector.map((value, place) => (((lowestFirst[place] ?? 0) + 1) % 2 === 1 ? -value : value));
}

/**
 * Patterns of an image, and of the same one moved by `reach` (in places of the [16, 16] plane) in half of the directions: the other
 * half is seen from the other image. `mirrored`: of the mirrored image, whose left and right are not seen from there. By Taylor's
 * series to the second order, which is as good as exact for parts of a place.
 */
export function movedPatterns(sketch: Uint8Array, reach: number, mirrored: boolean): Float32Array[] {
  const { own, across, down, acrossTwice, downTwice, both } = derivatives(
    halvedPlane(sketch),
    patternSide,
    frequencies,
  );
  return (reach === 0 ? [[0, 0] as const] : mirrored ? movesOfMirrored : moves).map(([right, below]) => {
    const dx = right * reach;
    const dy = below * reach;
    const moved = own.map(
      (value, i) =>
        value +
        dx * (across[i] ?? 0) +
        dy * (down[i] ?? 0) +
        (dx * dx * (acrossTwice[i] ?? 0) + dy * dy * (downTwice[i] ?? 0)) / 2 +
        dx * dy * (both[i] ?? 0),
    );
    const length = Math.hypot(...moved);
    const pattern = Float32Array.from(lowestFirst, (place) => (moved[place] ?? 0) / length);
    return mirrored ? mirrorPattern(pattern) : pattern;
  });
}

type Move = readonly [right: number, below: number];
const moves: readonly Move[] = [
  [0, 0],
  [1, 0],
  [0, 1],
  [1, 1],
  [1, -1],
];
const movesOfMirrored: readonly Move[] = [
  [0, 0],
  [1, 0],
  [-1, 0],
  [0, 1],
  [1, 1],
  [-1, 1],
];

/** A plane's low frequencies without the mean, and those of its derivatives: to the right, downwards, each of them twice, one after the other. */
export function derivatives(plane: ArrayLike<number>, side: number, count: number) {
  const at = (x: number, y: number): number => {
    const column = x < 0 ? 0 : x >= side ? side - 1 : x;
    const row = y < 0 ? 0 : y >= side ? side - 1 : y;
    return plane[row * side + column] ?? 0;
  };
  const planes = Array.from({ length: 5 }, () => new Float64Array(side * side));
  const [across, down, acrossTwice, downTwice, both] = planes as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const to = y * side + x;
      const here = plane[to] ?? 0;
      const left = at(x - 1, y);
      const right = at(x + 1, y);
      const above = at(x, y - 1);
      const below = at(x, y + 1);
      across[to] = (right - left) / 2;
      down[to] = (below - above) / 2;
      acrossTwice[to] = left + right - 2 * here;
      downTwice[to] = above + below - 2 * here;
      both[to] = (at(x + 1, y + 1) + at(x - 1, y - 1) - at(x + 1, y - 1) - at(x - 1, y + 1)) / 4;
    }
  }
  return {
    own: lowFrequencies(plane, side, count),
    across: lowFrequencies(across, side, count),
    down: lowFrequencies(down, side, count),
    acrossTwice: lowFrequencies(acrossTwice, side, count),
    downTwice: lowFrequencies(downTwice, side, count),
    both: lowFrequencies(both, side, count),
  };
}

/** [16, 16] averages of a sketch's brightness. */
export function halvedPlane(sketch: Uint8Array): Float64Array {
  const plane = new Float64Array(patternSide ** 2);
  for (let y = 0; y < patternSide; y++) {
    for (let x = 0; x < patternSide; x++) {
      const at = 2 * y * sketchSide + 2 * x;
      const above = (sketch[at] ?? 0) + (sketch[at + 1] ?? 0);
      plane[y * patternSide + x] = (above + (sketch[at + sketchSide] ?? 0) + (sketch[at + sketchSide + 1] ?? 0)) / 4;
    }
  }
  return plane;
}

/** The first `count` × `count` coefficients of a plane's orthonormal DCT-II, [vertical, horizontal], without the mean. */
export function lowFrequencies(plane: ArrayLike<number>, side: number, count: number): Float64Array {
  const cosines = cosineTable(side);
  const rows = new Float64Array(side * count);
  for (let y = 0; y < side; y++) {
    for (let u = 0; u < count; u++) {
      let sum = 0;
      for (let x = 0; x < side; x++) sum += (cosines[u * side + x] ?? 0) * (plane[y * side + x] ?? 0);
      rows[y * count + u] = sum;
    }
  }
  const out = new Float64Array(count * count);
  for (let v = 0; v < count; v++) {
    for (let u = 0; u < count; u++) {
      let sum = 0;
      for (let y = 0; y < side; y++) sum += (cosines[v * side + y] ?? 0) * (rows[y * count + u] ?? 0);
      out[v * count + u] = sum;
    }
  }
  return out.subarray(1);
}

/** Places in what `lowFrequencies` gives; there are as many frequencies as make odd ones odd places. */
const lowestFirst = Int32Array.from({ length: patternLength }, (_, place) => place).sort(
  (a, b) => frequencyAt(a) - frequencyAt(b) || a - b,
);

function frequencyAt(place: number): number {
  return Math.hypot(Math.floor((place + 1) / frequencies), (place + 1) % frequencies);
}

/** Grey levels; below it there is noise and compression, and no pattern. */
const leastDeviation = 2;

const tables = new Map<number, Float64Array>();

/** [frequency, position] */
function cosineTable(side: number): Float64Array {
  const known = tables.get(side);
  if (known) return known;
  const table = Float64Array.from({ length: side * side }, (_, place) => {
    const u = Math.floor(place / side);
    return Math.sqrt((u === 0 ? 1 : 2) / side) * Math.cos((Math.PI * u * (2 * (place % side) + 1)) / (2 * side));
  });
  tables.set(side, table);
  return table;
}
