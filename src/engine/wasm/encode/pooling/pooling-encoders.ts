import type { Encoder } from '../encoder';
import { encodeAdaptiveAvgPool2d, encodeAdaptiveAvgPool2dGrad } from './adaptive-avg-pool2d';
import { encodeAvgPool2d, encodeAvgPool2dGrad } from './avg-pool2d';
import { encodeMaxPool2d, encodeMaxPool2dGrad } from './max-pool2d';

export const poolingEncoders: Readonly<Record<string, Encoder>> = {
  max_pool2d: encodeMaxPool2d,
  max_pool2d_grad: encodeMaxPool2dGrad,
  avg_pool2d: encodeAvgPool2d,
  avg_pool2d_grad: encodeAvgPool2dGrad,
  adaptive_avg_pool2d: encodeAdaptiveAvgPool2d,
  adaptive_avg_pool2d_grad: encodeAdaptiveAvgPool2dGrad,
};
