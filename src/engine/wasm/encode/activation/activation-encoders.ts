import type { Encoder } from '../encoder';
import { encodeElementwise } from '../arithmetic/elementwise';
import { encodeSoftmax, encodeSoftmaxGrad } from './softmax';

export const activationEncoders: Readonly<Record<string, Encoder>> = {
  relu: encodeElementwise,
  relu_grad: encodeElementwise,
  softmax: encodeSoftmax,
  softmax_grad: encodeSoftmaxGrad,
  log_softmax: encodeSoftmax,
  log_softmax_grad: encodeSoftmaxGrad,
};
