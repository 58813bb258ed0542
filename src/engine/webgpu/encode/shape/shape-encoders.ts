import type { OpFamily } from '../encoder';
import { encodeConcat } from './concat';
import { encodeDiagEmbed, encodeDiagonal, encodeTriangle } from './diagonal';
import { encodeGather, encodePut, encodeScatter, linearIndex } from './gather';
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

export const shapeEncoders: OpFamily = {
  elements: { linear_index: linearIndex },
  kernels: {
    assign_slice: encodeAssignSlice,
    concat: encodeConcat,
    diag_embed: encodeDiagEmbed,
    diagonal: encodeDiagonal,
    diagonal_grad: encodeDiagEmbed,
    expand: encodeExpand,
    flip: encodeFlip,
    gather: encodeGather,
    index_select: encodeGather,
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
  },
};
