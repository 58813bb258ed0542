import { channelSum } from './channel-sum';
import { countCorrect } from './count-correct';
import { extremeGrad } from './extremes';
import { quantile } from './quantile';
import { prodGrad } from './reduction-rules';
import { reductions } from './reductions';
import { scanGrads } from './scan-rules';
import { scans } from './scans';
import { meanGrad, productSum } from './sums';
import { argtopk, topk } from './topk';
import type { OpDefinition } from '../op';

export const reductionOps: readonly OpDefinition[] = [
  argtopk,
  channelSum,
  countCorrect,
  extremeGrad,
  meanGrad,
  prodGrad,
  productSum,
  quantile,
  ...reductions,
  ...scanGrads,
  ...scans,
  topk,
];
