import type { Dim } from '../../graph/dim';
import type { NodeId, TensorType } from '../../graph/graph';
import type { NodeAdder, OpDefinition } from '../op';
import { inputAt } from '../shapes';

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

/**
 * The first input, with the second in places that the further ones say: `x[index] = y`, `x[mask] = y`, scatter. One of
 * the results of `index` or `gather` turned around.
 */
export const assignIndex: OpDefinition = {
  name: 'assign_index',
  title: 'assign',
  inferType: (inputs) => inputAt(inputs, 0),
  receptiveField: () => ({ kind: 'global' }),
};
