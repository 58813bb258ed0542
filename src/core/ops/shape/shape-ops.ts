import { assignIndex, assignSlice } from './assign';
import { concat } from './concat';
import { diagEmbed, diagonal, diagonalGrad } from './diagonal';
import { expand } from './expand';
import { flatten } from './flatten';
import { gather, indexSelect, take } from './gather';
import { index } from './index';
import { maskedFill } from './masked-fill';
import { permute } from './permute';
import { flip, roll } from './rearrange';
import { repeat, repeatInterleave } from './repeat';
import { reshape } from './reshape';
import { row } from './row';
import { linearIndex, putElements, putRows, scatterElements, scatterRows } from './scatter';
import { slice, sliceGrad } from './slice';
import { stridedSlice } from './strided-slice';
import { tril, triu } from './triangle';
import { unflatten } from './unflatten';
import { unfoldDimension, unfoldDimensionGrad } from './unfold-dimension';
import type { OpDefinition } from '../op';

export const shapeOps: readonly OpDefinition[] = [
  assignIndex,
  assignSlice,
  concat,
  diagEmbed,
  diagonal,
  diagonalGrad,
  expand,
  flatten,
  flip,
  gather,
  index,
  indexSelect,
  linearIndex,
  maskedFill,
  permute,
  putElements,
  putRows,
  repeat,
  repeatInterleave,
  reshape,
  roll,
  row,
  scatterElements,
  scatterRows,
  slice,
  sliceGrad,
  stridedSlice,
  take,
  tril,
  triu,
  unflatten,
  unfoldDimension,
  unfoldDimensionGrad,
];
