import type { Dim } from '../../graph/dim';
import { productOfDims } from '../../graph/dim';
import type { NodeId, TensorType } from '../../graph/graph';
import type { GradientContext, OpDefinition } from '../op';
import { inputAt } from '../shapes';
import type { GatherAttributes } from './gather';

export type ScatterAttributes = {
  readonly dim: number;
  /** Of the result along `dim`. */
  readonly size: Dim;
};

/**
 * Slices of the first input along `dim`, each added to the slice of the result that the second input, a vector, names;
 * zeros elsewhere. The transpose of index_select.
 */
export const scatterRows: OpDefinition<ScatterAttributes> = scatterOp('scatter_rows', 'index_select');

/** Each element of the first input added where its own index along `dim` says; zeros elsewhere. The transpose of gather. */
export const scatterElements: OpDefinition<ScatterAttributes> = scatterOp('scatter_elements', 'gather');

function scatterOp(name: string, transpose: string): OpDefinition<ScatterAttributes> {
  return {
    name,
    title: 'scatter_add',
    inferType(inputs, { dim, size }) {
      const { shape, dtype } = inputAt(inputs, 0);
      return { shape: shape.map((own, at) => (at === dim ? size : own)), dtype };
    },
    flops: (inputs) => productOfDims(inputAt(inputs, 0).shape),
    receptiveField: (_inputs, { dim }) => ({ kind: 'mixes', dims: [dim] }),
    gradient: ({ add, node, attrs: { dim }, outputGradient }) => [
      add(transpose, { dim }, [outputGradient, node.inputs[1] ?? 0]),
      undefined,
    ],
    symbolicAttributes: ['size'],
  };
}

/** The first input, with slices of the third along `dim` where the second, a vector of indices, says. */
export const putRows: OpDefinition<GatherAttributes> = putOp('put_rows', 'index_select');

/** The first input, with each element of the third where its own index along `dim`, in the second, says. */
export const putElements: OpDefinition<GatherAttributes> = putOp('put_elements', 'gather');

function putOp(name: string, transpose: string): OpDefinition<GatherAttributes> {
  return {
    name,
    title: 'scatter',
    inferType: (inputs) => inputAt(inputs, 0),
    receptiveField: (_inputs, { dim }) => ({ kind: 'mixes', dims: [dim] }),
    gradient(context) {
      const { add, node, attrs, outputGradient, needs } = context;
      const index = node.inputs[1] ?? 0;
      return [
        needs[0] ? add(name, attrs, [outputGradient, index, zeros(context)]) : undefined,
        undefined,
        needs[2] ? add(transpose, attrs, [outputGradient, index]) : undefined,
      ];
    },
  };
}

function zeros({ add, typeOf, node }: GradientContext<GatherAttributes>): NodeId {
  const { shape, dtype } = typeOf(node.inputs[2] ?? 0);
  return add('constant', { value: 0, shape: [...shape], dtype }, []);
}

export type LinearIndexAttributes = {
  /** Of the dimension that the last input indexes. */
  readonly size: Dim;
};

/**
 * Indices counted from the front (one input), or two of them, of neighbouring dimensions, as one of the dimension that
 * the two make: a·size + b. Whole numbers of one shape.
 */
export const linearIndex: OpDefinition<LinearIndexAttributes> = {
  name: 'linear_index',
  title: 'index',
  inferType: (inputs): TensorType => ({ shape: inputAt(inputs, 0).shape, dtype: 'i32' }),
  symbolicAttributes: ['size'],
  elementwise: () => true,
};
