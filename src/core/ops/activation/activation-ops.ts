import { logSoftmax, logSoftmaxGrad } from './log-softmax';
import { relu, reluGrad } from './relu';
import { softmax, softmaxGrad } from './softmax';
import type { OpDefinition } from '../op';

export const activationOps: readonly OpDefinition[] = [
  logSoftmax,
  logSoftmaxGrad,
  relu,
  reluGrad,
  softmax,
  softmaxGrad,
];
