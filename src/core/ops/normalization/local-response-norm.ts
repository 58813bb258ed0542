import { formatShape, multiplyDims, productOfDims } from '../../graph/dim';
import type { Arguments } from '../arguments';
import { isFloating } from '../arithmetic/promote';
import { requireFloat } from '../fits';
import { OpError, type CallBlueprint, type LayerState, type OpDefinition } from '../op';
import { inputAt } from '../shapes';

export type LocalResponseNormAttributes = {
  /** How many neighbouring channels count. */
  readonly size: number;
  readonly alpha: number;
  readonly beta: number;
  readonly k: number;
};

/**
 * x / (k + alpha · mean of x² over neighbouring channels)^beta. x `[N, C, …]`.
 * Source: Krizhevsky et al., 2012; PyTorch, LocalResponseNorm.
 */
export const localResponseNorm: OpDefinition<LocalResponseNormAttributes> = {
  name: 'local_response_norm',
  title: 'LocalResponseNorm',
  inferType(inputs) {
    const x = inputAt(inputs, 0);
    if (x.shape.length < 3) {
      throw new OpError(`LocalResponseNorm expects an input (N, C, …, W), got shape ${formatShape(x.shape)}.`);
    }
    return isFloating(x.dtype) ? x : { ...x, dtype: 'f32' };
  },
  // A square, the sum over the window, and then a product, a sum, a power and a division for each element.
  flops: (_inputs, output, { size }) => multiplyDims(5 + size, productOfDims(output.shape)),
  gradient: ({ add, node, attrs, outputGradient }) => [
    add('local_response_norm_grad', attrs, [outputGradient, ...node.inputs]),
  ],
  // Of the channels each output sees only its neighbours; places are not mixed.
  receptiveField: () => ({ kind: 'mixes', dims: [1] }),
  pytorch: {
    modules: [
      {
        name: 'LocalResponseNorm',
        signature: 'size, alpha=0.0001, beta=0.75, k=1.0',
        build: (args) => ({ op: 'local_response_norm', attrs: readAttributes(args), tensors: [] }),
      },
      {
        name: 'CrossMapLRN2d',
        signature: 'size, alpha=0.0001, beta=0.75, k=1',
        build: (args) => ({ op: 'local_response_norm', attrs: readAttributes(args), tensors: [], ranks: [4] }),
        call: { signature: 'input', build: callOldLayer },
      },
    ],
    functions: [
      {
        names: ['torch.nn.functional.local_response_norm'],
        signature: 'input, size, alpha=0.0001, beta=0.75, k=1.0',
        build: (args) => ({
          op: 'local_response_norm',
          attrs: readAttributes(args),
          inputs: [args.tensor('input').id],
        }),
      },
    ],
  },
  onnx: 'LRN',
};

/** dx_j = dy_j·b_j^−beta − 2·alpha·beta/size · x_j · Σ dy_i·x_i·b_i^(−beta−1) over the i whose windows hold j, b the bases of the powers. Inputs dy, x. */
export const localResponseNormGrad: OpDefinition<LocalResponseNormAttributes> = {
  name: 'local_response_norm_grad',
  title: 'LocalResponseNorm, gradient',
  inferType: (inputs) => inputAt(inputs, 0),
  flops: (_inputs, output, { size }) => multiplyDims(10 + 2 * size, productOfDims(output.shape)),
};

/** The old layer takes floats alone. */
function callOldLayer(args: Arguments, { op, attrs }: LayerState): CallBlueprint {
  const { id, type } = args.tensor('input');
  requireFloat('CrossMapLRN2d', type);
  return { op, attrs, inputs: [id] };
}

function readAttributes(args: Arguments): LocalResponseNormAttributes {
  return {
    size: args.positiveInteger('size'),
    alpha: args.number('alpha'),
    beta: args.number('beta'),
    k: args.number('k'),
  };
}
