import type { OpDefinition } from '../op';
import { celu, elu } from './elu';
import { gelu } from './gelu';
import { glu } from './glu';
import { gumbelSoftmax } from './gumbel-softmax';
import { hardtanh } from './hardtanh';
import { leakyRelu } from './leaky-relu';
import { logSoftmax, logSoftmaxGrad } from './log-softmax';
import { normalize } from './normalize';
import { prelu } from './prelu';
import { relu, reluGrad } from './relu';
import { rrelu } from './rrelu';
import { hardshrink, softshrink } from './shrink';
import { softmax, softmaxGrad } from './softmax';
import { softmin } from './softmin';
import { softplus } from './softplus';
import { threshold } from './threshold';
import { unaryActivations } from './unary-activations';

export const activationOps: readonly OpDefinition[] = [
  ...unaryActivations,
  celu,
  elu,
  gelu,
  glu,
  gumbelSoftmax,
  hardshrink,
  hardtanh,
  leakyRelu,
  logSoftmax,
  logSoftmaxGrad,
  normalize,
  prelu,
  relu,
  reluGrad,
  rrelu,
  softmax,
  softmaxGrad,
  softmin,
  softplus,
  softshrink,
  threshold,
];
