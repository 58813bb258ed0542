import type { OpFamily } from '../encoder';
import { encodeCountCorrect } from '../loss/cross-entropy';
import { encodeExtreme, encodeExtremeGrad } from './extremes';
import { encodeLogSumExp, encodeProdGrad } from './line-functions';
import { encodeMedian, encodeMode, encodeOrder, encodeRank } from './order';
import { encodeCumprodGrad, encodeLogcumsumexpGrad, encodeScan } from './scans';
import { encodeChannelSum, encodeProd, encodeProductSum, encodeSum } from './sums';

export const reductionEncoders: OpFamily = {
  elements: {},
  kernels: {
    amax: encodeExtreme,
    amin: encodeExtreme,
    argcummax: encodeScan,
    argcummin: encodeScan,
    argkthvalue: encodeRank,
    argmax: encodeExtreme,
    argmedian: encodeMedian,
    argmin: encodeExtreme,
    argmode: encodeMode,
    argsort: encodeOrder,
    argtopk: encodeOrder,
    channel_sum: encodeChannelSum,
    count_correct: encodeCountCorrect,
    cumprod: encodeScan,
    cumprod_grad: encodeCumprodGrad,
    cumsum: encodeScan,
    extreme_grad: encodeExtremeGrad,
    logcumsumexp: encodeScan,
    logcumsumexp_grad: encodeLogcumsumexpGrad,
    logsumexp: encodeLogSumExp,
    mean: encodeSum,
    prod: encodeProd,
    prod_grad: encodeProdGrad,
    product_sum: encodeProductSum,
    sum: encodeSum,
  },
};
