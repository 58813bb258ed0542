import { addDims, formatShape, multiplyDims, subtractDims, type Dim } from '../../graph/dim';
import type { NodeId } from '../../graph/graph';
import type { Arguments } from '../arguments';
import { at } from '../convolution/convolution';
import { requirePositive } from '../convolution/convolution-bindings';
import { OpError, type CallBlueprint, type OpDefinition } from '../op';
import { readDimList, readSizes } from '../read-sizes';
import { dimAt, inputAt, requireEqual, spatialShape } from '../shapes';
import { formatSize, paddingTerms, spatialFormulas } from '../size-formulas';

export type MaxUnpoolAttributes = {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  /** As given to the call; empty: (size − 1)·stride − 2·padding + kernel. */
  readonly outputSize: readonly Dim[];
};

/**
 * Puts values where a MaxPool took them from, and zeros elsewhere. x `[N, C, …size]`, indices alike (i64) →
 * `[N, C, …outputSize]`. Source: PyTorch, MaxUnpool2d.
 */
export function maxUnpool(rank: number): OpDefinition<MaxUnpoolAttributes> {
  const [title, op] = [`MaxUnpool${rank}d`, `max_unpool${rank}d`];
  return {
    name: op,
    title,
    inferType(inputs, attrs) {
      const [input, indices] = [inputAt(inputs, 0), inputAt(inputs, 1)];
      const { batch, channels, size } = spatialShape(title, input, rank);
      if (indices.dtype !== 'i64') throw new OpError(`${title} expects indices of int64, got ${indices.dtype} values.`);
      const message = `${title}: the indices must have the input's shape ${formatShape(input.shape)}, got ${formatShape(indices.shape)}.`;
      if (indices.shape.length !== input.shape.length) throw new OpError(message);
      for (const [index, length] of input.shape.entries()) requireEqual(indices.shape[index], length, message);
      const usual = size.map((length, axis) => usualSize(length, attrs, axis));
      const output = attrs.outputSize.length === 0 ? usual : attrs.outputSize;
      for (const [axis, length] of output.entries()) {
        const distance = subtractDims(length, dimAt(usual, axis));
        const fits = typeof distance !== 'number' || Math.abs(distance) < at(attrs.stride, axis);
        if (!fits || (typeof length === 'number' && length < 1)) {
          throw new OpError(
            `${title}: the output size ${formatShape(output)} is too far from ${formatShape(usual)}, which the window gives for an input of shape ${formatShape(input.shape)}.`,
          );
        }
      }
      return { shape: [...batch, channels, ...output], dtype: input.dtype };
    },
    receptiveField: (_inputs, { kernel, stride, padding }) => ({
      kind: 'transposed',
      kernel,
      stride,
      padding,
      dilation: kernel.map(() => 1),
    }),
    formulas: (inputs, output, attrs) =>
      spatialFormulas(rank, (axis) => {
        const [from, to] = [dimAt(inputAt(inputs, 0).shape, axis - rank), dimAt(output.shape, axis - rank)];
        if (attrs.outputSize.length > 0) return `output_size = ${formatSize(to)}`;
        const cut =
          at(attrs.padding, axis) === 0 ? '' : paddingTerms(-at(attrs.padding, axis), -at(attrs.padding, axis));
        return `(${formatSize(from)} − 1)·${at(attrs.stride, axis)}${cut} + ${at(attrs.kernel, axis)} = ${formatSize(to)}`;
      }),
    lower({ add, node }) {
      const [x, indices] = node.inputs as [NodeId, NodeId];
      return add('plane_scatter', { rank, shape: node.type.shape, sums: false }, [x, indices]);
    },
    symbolicAttributes: ['outputSize'],
    pytorch: {
      modules: [
        {
          name: title,
          signature: 'kernel_size, stride=None, padding=0',
          build: (args) => ({ op, attrs: readWindow(title, args, rank), tensors: [] }),
          call: {
            signature: 'input, indices, output_size=None',
            build: (args, layer) => call(title, op, args, rank, layer.attrs as MaxUnpoolAttributes),
          },
        },
      ],
      functions: [
        {
          names: [`torch.nn.functional.${op}`],
          signature: 'input, indices, kernel_size, stride=None, padding=0, output_size=None',
          build: (args) => call(op, op, args, rank, readWindow(op, args, rank)),
        },
      ],
    },
    onnx: 'MaxUnpool',
  };
}

function call(title: string, op: string, args: Arguments, rank: number, window: MaxUnpoolAttributes): CallBlueprint {
  const [input, indices] = [args.tensor('input'), args.tensor('indices')];
  const inputs = [input.id, indices.id];
  if (args.isNone('output_size')) return { op, attrs: window, inputs };
  const given = readDimList(title, args, 'output_size');
  if (given.length !== rank && given.length !== rank + 2) {
    throw new OpError(`${title}: output_size must have ${rank} or ${rank + 2} sizes, got ${formatShape(given)}.`);
  }
  return { op, attrs: { ...window, outputSize: given.slice(-rank) }, inputs };
}

function readWindow(title: string, args: Arguments, rank: number): MaxUnpoolAttributes {
  const kernel = readSizes(title, args, 'kernel_size', rank);
  const stride = args.isNone('stride') ? kernel : readSizes(title, args, 'stride', rank);
  const padding = readSizes(title, args, 'padding', rank);
  requirePositive(title, 'kernel_size', kernel);
  requirePositive(title, 'stride', stride);
  return { kernel, stride, padding, outputSize: [] };
}

function usualSize(length: Dim, { kernel, stride, padding }: MaxUnpoolAttributes, axis: number): Dim {
  const fixed = at(kernel, axis) - 2 * at(padding, axis);
  return addDims(multiplyDims(addDims(length, -1), at(stride, axis)), fixed);
}
