import { bilinear } from './bilinear';
import { linear, linearGradInput, linearGradWeight } from './linear';
import type { OpDefinition } from '../op';

export const matrixOps: readonly OpDefinition[] = [bilinear, linear, linearGradInput, linearGradWeight];
