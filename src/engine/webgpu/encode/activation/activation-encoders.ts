import type { OpFamily } from '../encoder';
import { encodeGluGrad, encodePreluGradWeight, gatedElements } from './gated';
import { encodeNormalize, encodeNormalizeGrad } from './normalize';
import { pointwiseElements } from './pointwise';
import { encodeHardChoice, encodeSoftmax, encodeSoftmaxGrad } from './softmax';

export const activationEncoders: OpFamily = {
  elements: { ...pointwiseElements, ...gatedElements },
  kernels: {
    glu_grad: encodeGluGrad,
    hard_choice: encodeHardChoice,
    log_softmax: encodeSoftmax,
    log_softmax_grad: encodeSoftmaxGrad,
    normalize: encodeNormalize,
    normalize_grad: encodeNormalizeGrad,
    prelu_grad_weight: encodePreluGradWeight,
    softmax: encodeSoftmax,
    softmax_grad: encodeSoftmaxGrad,
  },
};
