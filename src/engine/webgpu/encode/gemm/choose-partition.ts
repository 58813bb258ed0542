import type { ProgramBuilder } from '../../program-builder';
import type { Tuning } from '../../tuning';
import { depthUnit, threadsOf, tiles, type ProductKind, type Tile } from './tile';

/** Sizes of a product, or of `count` products of these sizes. */
export interface ProductSize {
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  readonly count: number;
  readonly kind: ProductKind;
}

/** A tile for every workgroup, and into how many sums (of at most `splitDepth` products) the depth is cut. */
export interface Partition {
  readonly tile: Tile;
  readonly splits: number;
  readonly splitDepth: number;
}

/** Longer sums in f32 would lose digits. */
const longestSum = 8192;
/** Shorter ones are not worth adding up partial results. */
const shortestSum = 256;
/** Partial results may take as much memory. */
const mostPartialBytes = 64 * 2 ** 20;

/** The partition that should take least time: by the shape and the tuning alone, as sums depend on it. */
export function choosePartition(size: ProductSize, mayCut: boolean, { tuning, limits }: ProgramBuilder): Partition {
  let best: Partition | undefined;
  let least = Infinity;
  for (const tile of tiles) {
    const speed = tuning.speeds[size.kind][tile.name];
    if (speed === undefined || threadsOf(tile) > limits.workgroupThreads) continue;
    const partition = cut(size, tile, mayCut, tuning);
    const cost = costOf(size, partition, tuning) / speed;
    if (cost >= least) continue;
    least = cost;
    best = partition;
  }
  if (!best) throw new Error('The GPU allows no workgroup that is large enough for a product');
  return best;
}

function cut(
  { rows, columns, depth, count }: ProductSize,
  tile: Tile,
  mayCut: boolean,
  { threads }: Tuning,
): Partition {
  const workgroups = Math.ceil(rows / tile.rows) * Math.ceil(columns / tile.columns) * count;
  const idle = threads / (workgroups * threadsOf(tile));
  const affordable = Math.floor(mostPartialBytes / (4 * rows * columns * count));
  const useful = Math.min(Math.floor(idle), Math.floor(depth / shortestSum), affordable);
  const wanted = mayCut ? Math.max(1, Math.ceil(depth / longestSum), useful) : 1;
  const splitDepth = Math.max(depthUnit, Math.ceil(depth / wanted / depthUnit) * depthUnit);
  return { tile, splits: Math.max(1, Math.ceil(depth / splitDepth)), splitDepth };
}

/** In products of the tile, on a device that is busy; where it is not, a workgroup is as fast as its share of the device. */
function costOf(
  { rows, columns, depth, count }: ProductSize,
  { tile, splits, splitDepth }: Partition,
  { threads }: Tuning,
): number {
  const workgroups = Math.ceil(rows / tile.rows) * Math.ceil(columns / tile.columns) * count * splits;
  const together = Math.max(1, threads / threadsOf(tile));
  const products = tile.rows * tile.columns * Math.min(splitDepth, depth + depthUnit);
  const adding = splits > 1 ? 4 * splits * rows * columns * count : 0;
  return Math.max(workgroups, together) * products + adding;
}
