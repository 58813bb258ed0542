import type { OpDefinition } from '../op';
import { alphaDropout, dropout, dropout1d, dropout2d, dropout3d, dropoutApply, featureAlphaDropout } from './dropout';
import { stochasticDepth } from './stochastic-depth';

export const dropoutOps: readonly OpDefinition[] = [
  alphaDropout,
  dropout,
  dropout1d,
  dropout2d,
  dropout3d,
  dropoutApply,
  featureAlphaDropout,
  stochasticDepth,
];
