import type { Encoder } from '../encoder';
import { encodeCrossEntropy, encodeCrossEntropyGrad } from './cross-entropy';

export const lossEncoders: Readonly<Record<string, Encoder>> = {
  cross_entropy: encodeCrossEntropy,
  cross_entropy_grad: encodeCrossEntropyGrad,
};
