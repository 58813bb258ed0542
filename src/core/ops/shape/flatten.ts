import { productOfDims } from '../../graph/dim';
import type { Arguments } from '../arguments';
import { OpError, type OpDefinition } from '../op';
import { reshapeGradient } from './reshape';
import { inputAt, normalizeDimension } from '../shapes';

export type FlattenAttributes = { readonly startDim: number; readonly endDim: number };

/** Makes one dimension of those from startDim to endDim (inclusive); a view. Source: PyTorch, Flatten. */
export const flatten: OpDefinition<FlattenAttributes> = {
  name: 'flatten',
  title: 'Flatten',
  inferType(inputs, { startDim, endDim }) {
    const { shape, dtype } = inputAt(inputs, 0);
    if (shape.length === 0) return { shape: [1], dtype };
    const start = normalizeDimension('Flatten', startDim, shape.length);
    const end = normalizeDimension('Flatten', endDim, shape.length);
    if (start > end) throw new OpError(`Flatten: start_dim ${startDim} stands after end_dim ${endDim}.`);
    const flat = productOfDims(shape.slice(start, end + 1));
    return { shape: [...shape.slice(0, start), flat, ...shape.slice(end + 1)], dtype };
  },
  receptiveField: () => ({ kind: 'reshape' }),
  formulas(inputs, output, { startDim, endDim }) {
    const { shape } = inputAt(inputs, 0);
    const [start, end] = [startDim, endDim].map((dim) => (dim < 0 ? dim + shape.length : dim));
    const sizes = shape.slice(start, (end ?? 0) + 1);
    if (sizes.length < 2) return [];
    return [{ name: 'features', text: `${sizes.join('·')} = ${output.shape[start ?? 0] ?? 1}` }];
  },
  viewOffset: () => 0,
  gradient: reshapeGradient,
  pytorch: {
    modules: [
      {
        name: 'Flatten',
        signature: 'start_dim=1, end_dim=-1',
        build: (args) => ({ op: 'flatten', attrs: readAttributes(args), tensors: [] }),
      },
    ],
    functions: [
      {
        names: ['torch.flatten', 'torch.Tensor.flatten'],
        signature: 'input, start_dim=0, end_dim=-1',
        build: (args) => ({ op: 'flatten', attrs: readAttributes(args), inputs: [args.tensor('input').id] }),
      },
    ],
  },
  onnx: 'Flatten',
  keras: 'Flatten',
};

function readAttributes(args: Arguments): FlattenAttributes {
  return { startDim: args.integer('start_dim'), endDim: args.integer('end_dim') };
}
