import { productOfDims } from '../../graph/dim';
import type { NodeId, Shape, TensorType } from '../../graph/graph';
import type { LoweringContext, ReceptiveFieldRule } from '../op';
import { sameShape } from '../shapes';

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

/** A reduction as it is where its dimensions are neighbours; else of a tensor that has them all at its end. */
export function withNeighbours(context: LoweringContext<ReduceAttributes>, x = context.node.inputs[0] ?? 0): NodeId {
  const { add, attrs, node, typeOf } = context;
  const { shape } = typeOf(x);
  if (neighbours(shape, attrs.dims).length <= 1) return add(node.op, attrs, [x]);
  const kept = shape.flatMap((_, dim) => (attrs.dims.includes(dim) ? [] : [dim]));
  const moved = add('permute', { order: [...kept, ...attrs.dims] }, [x]);
  const dims = attrs.dims.map((_, index) => kept.length + index);
  const result = add(node.op, { ...attrs, dims, keepDims: false }, [moved]);
  return withShape(context, result, node.type.shape);
}

/** The same elements under that shape. */
export function withShape({ add, typeOf }: Pick<LoweringContext, 'add' | 'typeOf'>, id: NodeId, shape: Shape): NodeId {
  return sameShape(typeOf(id).shape, shape) ? id : add('reshape', { shape }, [id]);
}

/** x with all reduced dimensions as one, at its end: `[…, n]`. */
export function asLines({ add, attrs, typeOf }: LoweringContext<ReduceAttributes>, x: NodeId): NodeId {
  const { shape } = typeOf(x);
  const kept = shape.flatMap((_, dim) => (attrs.dims.includes(dim) ? [] : [dim]));
  const order = [...kept, ...attrs.dims];
  const moved = order.every((dim, index) => dim === index) ? x : add('permute', { order }, [x]);
  const length = productOfDims(attrs.dims.map((dim) => shape[dim] ?? 1));
  return withShape({ add, typeOf }, moved, [...kept.map((dim) => shape[dim] ?? 1), length]);
}
