import { productOfDims, type Dim } from '../../graph/dim';
import type { NodeId, Shape, TensorType } from '../../graph/graph';
import { OpUnsupported, type LoweringContext, type NodeAdder, type OpDefinition } from '../op';
import { dimAt, inputAt, sameShape } from '../shapes';
import { fitted } from './gather';
import { asOneDimension } from './index';

export type AssignSliceAttributes = {
  readonly dim: number;
  readonly start: Dim;
  readonly length: Dim;
  readonly step: number;
};

/** The first input, with the second in place of the elements start, start + step, … of dimension `dim`: `x[:, 0] = y`. */
export const assignSlice: OpDefinition<AssignSliceAttributes> = {
  name: 'assign_slice',
  title: 'assign',
  inferType: (inputs) => inputAt(inputs, 0),
  receptiveField: (_inputs, { dim }) => ({ kind: 'mixes', dims: [dim] }),
  gradient({ add, typeOf, node, attrs, outputGradient, needs }) {
    const values = node.inputs[1] ?? 0;
    const { dim, start, length, step } = attrs;
    return [
      needs[0] ? add('assign_slice', attrs, [outputGradient, zerosLike(add, typeOf(values))]) : undefined,
      needs[1] ? part() : undefined,
    ];

    function part(): NodeId {
      return step === 1
        ? add('slice', { dim, start, length }, [outputGradient])
        : add('strided_slice', { dim, start, length, step }, [outputGradient]);
    }
  },
  symbolicAttributes: ['start', 'length'],
};

function zerosLike(add: NodeAdder['add'], { shape, dtype }: TensorType): NodeId {
  return add('constant', { value: 0, shape: [...shape], dtype }, []);
}

export type AssignIndexAttributes = {
  /**
   * How the values are put or added: `index`: where index tensors of the dimensions `dims` say, together; `mask`: where a
   * mask that begins at dimension `dims[0]` is true; `rows`: as slices of `dims[0]` that a vector names; `elements`: each
   * where its own index along `dims[0]` says. Absent: in another way, which has shapes only.
   */
  readonly how?: 'index' | 'mask' | 'rows' | 'elements';
  readonly dims?: readonly number[];
  /** The values times so much are added to what is there; absent: they take its place. */
  readonly added?: number;
};

/**
 * The first input, with the second in places that the further ones say: `x[index] = y`, `x[mask] = y`, scatter. One of
 * the results of `index` or `gather` turned around.
 */
export const assignIndex: OpDefinition<AssignIndexAttributes> = {
  name: 'assign_index',
  title: 'assign',
  inferType: (inputs) => inputAt(inputs, 0),
  receptiveField: () => ({ kind: 'global' }),
  lower(context) {
    const { node, attrs } = context;
    const [x = 0, values = 0, ...indices] = node.inputs;
    const [index] = indices;
    if (index === undefined || attrs.how === undefined) throw notTrainable();
    if (attrs.how === 'mask') return assignedMask(context, x, values, index);
    const target =
      attrs.how === 'index'
        ? asOneDimension(context, x, attrs.dims ?? [], indices)
        : { x, dim: attrs.dims?.[0] ?? 0, index, back: (result: NodeId) => result };
    return target.back(assigned(context, target, values));
  },
};

function assigned(
  { add, typeOf, attrs }: LoweringContext<AssignIndexAttributes>,
  { x, dim, index }: { readonly x: NodeId; readonly dim: number; readonly index: NodeId },
  values: NodeId,
): NodeId {
  const { shape } = typeOf(x);
  const places = typeOf(index).shape;
  const elements = attrs.how === 'elements';
  const wanted = elements ? places : shape.map((size, at) => (at === dim ? productOfDims(places) : size));
  const own = typeOf(values).shape;
  const spread =
    elements && own.length > 0 ? fitted(add, typeOf, values, places, -1) : rowsOf(add, values, own, wanted);
  if (attrs.added === undefined) {
    // A scatter whose index is smaller along other dimensions leaves the rest alone, which no kernel does.
    if (elements && shape.some((size, at) => at !== dim && size !== places[at])) throw notTrainable();
    return add(elements ? 'put_elements' : 'put_rows', { dim }, [x, index, spread]);
  }
  const op = elements ? 'scatter_elements' : 'scatter_rows';
  const placed = add(op, { dim, size: dimAt(shape, dim) }, [spread, index]);
  const padded = shape.reduce<NodeId>((part, size, at) => {
    if (typeOf(part).shape[at] === size) return part;
    return add('slice_grad', { dim: at, start: 0, step: 1, size }, [part]);
  }, placed);
  return add('add', {}, [x, attrs.added === 1 ? padded : add('scale', { factor: attrs.added }, [padded])]);
}

/** Values seen with these sizes: as they are but for dimensions of size 1, or broadcast. */
function rowsOf(add: NodeAdder['add'], values: NodeId, own: Shape, wanted: Shape): NodeId {
  if (sameShape(own, wanted)) return values;
  const merged = productOfDims(own) === productOfDims(wanted);
  return add(merged ? 'reshape' : 'expand', { shape: [...wanted] }, [values]);
}

/** One value in all places where the mask is true. */
function assignedMask(
  { add, typeOf, attrs }: LoweringContext<AssignIndexAttributes>,
  x: NodeId,
  values: NodeId,
  mask: NodeId,
): NodeId {
  const { shape } = typeOf(x);
  const own = typeOf(mask).shape;
  if (productOfDims(typeOf(values).shape) !== 1) {
    throw new OpUnsupported('Putting several values where a mask is true is not supported in training yet.');
  }
  const behind = shape.length - (attrs.dims?.[0] ?? 0) - own.length;
  const aligned = add('reshape', { shape: [...own, ...Array<Dim>(behind).fill(1)] }, [mask]);
  return add('where', {}, [aligned, add('reshape', { shape: [] }, [values]), x]);
}

function notTrainable(): OpUnsupported {
  return new OpUnsupported('Assigning to a part of a tensor in this way is not supported in training yet.');
}
