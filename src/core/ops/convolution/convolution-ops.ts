import { conv2d, conv2dGradInput, conv2dGradWeight } from './conv2d';
import type { OpDefinition } from '../op';

export const convolutionOps: readonly OpDefinition[] = [conv2d, conv2dGradInput, conv2dGradWeight];
