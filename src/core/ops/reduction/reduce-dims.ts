import type { Shape, TensorType } from '../../graph/graph';
import type { ReceptiveFieldRule } from '../op';

export type ReduceAttributes = {
  /** Not negative; all of them where all are reduced. */
  readonly dims: readonly number[];
  /** The reduced dimensions stay, with size 1. */
  readonly keepDims: boolean;
};

export function reducedShape(shape: Shape, { dims, keepDims }: ReduceAttributes): Shape {
  if (keepDims) return shape.map((size, dim) => (dims.includes(dim) ? 1 : size));
  return shape.filter((_, dim) => !dims.includes(dim));
}

export function reducesRule(_inputs: readonly TensorType[], { dims, keepDims }: ReduceAttributes): ReceptiveFieldRule {
  return { kind: 'reduces', dims, keepDims };
}
