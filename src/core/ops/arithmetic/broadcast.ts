import { dimsEqual, formatShape, type Dim } from '../../graph/dim';
import type { Shape } from '../../graph/graph';
import { OpError, OpUnsupported } from '../op';

/**
 * The shape that tensors of these shapes take together: aligned at the last dimension, sizes agree or one is 1.
 * Source: PyTorch, Broadcasting semantics. Throws an OpError that names the shapes.
 */
export function broadcastShapes(title: string, ...shapes: readonly Shape[]): Shape {
  return shapes.reduce((a, b) => broadcastTwo(title, a, b));
}

function broadcastTwo(title: string, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  const sizes: Dim[] = [];
  for (let fromEnd = 1; fromEnd <= rank; fromEnd++) {
    const [left, right] = [a.at(-fromEnd) ?? 1, b.at(-fromEnd) ?? 1];
    if (fromEnd > a.length || left === 1) sizes.unshift(right);
    else if (fromEnd > b.length || right === 1 || left === right) sizes.unshift(left);
    else if (typeof left === 'number' && typeof right === 'number') {
      throw new OpError(
        `${title}: shapes ${formatShape(a)} and ${formatShape(b)} do not fit together: ` +
          `${left} and ${right} in dimension ${rank - fromEnd} differ, and neither is 1.`,
      );
    } else {
      throw new OpUnsupported(
        `${title}: whether the sizes ${left} and ${right} of shapes ${formatShape(a)} and ${formatShape(b)} agree is not known.`,
      );
    }
  }
  return sizes;
}

/** Sizes that have to agree, 1 or not; throws where they do not, or where that is not known. */
export function requireEqualSizes(title: string, a: Dim, b: Dim, problem: () => string): void {
  const equal = dimsEqual(a, b);
  if (equal === false) throw new OpError(problem());
  if (equal === undefined) throw new OpUnsupported(`${title}: whether the sizes ${a} and ${b} agree is not known.`);
}
