/** A plane's low frequencies without the mean, and those of its derivatives. */
export interface Spectrum {
  readonly own: Float64Array;
  /** To the right, by differences of the places beside; at the edge, the last place goes on. */
  readonly across: Float64Array;
  readonly down: Float64Array;
  readonly acrossTwice: Float64Array;
  readonly downTwice: Float64Array;
  /** One after the other. */
  readonly both: Float64Array;
}

/** The first `count` × `count` coefficients of a plane's orthonormal DCT-II, [vertical, horizontal], without the mean. `count` is even. */
export function lowFrequencies(plane: ArrayLike<number>, side: number, count: number): Float64Array {
  const { cosines, rows } = tablesOf(side, count);
  alongRows(plane, side, count, cosines, 'cosines', rows);
  return alongColumns(rows, side, count, cosines, 'cosines').subarray(1);
}

export function spectrumOf(plane: ArrayLike<number>, side: number, count: number): Spectrum {
  const { cosines, slopes, bends, rows, slopeRows } = tablesOf(side, count);
  alongRows(plane, side, count, cosines, 'cosines', rows);
  alongRows(plane, side, count, slopes, 'slopes', slopeRows);
  const own = alongColumns(rows, side, count, cosines, 'cosines');
  // Second differences, the last place going on at the edges, keep each cosine but for a factor.
  return {
    own: own.subarray(1),
    across: alongColumns(slopeRows, side, count, cosines, 'cosines').subarray(1),
    down: alongColumns(rows, side, count, slopes, 'slopes').subarray(1),
    acrossTwice: bent(own, bends, count, 1),
    downTwice: bent(own, bends, count, count),
    both: alongColumns(slopeRows, side, count, slopes, 'slopes').subarray(1),
  };
}

function bent(own: Float64Array, bends: Float64Array, count: number, run: number): Float64Array {
  const out = new Float64Array(own.length - 1);
  for (let i = 1; i < own.length; i++) out[i - 1] = (own[i] ?? 0) * (bends[Math.floor(i / run) % count] ?? 0);
  return out;
}

type TableKind = 'cosines' | 'slopes';

/**
 * [side, count]: each row by a table of [count, side / 2]. Even cosines and odd slopes are alike from both ends, the others opposite:
 * sums and differences of both ends halve the work.
 */
function alongRows(
  plane: ArrayLike<number>,
  side: number,
  count: number,
  table: Float64Array,
  kind: TableKind,
  out: Float64Array,
): void {
  const half = side >> 1;
  const { sums, differences } = tablesOf(side, count);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < half; x++) {
      const left = plane[y * side + x] ?? 0;
      const right = plane[y * side + side - 1 - x] ?? 0;
      sums[x] = left + right;
      differences[x] = left - right;
    }
    for (let u = 0; u < count; u++) {
      const ends = (u % 2 === 0) === (kind === 'cosines') ? sums : differences;
      let sum = 0;
      for (let x = 0; x < half; x++) sum += (table[u * half + x] ?? 0) * (ends[x] ?? 0);
      out[y * count + u] = sum;
    }
  }
}

/** [count, count] of [side, count]: each column by a table. */
function alongColumns(
  rows: Float64Array,
  side: number,
  count: number,
  table: Float64Array,
  kind: TableKind,
): Float64Array {
  const half = side >> 1;
  const out = new Float64Array(count * count);
  const { sums, differences } = tablesOf(side, count);
  for (let y = 0; y < half; y++) {
    for (let u = 0; u < count; u++) {
      const above = rows[y * count + u] ?? 0;
      const below = rows[(side - 1 - y) * count + u] ?? 0;
      sums[y * count + u] = above + below;
      differences[y * count + u] = above - below;
    }
  }
  for (let v = 0; v < count; v++) {
    const ends = (v % 2 === 0) === (kind === 'cosines') ? sums : differences;
    for (let y = 0; y < half; y++) {
      const factor = table[v * half + y] ?? 0;
      for (let u = 0; u < count; u++) {
        out[v * count + u] = (out[v * count + u] ?? 0) + factor * (ends[y * count + u] ?? 0);
      }
    }
  }
  return out;
}

interface Tables {
  /** [count, side / 2]: the first halves of the cosines, and what the differences (right − left) / 2 make of them. */
  readonly cosines: Float64Array;
  readonly slopes: Float64Array;
  /** [count]: what second differences make of a frequency. */
  readonly bends: Float64Array;
  /** Of no meaning between calls: room that is made once. */
  readonly rows: Float64Array;
  readonly slopeRows: Float64Array;
  readonly sums: Float64Array;
  readonly differences: Float64Array;
}

const known = new Map<number, Tables>();

function tablesOf(side: number, count: number): Tables {
  const key = side * 1000 + count;
  const before = known.get(key);
  if (before) return before;
  const half = side >> 1;
  const cosine = (u: number, x: number): number =>
    Math.sqrt((u === 0 ? 1 : 2) / side) * Math.cos((Math.PI * u * (2 * x + 1)) / (2 * side));
  const table = (value: (u: number, x: number) => number): Float64Array =>
    Float64Array.from({ length: count * half }, (_, place) => value(Math.floor(place / half), place % half));
  const tables = {
    cosines: table(cosine),
    // A place counts for its left neighbour's difference, and against its right one's; at the edge, against its own.
    slopes: table((u, x) => ((x === 0 ? -cosine(u, 0) : cosine(u, x - 1)) - cosine(u, x + 1)) / 2),
    bends: Float64Array.from({ length: count }, (_, u) => 2 * Math.cos((Math.PI * u) / side) - 2),
    rows: new Float64Array(side * count),
    slopeRows: new Float64Array(side * count),
    sums: new Float64Array(half * count),
    differences: new Float64Array(half * count),
  };
  known.set(key, tables);
  return tables;
}
