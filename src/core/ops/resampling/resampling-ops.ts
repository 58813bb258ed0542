import { affineGrid, affineGridGrad } from './affine-grid';
import { channelShuffle } from './channel-shuffle';
import { fold } from './fold';
import { gridSample, gridSampleGradGrid, gridSampleGradInput } from './grid-sample';
import { interpolate, interpolateGrad } from './interpolate';
import { pixelShuffle, pixelUnshuffle } from './pixel-shuffle';
import { unfold } from './unfold';
import type { OpDefinition } from '../op';

export const resamplingOps: readonly OpDefinition[] = [
  affineGrid,
  affineGridGrad,
  channelShuffle,
  fold,
  gridSample,
  gridSampleGradGrid,
  gridSampleGradInput,
  interpolate,
  interpolateGrad,
  pixelShuffle,
  pixelUnshuffle,
  unfold,
];
