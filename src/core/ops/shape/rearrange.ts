import type { OpDefinition } from '../op';
import { inputAt } from '../shapes';

/** Dimensions along which elements stand elsewhere than in the input. */
export type RearrangeAttributes = {
  readonly dims: readonly number[];
  /** Of `roll`: by how many places. */
  readonly shifts?: readonly number[];
};

/** The order of the elements turned around along some dimensions. Source: PyTorch, flip. */
export const flip: OpDefinition<RearrangeAttributes> = rearrangement('flip', (attrs) => attrs);
/** Elements moved on along some dimensions; what falls out at the end comes in at the beginning. Source: PyTorch, roll. */
export const roll: OpDefinition<RearrangeAttributes> = rearrangement('roll', ({ dims, shifts = [] }) => ({
  dims,
  shifts: shifts.map((shift) => -shift),
}));

/** `back`: attributes of the same op that turn it around. */
function rearrangement(
  name: string,
  back: (attrs: RearrangeAttributes) => RearrangeAttributes,
): OpDefinition<RearrangeAttributes> {
  return {
    name,
    title: name,
    inferType: (inputs) => inputAt(inputs, 0),
    // An element comes from elsewhere: a window about its own place would be wrong.
    receptiveField: (_inputs, { dims }) => ({ kind: 'mixes', dims }),
    gradient: ({ add, attrs, outputGradient }) => [add(name, back(attrs), [outputGradient])],
  };
}
