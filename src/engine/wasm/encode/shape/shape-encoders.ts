import type { Encoder } from '../encoder';
import { encodeConcat } from './concat';
import { encodeDiagEmbed, encodeDiagonal, encodeTriangle } from './diagonal';
import { encodeGather, encodeLinearIndex, encodePut, encodeScatter } from './gather';
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
  gather: encodeGather,
  index_select: encodeGather,
  linear_index: encodeLinearIndex,
  permute: encodePermute,
  put_elements: encodePut,
  put_rows: encodePut,
  repeat: encodeRepeat,
  repeat_interleave: encodeRepeatInterleave,
  roll: encodeRoll,
  scatter_elements: encodeScatter,
  scatter_rows: encodeScatter,
  slice: encodeSlice,
  slice_grad: encodeSliceGrad,
  strided_slice: encodeSlice,
  tril: encodeTriangle,
  triu: encodeTriangle,
  unfold_dimension: encodeUnfoldDimension,
  unfold_dimension_grad: encodeUnfoldDimensionGrad,
};
