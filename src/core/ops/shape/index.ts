import { formatShape, productOfDims } from '../../graph/dim';
import type { NodeId, Shape } from '../../graph/graph';
import { broadcastShapes } from '../arithmetic/broadcast';
import type { NodeAdder, OpDefinition } from '../op';
import { inputAt, sameShape } from '../shapes';

/** Dimension `dims[i]` (in ascending order) is indexed by input i + 1. */
export type IndexAttributes = { readonly dims: readonly number[] };

/**
 * `x[i, :, j]` with index tensors: they are broadcast, and their shape takes the place of the dimensions that they
 * index, or stands in front where those are not neighbours. Source: PyTorch, Tensor indexing API; NumPy, advanced indexing.
 */
export const index: OpDefinition<IndexAttributes> = {
  name: 'index',
  title: 'index',
  inferType(inputs, attrs) {
    const { shape, dtype } = inputAt(inputs, 0);
    return {
      shape: indexedShape(
        shape,
        attrs.dims,
        inputs.slice(1).map((input) => input.shape),
      ),
      dtype,
    };
  },
  receptiveField: (inputs, { dims }) =>
    dims.length === 1 && inputAt(inputs, 1).shape.length === 1 ? { kind: 'mixes', dims } : { kind: 'global' },
  formulas: (inputs, output) => [
    { name: 'shape', text: `${formatShape(inputAt(inputs, 0).shape)} → ${formatShape(output.shape)}` },
  ],
  lower({ add, typeOf, node, attrs }) {
    const [x = 0, ...indices] = node.inputs;
    const indexed = asOneDimension({ add, typeOf }, x, attrs.dims, indices);
    const taken = add('index_select', { dim: indexed.dim }, [indexed.x, indexed.index]);
    return add('reshape', { shape: [...node.type.shape] }, [taken]);
  },
};

/**
 * Index tensors of several dimensions as a vector of indices of one: the dimensions stand together, in front where they
 * were no neighbours, and are merged. `back` gives a tensor like `x` the shape of the one that was given.
 */
export function asOneDimension(
  { add, typeOf }: Pick<NodeAdder, 'add' | 'typeOf'>,
  given: NodeId,
  dims: readonly number[],
  indices: readonly NodeId[],
): { readonly x: NodeId; readonly dim: number; readonly index: NodeId; readonly back: (x: NodeId) => NodeId } {
  const { shape } = typeOf(given);
  const [first = 0] = dims;
  const neighbours = dims.every((dim, at) => dim === first + at);
  const order = [...dims, ...shape.map((_, dim) => dim).filter((dim) => !dims.includes(dim))];
  const together = neighbours ? given : add('permute', { order }, [given]);
  const dim = neighbours ? first : 0;
  const placed = typeOf(together).shape;
  const sizes = placed.slice(dim, dim + dims.length);
  const merged = [...placed.slice(0, dim), productOfDims(sizes), ...placed.slice(dim + dims.length)];
  const common = broadcastShapes('index', ...indices.map((id) => typeOf(id).shape));
  const spread = indices.map((id) =>
    sameShape(typeOf(id).shape, common) ? id : add('expand', { shape: [...common] }, [id]),
  );
  const index = spread.reduce<NodeId | undefined>((linear, id, at) => {
    if (spread.length === 1) return id;
    return add('linear_index', { size: sizes[at] ?? 1 }, linear === undefined ? [id] : [linear, id]);
  }, undefined);
  const backOrder = order.map((_, at) => order.indexOf(at));
  return {
    x: dims.length === 1 ? together : add('reshape', { shape: merged }, [together]),
    dim,
    index: add('reshape', { shape: [productOfDims(common)] }, [index ?? given]),
    back(x) {
      const apart = add('reshape', { shape: [...placed] }, [x]);
      return neighbours ? apart : add('permute', { order: backOrder }, [apart]);
    },
  };
}

export function indexedShape(shape: Shape, dims: readonly number[], indices: readonly Shape[]): Shape {
  const together = broadcastShapes('index', ...indices);
  const [first = 0] = dims;
  const neighbours = dims.every((dim, at) => dim === first + at);
  const rest = shape.filter((_, dim) => !dims.includes(dim));
  const at = neighbours ? first : 0;
  return [...rest.slice(0, at), ...together, ...rest.slice(at)];
}
