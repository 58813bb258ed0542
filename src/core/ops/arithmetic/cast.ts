import type { DType, NodeId } from '../../graph/graph';
import type { OpDefinition } from '../op';
import { inputAt } from '../shapes';
import { isFloating } from './promote';

export type CastAttributes = { readonly dtype: DType };

/** The same values as elements of another type. */
export const cast: OpDefinition<CastAttributes> = {
  name: 'cast',
  title: 'to',
  inferType: (inputs, { dtype }) => ({ shape: inputAt(inputs, 0).shape, dtype }),
  lower: ({ add, attrs, node, typeOf }) => {
    const [x] = node.inputs as [NodeId];
    return typeOf(x).dtype === attrs.dtype ? x : add('cast', attrs, [x]);
  },
  gradient({ add, node, outputGradient, typeOf }) {
    const { dtype } = typeOf((node.inputs as [NodeId])[0]);
    if (!isFloating(dtype) || !isFloating(node.type.dtype)) return [];
    return [add('cast', { dtype }, [outputGradient])];
  },
  elementwise: () => true,
};
