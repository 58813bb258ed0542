import { adaptiveAvgPool2d, adaptiveAvgPool2dGrad } from './adaptive-avg-pool2d';
import { adaptiveMaxPoolIndices, adaptivePool } from './adaptive-pool';
import { avgPool } from './avg-pool';
import { avgPool2d, avgPool2dGrad } from './avg-pool2d';
import { fractionalMaxPool, fractionalMaxPoolIndices } from './fractional-max-pool';
import { lpPool } from './lp-pool';
import { maxPool, maxPoolIndices } from './max-pool';
import { maxPool2d, maxPool2dGrad } from './max-pool2d';
import { maxUnpool } from './max-unpool';
import type { OpDefinition } from '../op';

const ranks = [1, 2, 3];

/** Where a rank has more than the family's common rules (a gradient), it has its own file. */
export const poolingOps: readonly OpDefinition[] = [
  adaptivePool('avg', 1),
  adaptiveAvgPool2d,
  adaptiveAvgPool2dGrad,
  adaptivePool('avg', 3),
  ...ranks.flatMap((rank) => [adaptivePool('max', rank), adaptiveMaxPoolIndices(rank)]),
  avgPool(1),
  avgPool2d,
  avgPool2dGrad,
  avgPool(3),
  ...[2, 3].flatMap((rank) => [fractionalMaxPool(rank), fractionalMaxPoolIndices(rank)]),
  ...ranks.map(lpPool),
  maxPool(1),
  maxPool2d,
  maxPool2dGrad,
  maxPool(3),
  ...ranks.map(maxPoolIndices),
  ...ranks.map(maxUnpool),
];
