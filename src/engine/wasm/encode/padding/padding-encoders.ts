import type { Encoder } from '../encoder';
import { encodePad, encodePadGrad } from './pad';

export const paddingEncoders: Readonly<Record<string, Encoder>> = {
  constant_pad: encodePad('constant'),
  reflection_pad: encodePad('reflect'),
  replication_pad: encodePad('replicate'),
  circular_pad: encodePad('circular'),
  pad_grad: encodePadGrad,
};
