import { formatShape } from '../../graph/dim';
import { OpError, type OpDefinition } from '../op';
import { inputAt } from '../shapes';

/** Which diagonal still counts; 0 is the main one. */
export type TriangleAttributes = { readonly diagonal: number };

/** The lower triangle of the last two dimensions, zeros above. Source: PyTorch, tril. */
export const tril: OpDefinition<TriangleAttributes> = triangle('tril');
/** The upper triangle of the last two dimensions, zeros below. Source: PyTorch, triu. */
export const triu: OpDefinition<TriangleAttributes> = triangle('triu');

function triangle(name: string): OpDefinition<TriangleAttributes> {
  return {
    name,
    title: name,
    inferType(inputs) {
      const input = inputAt(inputs, 0);
      if (input.shape.length < 2) {
        throw new OpError(`${name} expects at least two dimensions, got shape ${formatShape(input.shape)}.`);
      }
      return input;
    },
    gradient: ({ add, attrs, outputGradient }) => [add(name, attrs, [outputGradient])],
    onnx: 'Trilu',
  };
}
