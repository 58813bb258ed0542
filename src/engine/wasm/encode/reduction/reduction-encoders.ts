import type { Encoder } from '../encoder';
import { encodeCountCorrect } from '../loss/cross-entropy';
import { encodeChannelSum } from './channel-sum';
import { encodeProductSum, encodeSum } from './sum';

export const reductionEncoders: Readonly<Record<string, Encoder>> = {
  channel_sum: encodeChannelSum,
  count_correct: encodeCountCorrect,
  mean: encodeSum,
  product_sum: encodeProductSum,
  sum: encodeSum,
};
