import { channelSum } from './channel-sum';
import { countCorrect } from './count-correct';
import { quantile } from './quantile';
import { meanGrad, productSum } from './sums';
import { reductions } from './reductions';
import { scans } from './scans';
import { argtopk, topk } from './topk';
import type { OpDefinition } from '../op';

export const reductionOps: readonly OpDefinition[] = [
  argtopk,
  channelSum,
  countCorrect,
  meanGrad,
  productSum,
  quantile,
  ...reductions,
  ...scans,
  topk,
];
