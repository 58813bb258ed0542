import { gradientOp } from '../elementwise-gradient';
import type { OpDefinition } from '../op';
import { celu, elu } from './elu';
import { gelu } from './gelu';
import { glu, gluGrad } from './glu';
import { gumbelSoftmax, hardChoice } from './gumbel-softmax';
import { hardtanh } from './hardtanh';
import { leakyRelu } from './leaky-relu';
import { logSoftmax, logSoftmaxGrad } from './log-softmax';
import { normalize, normalizeGrad } from './normalize';
import { prelu, preluGrad, preluGradWeight } from './prelu';
import { relu, reluGrad } from './relu';
import { rrelu, rreluApply, rreluApplyGrad } from './rrelu';
import { hardshrink, softshrink } from './shrink';
import { softmax, softmaxGrad } from './softmax';
import { softmin } from './softmin';
import { softplus } from './softplus';
import { threshold } from './threshold';
import { unaryActivations } from './unary-activations';

/** Those whose gradient is one element-wise op more. */
const elementwise: readonly OpDefinition[] = [
  ...unaryActivations,
  celu,
  elu,
  gelu,
  hardshrink,
  hardtanh,
  leakyRelu,
  softplus,
  softshrink,
  threshold,
];

export const activationOps: readonly OpDefinition[] = [
  ...elementwise,
  ...elementwise.map(gradientOp),
  glu,
  gluGrad,
  gumbelSoftmax,
  hardChoice,
  logSoftmax,
  logSoftmaxGrad,
  normalize,
  normalizeGrad,
  prelu,
  preluGrad,
  preluGradWeight,
  relu,
  reluGrad,
  rrelu,
  rreluApply,
  rreluApplyGrad,
  softmax,
  softmaxGrad,
  softmin,
];
