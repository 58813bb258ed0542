import { affineGrid } from './affine-grid';
import { channelShuffle } from './channel-shuffle';
import { fold } from './fold';
import { gridSample } from './grid-sample';
import { interpolate, interpolateGrad } from './interpolate';
import { pixelShuffle, pixelUnshuffle } from './pixel-shuffle';
import { unfold } from './unfold';
import type { OpDefinition } from '../op';

export const resamplingOps: readonly OpDefinition[] = [
  affineGrid,
  channelShuffle,
  fold,
  gridSample,
  interpolate,
  interpolateGrad,
  pixelShuffle,
  pixelUnshuffle,
  unfold,
];
