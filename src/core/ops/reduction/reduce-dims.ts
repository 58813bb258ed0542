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

/** The dimensions in groups of neighbours, the last group first; sizes of 1 part nothing. None: nothing to reduce. */
export function neighbours(shape: Shape, dims: readonly number[]): readonly (readonly number[])[] {
  const groups: number[][] = [];
  let open = false;
  for (let dim = shape.length - 1; dim >= 0; dim--) {
    if (dims.includes(dim)) {
      if (open) groups.at(-1)?.unshift(dim);
      else groups.push([dim]);
      open = true;
    } else if (shape[dim] !== 1) open = false;
  }
  return groups;
}
