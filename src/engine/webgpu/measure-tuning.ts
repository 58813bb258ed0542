import { elementCount } from '../../core/graph/dim';
import { alignUp } from '../align';
import type { KernelStep, Plan, PlanTensor } from '../plan';
import { directTile, productKinds, tiles, threadsOf, type ProductKind, type Tile } from './encode/gemm/tile';
import { defaultTuning, softwareTuning, tuningWith, type Tuning } from './tuning';
import { WebgpuSession, type SessionDevice } from './webgpu-session';

/** Runs of one product, of which the fastest counts. */
const runs = 3;
/** A longer time than so many times that of a single workgroup: the device has begun to do workgroups one after the other. */
const busyRatio = 1.5;
/** Every so many workgroups are tried. */
const workgroupFactor = 4;
const mostWorkgroups = 4096;

export interface MeasuringOptions {
  /** After so long no further product is begun. */
  readonly budgetMs?: number;
  /** Tiles among which the device chooses; absent: all that may be fast on it. */
  readonly candidates?: readonly Tile[];
}

/** What a user waits without a thought, once for each driver. */
const usualBudgetMs = 3000;

/**
 * Measures the tiles on a device: each on one product of each kind that is large enough for all of it. What was not measured is
 * guessed by what was. Takes some 300 MB of GPU memory. `software`: the device computes on the processor, and gets small products.
 */
export async function measureTuning(
  shared: SessionDevice,
  software: boolean,
  { budgetMs = usualBudgetMs, candidates = software ? [directTile] : tiles }: MeasuringOptions,
): Promise<Tuning> {
  const end = performance.now() + budgetMs;
  const fitting = candidates.filter((tile) => threadsOf(tile) <= shared.device.limits.workgroupThreads);
  if (fitting.length === 0) throw new Error('The device has no room for any of the tiles');
  const times = new Map<string, number>();
  // Tile by tile, so that a budget that runs out leaves the small ones, which are rarely the best, without measurement.
  for (const tile of fitting) {
    for (const kind of productKinds) {
      if (performance.now() >= end) break;
      times.set(`${kind} ${tile.name}`, await timeOf(shared, planOf(kind, software), tuningWith(tile)));
    }
  }
  return {
    speeds: {
      matrix: speedsOf('matrix', fitting, times),
      windows: speedsOf('windows', fitting, times),
      weights: speedsOf('weights', fitting, times),
    },
    threads: software ? softwareTuning.threads : ((await measureThreads(shared, end)) ?? defaultTuning.threads),
  };
}

/** Relative to the fastest tile, rounded: what a tuning says is no more exact than that. */
function speedsOf(
  kind: ProductKind,
  fitting: readonly Tile[],
  times: ReadonlyMap<string, number>,
): Readonly<Record<string, number>> {
  const measured = fitting.flatMap((tile) => {
    const time = times.get(`${kind} ${tile.name}`);
    return time === undefined ? [] : [{ tile, speed: 1 / Math.max(time, 1e-9) }];
  });
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  // How fast a tile of speed 1 in the guesses is here.
  const unit =
    measured.length > 0 ? sum(measured.map(({ speed }) => speed)) / sum(measured.map(({ tile }) => tile.speed)) : 1;
  const speeds = fitting.map((tile) => measured.find((each) => each.tile === tile)?.speed ?? tile.speed * unit);
  const fastest = Math.max(...speeds);
  return Object.fromEntries(
    fitting.map(({ name }, index) => [
      name,
      Math.max(0.001, Math.round((1000 * (speeds[index] ?? 0)) / fastest) / 1000),
    ]),
  );
}

/** The most threads that run together as fast as few. */
async function measureThreads(shared: SessionDevice, end: number): Promise<number | undefined> {
  const tile = tiles.find(({ name }) => name === '64x64');
  if (performance.now() >= end || !tile || threadsOf(tile) > shared.device.limits.workgroupThreads) return undefined;
  let alone: number | undefined;
  for (let workgroups = 1; workgroups <= mostWorkgroups && performance.now() < end; workgroups *= workgroupFactor) {
    const plan = productPlan({ rows: tile.rows, columns: tile.columns * workgroups, depth: 2048 });
    const time = await timeOf(shared, plan, tuningWith(tile, 1));
    alone ??= time;
    if (time > busyRatio * alone) return Math.max(1, (workgroups / workgroupFactor) * threadsOf(tile));
  }
  return undefined;
}

/** Milliseconds of a plan. */
async function timeOf(shared: SessionDevice, plan: Plan, tuning: Tuning): Promise<number> {
  const none = { offset: 0, byteLength: 0 };
  const layout = { slots: [], byteLength: 0, parameters: none, gradients: none, moments: [] };
  const session = await WebgpuSession.open({ ...shared, tuning }, layout);
  try {
    const program = await session.compile(plan);
    await program.profile();
    let least = Infinity;
    for (let run = 0; run < runs; run++) {
      least = Math.min(
        least,
        (await program.profile()).reduce((sum, time) => sum + time, 0),
      );
    }
    return least;
  } finally {
    await session.dispose();
  }
}

function planOf(kind: ProductKind, small: boolean): Plan {
  switch (kind) {
    case 'matrix':
      return productPlan(small ? { rows: 256, columns: 256, depth: 128 } : { rows: 2048, columns: 2048, depth: 512 });
    case 'windows':
      return convolutionPlan('conv2d', small);
    case 'weights':
      return convolutionPlan('conv2d_grad_weight', small);
  }
}

function productPlan({ rows, columns, depth }: { rows: number; columns: number; depth: number }): Plan {
  return planWith(
    'matrix_product',
    { transposeA: false, transposeB: false },
    [rows, columns],
    [rows, depth],
    [depth, columns],
  );
}

/** 3×3, as most are. */
function convolutionPlan(op: 'conv2d' | 'conv2d_grad_weight', small: boolean): Plan {
  const [images, channels, results] = small ? [4, 16, 32] : [64, 64, 256];
  const [x, weight, y] = [
    [images, channels, 16, 16],
    [results, channels, 3, 3],
    [images, results, 16, 16],
  ] as const;
  const attrs = { stride: [1, 1], padding: [1, 1, 1, 1], dilation: [1, 1], groups: 1 };
  return op === 'conv2d' ? planWith(op, attrs, y, x, weight) : planWith(op, attrs, weight, x, y);
}

function planWith(
  op: string,
  attrs: KernelStep['attrs'],
  target: readonly number[],
  ...sources: readonly (readonly number[])[]
): Plan {
  let arenaBytes = 0;
  const place = (shape: readonly number[]): PlanTensor => {
    const offset = arenaBytes;
    arenaBytes += alignUp(4 * elementCount(shape));
    return { region: 'arena', offset, shape, dtype: 'f32' };
  };
  const inputs = sources.map(place);
  const step: KernelStep = { kind: 'kernel', op, attrs, inputs, output: place(target) };
  return { name: `measurement of ${op}`, batchSize: 1, steps: [step], inputs: {}, outputs: {}, arenaBytes };
}
