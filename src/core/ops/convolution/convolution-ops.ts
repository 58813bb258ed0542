import { addChannelBias } from './add-channel-bias';
import { conv1d } from './conv1d';
import { conv2d, conv2dGradInput, conv2dGradWeight } from './conv2d';
import { conv3d } from './conv3d';
import { convTranspose1d } from './conv-transpose1d';
import { convTranspose2d } from './conv-transpose2d';
import { convTranspose3d } from './conv-transpose3d';
import { depthWindows, depthWindowsSum } from './depth-windows';
import type { OpDefinition } from '../op';

export const convolutionOps: readonly OpDefinition[] = [
  addChannelBias,
  conv1d,
  conv2d,
  conv2dGradInput,
  conv2dGradWeight,
  conv3d,
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
  depthWindows,
  depthWindowsSum,
];
