import { adaptiveMaxPoolIndices, adaptivePool } from './adaptive-pool';
import { avgPool } from './avg-pool';
import { adaptiveAvgPoolGrad, avgPoolGrad } from './avg-pool-gradient';
import { fractionalMaxPool, fractionalMaxPoolIndices, fractionalPoolSamples } from './fractional-max-pool';
import { lpPool } from './lp-pool';
import { maxPool, maxPoolIndices } from './max-pool';
import { maxPoolGrad, maxPoolValues, maxPoolWinners } from './max-pool-gradient';
import { maxUnpool } from './max-unpool';
import { planeGather, planeScatter } from './plane-gather';
import type { OpDefinition } from '../op';

const ranks = [1, 2, 3];

export const poolingOps: readonly OpDefinition[] = [
  ...ranks.flatMap((rank) => [adaptivePool('avg', rank), adaptivePool('max', rank), adaptiveMaxPoolIndices(rank)]),
  adaptiveAvgPoolGrad,
  ...ranks.map(avgPool),
  avgPoolGrad,
  ...[2, 3].flatMap((rank) => [fractionalMaxPool(rank), fractionalMaxPoolIndices(rank)]),
  fractionalPoolSamples,
  ...ranks.map(lpPool),
  ...ranks.flatMap((rank) => [maxPool(rank), maxPoolIndices(rank)]),
  maxPoolGrad,
  maxPoolValues,
  maxPoolWinners,
  ...ranks.map(maxUnpool),
  planeGather,
  planeScatter,
];
