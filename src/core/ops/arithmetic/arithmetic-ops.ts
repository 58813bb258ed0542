import { add } from './add';
import { constant } from './constant';
import { copy } from './copy';
import { multiply } from './multiply';
import { scale } from './scale';
import type { OpDefinition } from '../op';

export const arithmeticOps: readonly OpDefinition[] = [add, constant, copy, multiply, scale];
