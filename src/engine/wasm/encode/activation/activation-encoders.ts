import type { Encoder } from '../encoder';
import { encodeElementwise } from '../arithmetic/elementwise';
import { encodeNormalize } from './normalize';
import { pointwiseEncoders } from './pointwise';
import { encodeGlu, encodeGluGrad } from './glu';
import { encodePrelu, encodePreluGrad, encodePreluGradWeight } from './prelu';
import { encodeRrelu, encodeRreluGrad } from './rrelu';
import { encodeHardChoice, encodeSoftmax, encodeSoftmaxGrad } from './softmax';

export const activationEncoders: Readonly<Record<string, Encoder>> = {
  ...pointwiseEncoders,
  glu: encodeGlu,
  glu_grad: encodeGluGrad,
  hard_choice: encodeHardChoice,
  normalize: encodeNormalize,
  normalize_grad: encodeNormalize,
  prelu: encodePrelu,
  prelu_grad: encodePreluGrad,
  prelu_grad_weight: encodePreluGradWeight,
  relu: encodeElementwise,
  relu_grad: encodeElementwise,
  rrelu_apply: encodeRrelu,
  rrelu_apply_grad: encodeRreluGrad,
  softmax: encodeSoftmax,
  softmax_grad: encodeSoftmaxGrad,
  log_softmax: encodeSoftmax,
  log_softmax_grad: encodeSoftmaxGrad,
};
