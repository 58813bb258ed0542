import type { OpFamily } from '../encoder';
import { encodeConstantPad, encodePad, encodePadGrad } from './pad';

export const paddingEncoders: OpFamily = {
  elements: {},
  kernels: {
    constant_pad: encodeConstantPad,
    reflection_pad: encodePad('reflect'),
    replication_pad: encodePad('replicate'),
    circular_pad: encodePad('circular'),
    pad_grad: encodePadGrad,
  },
};
