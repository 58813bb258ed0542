import type { Encoder } from '../encoder';
import { encodeConcat } from './concat';
import { encodeDiagEmbed, encodeDiagonal, encodeTriangle } from './diagonal';
import {
  encodeExpand,
  encodePermute,
  encodeRepeat,
  encodeRepeatInterleave,
  encodeUnfoldDimension,
  encodeUnfoldDimensionGrad,
} from './permute';
import { encodeFlip, encodeRoll } from './rearrange';
import { encodeAssignSlice, encodeSlice, encodeSliceGrad } from './slice';

export const shapeEncoders: Readonly<Record<string, Encoder>> = {
  assign_slice: encodeAssignSlice,
  concat: encodeConcat,
  diag_embed: encodeDiagEmbed,
  diagonal: encodeDiagonal,
  diagonal_grad: encodeDiagEmbed,
  expand: encodeExpand,
  flip: encodeFlip,
  permute: encodePermute,
  repeat: encodeRepeat,
  repeat_interleave: encodeRepeatInterleave,
  roll: encodeRoll,
  slice: encodeSlice,
  slice_grad: encodeSliceGrad,
  strided_slice: encodeSlice,
  tril: encodeTriangle,
  triu: encodeTriangle,
  unfold_dimension: encodeUnfoldDimension,
  unfold_dimension_grad: encodeUnfoldDimensionGrad,
};
