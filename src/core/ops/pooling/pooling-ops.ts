import { adaptiveAvgPool2d, adaptiveAvgPool2dGrad } from './adaptive-avg-pool2d';
import { avgPool2d, avgPool2dGrad } from './avg-pool2d';
import { maxPool2d, maxPool2dGrad } from './max-pool2d';
import type { OpDefinition } from '../op';

export const poolingOps: readonly OpDefinition[] = [
  adaptiveAvgPool2d,
  adaptiveAvgPool2dGrad,
  avgPool2d,
  avgPool2dGrad,
  maxPool2d,
  maxPool2dGrad,
];
