import { crossEntropy, crossEntropyGrad } from './cross-entropy';
import type { OpDefinition } from '../op';

export const lossOps: readonly OpDefinition[] = [crossEntropy, crossEntropyGrad];
