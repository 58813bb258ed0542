import { elementCount } from '../core/graph/dim';
import type { PlannedTensor } from './buffer-table';

/** Steps `first` … `last` (inclusive) that run as one. */
export interface GroupedStep {
  readonly first: number;
  readonly last: number;
}

interface GroupableStep {
  /** How many of its first inputs it reads element by element; undefined: it is not element-wise. */
  readonly elementwiseInputs: number | undefined;
  readonly inputs: readonly PlannedTensor[];
  readonly output: PlannedTensor;
}

/** Puts neighbouring element-wise steps over tensors of one size together: they go through memory once, and need no barrier between them. */
export function groupElementwise(steps: readonly GroupableStep[]): GroupedStep[] {
  const groups: GroupedStep[] = [];
  for (let first = 0; first < steps.length;) {
    let last = first;
    while (joins(steps, first, last)) last++;
    groups.push({ first, last });
    first = last + 1;
  }
  return groups;
}

function joins(steps: readonly GroupableStep[], first: number, last: number): boolean {
  const [head, next] = [steps[first], steps[last + 1]];
  if (head?.elementwiseInputs === undefined || next?.elementwiseInputs === undefined) return false;
  const readByElement = next.elementwiseInputs;
  const size = elementCount(head.output.shape);
  if (elementCount(next.output.shape) !== size) return false;
  // What the group made must be read at the index where it was made.
  const made = steps.slice(first, last + 1).map((step) => step.output);
  return next.inputs.every((input, index) =>
    made.every(
      (tensor) =>
        tensor.buffer !== input.buffer ||
        (tensor.buffer === 'state' && tensor.offset !== input.offset) ||
        (index < readByElement && tensor.offset === input.offset && elementCount(input.shape) === size),
    ),
  );
}
