import type { Encoder } from '../encoder';
import { encodeCountCorrect } from '../loss/cross-entropy';
import { encodeChannelSum } from './channel-sum';
import { encodeExtreme, encodeExtremeGrad } from './extremes';
import { encodeLines, encodeOrder, encodeProd, encodeProdGrad, encodeRank, encodeScan, encodeScanGrad } from './lines';
import { encodeProductSum, encodeSum } from './sum';

export const reductionEncoders: Readonly<Record<string, Encoder>> = {
  amax: encodeExtreme,
  amin: encodeExtreme,
  argcummax: encodeScan,
  argcummin: encodeScan,
  argkthvalue: encodeRank,
  argmax: encodeExtreme,
  argmedian: encodeRank,
  argmin: encodeExtreme,
  argmode: encodeRank,
  argsort: encodeOrder,
  argtopk: encodeOrder,
  channel_sum: encodeChannelSum,
  count_correct: encodeCountCorrect,
  cumprod: encodeScan,
  cumprod_grad: encodeScanGrad,
  cumsum: encodeScan,
  extreme_grad: encodeExtremeGrad,
  logcumsumexp: encodeScan,
  logcumsumexp_grad: encodeScanGrad,
  logsumexp: encodeLines(3),
  mean: encodeSum,
  prod: encodeProd,
  prod_grad: encodeProdGrad,
  product_sum: encodeProductSum,
  sum: encodeSum,
};
