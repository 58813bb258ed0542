import type { OpFamily } from '../encoder';
import { encodeChannelSum, encodeProd, encodeProductSum, encodeSum } from './sums';

export const reductionEncoders: OpFamily = {
  elements: {},
  kernels: {
    channel_sum: encodeChannelSum,
    mean: encodeSum,
    prod: encodeProd,
    product_sum: encodeProductSum,
    sum: encodeSum,
  },
};
