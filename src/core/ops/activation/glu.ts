import { floorDivideDims, formatShape, multiplyDims, productOfDims } from '../../graph/dim';
import { readDimension, requireFloat } from '../fits';
import type { NodeId } from '../../graph/graph';
import { OpError, type OpDefinition } from '../op';
import { dimAt, inputAt, normalizeDimension } from '../shapes';

export type GluAttributes = {
  readonly dim: number;
};

/** The input's first half along `dim`, times the sigmoid of its second half. Source: Dauphin et al., 2016; PyTorch, GLU. */
export const glu: OpDefinition<GluAttributes> = {
  name: 'glu',
  title: 'GLU',
  inferType(inputs, { dim }) {
    const x = inputAt(inputs, 0);
    requireFloat('GLU', x);
    if (x.shape.length === 0) throw new OpError('GLU halves a dimension; its input has none.');
    const at = normalizeDimension('GLU', dim, x.shape.length);
    const size = dimAt(x.shape, at);
    if (typeof size === 'number' && size % 2 !== 0) {
      throw new OpError(
        `GLU halves dimension ${dim}, its input of shape ${formatShape(x.shape)} has the odd size ${size} there.`,
      );
    }
    return { ...x, shape: x.shape.map((each, i) => (i === at ? floorDivideDims(each, 2) : each)) };
  },
  // A sigmoid (4) and a product for each element of the output.
  flops: (_inputs, output) => multiplyDims(5, productOfDims(output.shape)),
  receptiveField: (inputs, { dim }) => ({
    kind: 'mixes',
    dims: [normalizeDimension('GLU', dim, inputAt(inputs, 0).shape.length)],
  }),
  formulas(inputs, output, { dim }) {
    const { shape } = inputAt(inputs, 0);
    const at = normalizeDimension('GLU', dim, shape.length);
    return [{ name: at === 1 ? 'C' : `dim ${at}`, text: `${dimAt(shape, at)}/2 = ${dimAt(output.shape, at)}` }];
  },
  gradient({ add, node, attrs, outputGradient }) {
    const [x] = node.inputs as [NodeId];
    return [add('glu_grad', attrs, [outputGradient, x])];
  },
  pytorch: {
    modules: [
      {
        name: 'GLU',
        signature: 'dim=-1',
        build: (args) => ({ op: 'glu', attrs: { dim: readDimension(args, 'dim') }, tensors: [] }),
      },
    ],
    functions: [
      {
        names: ['torch.nn.functional.glu'],
        signature: 'input, dim=-1',
        build: (args) => ({ op: 'glu', attrs: { dim: readDimension(args, 'dim') }, inputs: [args.tensor('input').id] }),
      },
    ],
  },
};

/** dy and the input x → dx. */
export const gluGrad: OpDefinition<GluAttributes> = {
  name: 'glu_grad',
  title: 'GLU, gradient',
  inferType: (inputs) => inputAt(inputs, 1),
  // Of each element of dy: a sigmoid (4) and the slopes of both halves.
  flops: (inputs) => multiplyDims(9, productOfDims(inputAt(inputs, 0).shape)),
};
