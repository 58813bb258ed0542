import { concat } from './concat';
import { flatten } from './flatten';
import { reshape } from './reshape';
import { row } from './row';
import { slice } from './slice';
import type { OpDefinition } from '../op';

export const shapeOps: readonly OpDefinition[] = [concat, flatten, reshape, row, slice];
