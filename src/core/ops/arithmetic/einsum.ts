import { addDims, formatShape, multiplyDims, productOfDims, type Dim } from '../../graph/dim';
import type { Shape, TensorType } from '../../graph/graph';
import { OpError, type LoweringContext, type OpDefinition } from '../op';
import { inputAt } from '../shapes';
import { broadcastShapes } from './broadcast';
import { lowerEinsum, type EinsumDims } from './lower-einsum';
import { resultDtype } from './promote';

export type EinsumAttributes = { readonly equation: string };

/**
 * Sum of products by Einstein's convention: `bij,bjk->bik`. Letters that the result does not name are summed over; `...`
 * stands for dimensions that are broadcast. Source: PyTorch, einsum.
 */
export const einsum: OpDefinition<EinsumAttributes> = {
  name: 'einsum',
  title: 'einsum',
  inferType(inputs, { equation }) {
    const { output, sizes, ellipsis } = solve(equation, inputs);
    const shape = output.flatMap((label) => (label === '...' ? ellipsis : [sizes.get(label) ?? 1]));
    return { shape, dtype: resultDtype(inputs) };
  },
  lower: (context) => lowerEinsum(context, namedDims(context)),
  flops: (inputs, _output, { equation }) => countFlops(equation, inputs),
  receptiveField: () => ({ kind: 'global' }),
  formulas: (inputs, output, { equation }) => [
    {
      name: 'shape',
      text: `${equation}: ${inputs.map((input) => formatShape(input.shape)).join(', ')} → ${formatShape(output.shape)}`,
    },
  ],
  onnx: 'Einsum',
};

/** The equation with a name for every dimension: those of an ellipsis are numbered from its end. */
function namedDims({ attrs, node, typeOf }: LoweringContext<EinsumAttributes>): EinsumDims {
  const inputs = node.inputs.map((id) => typeOf(id));
  const { operands, output, sizes, ellipsis } = solve(attrs.equation, inputs);
  const spread = (labels: readonly string[], rank: number): readonly string[] => {
    const dims = rank - labels.filter((label) => label !== '...').length;
    const names = Array.from({ length: dims }, (_, dim) => `.${dims - 1 - dim}`);
    return labels.flatMap((label) => (label === '...' ? names : [label]));
  };
  const all = new Map(sizes);
  ellipsis.forEach((size, dim) => all.set(`.${ellipsis.length - 1 - dim}`, size));
  return {
    operands: operands.map((labels, index) => spread(labels, inputAt(inputs, index).shape.length)),
    output: spread(output, node.type.shape.length),
    sizes: all,
  };
}

interface Solution {
  /** Labels of each operand and of the result: letters, and '...' once at most. */
  readonly operands: readonly (readonly string[])[];
  readonly output: readonly string[];
  readonly sizes: ReadonlyMap<string, Dim>;
  readonly ellipsis: Shape;
}

function solve(equation: string, inputs: readonly TensorType[]): Solution {
  const [left = '', right, more] = equation.replace(/\s+/g, '').split('->');
  if (more !== undefined) throw new OpError(`einsum: '${equation}' has several arrows.`);
  const operands = left.split(',').map((part) => labelsOf(equation, part));
  if (operands.length !== inputs.length) {
    throw new OpError(`einsum: '${equation}' names ${operands.length} tensors, ${inputs.length} are given.`);
  }
  const sizes = new Map<string, Dim>();
  let ellipsis: Shape = [];
  operands.forEach((labels, index) => {
    const { shape } = inputAt(inputs, index);
    const spread = shape.length - labels.filter((label) => label !== '...').length;
    if (spread < 0 || (spread > 0 && !labels.includes('...'))) {
      throw new OpError(
        `einsum: '${labels.join('')}' does not name the dimensions of a tensor of shape ${formatShape(shape)}.`,
      );
    }
    let dim = 0;
    for (const label of labels) {
      if (label === '...') {
        ellipsis = broadcastShapes('einsum', ellipsis, shape.slice(dim, dim + spread));
        dim += spread;
        continue;
      }
      const [size] = broadcastShapes(`einsum, dimension '${label}'`, [sizes.get(label) ?? 1], [shape[dim] ?? 1]);
      sizes.set(label, size ?? 1);
      dim++;
    }
  });
  return { operands, output: outputLabels(equation, operands, right), sizes, ellipsis };
}

/** Without an arrow: the ellipsis, then the letters that stand once, in the order of the alphabet. */
function outputLabels(
  equation: string,
  operands: readonly (readonly string[])[],
  right: string | undefined,
): readonly string[] {
  const all = operands.flat();
  if (right === undefined) {
    const once = all.filter((label) => label !== '...' && all.indexOf(label) === all.lastIndexOf(label));
    return [...(all.includes('...') ? ['...'] : []), ...once.sort()];
  }
  const output = labelsOf(equation, right);
  for (const [index, label] of output.entries()) {
    if (label !== '...' && !all.includes(label)) {
      throw new OpError(`einsum: '${label}' of the result stands in no operand of '${equation}'.`);
    }
    if (output.indexOf(label) !== index)
      throw new OpError(`einsum: '${label}' stands twice in the result of '${equation}'.`);
  }
  return output;
}

function labelsOf(equation: string, part: string): readonly string[] {
  const labels: readonly string[] = part.match(/\.\.\.|[A-Za-z]/g) ?? [];
  const twice = labels.indexOf('...') !== labels.lastIndexOf('...');
  if (labels.join('') !== part || twice) throw new OpError(`einsum: '${part}' of '${equation}' is not understood.`);
  return labels;
}

/** Operands are multiplied from left to right; a step that sums counts a multiplication and an addition. */
function countFlops(equation: string, inputs: readonly TensorType[]): Dim {
  const { operands, output, sizes, ellipsis } = solve(equation, inputs);
  const sizeOf = (labels: ReadonlySet<string>): Dim =>
    productOfDims([...labels].map((label) => (label === '...' ? productOfDims(ellipsis) : (sizes.get(label) ?? 1))));
  let held = new Set(operands[0]);
  let total: Dim = 0;
  for (let next = 1; next < Math.max(2, operands.length); next++) {
    const together = new Set([...held, ...(operands[next] ?? [])]);
    const needed = new Set([...output, ...operands.slice(next + 1).flat()]);
    const kept = new Set([...together].filter((label) => needed.has(label)));
    const sums = kept.size < together.size;
    const perElement = (operands.length > 1 ? 1 : 0) + (sums ? 1 : 0);
    total = addDims(total, multiplyDims(perElement, sizeOf(together)));
    held = kept;
  }
  return total;
}
