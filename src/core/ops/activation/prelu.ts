import { formatShape, multiplyDims, productOfDims } from '../../graph/dim';
import { dtypeName } from '../arithmetic/promote';
import type { NodeId } from '../../graph/graph';
import { OpError, type OpDefinition } from '../op';
import { dimAt, f32, inputAt, requireEqual } from '../shapes';

/**
 * x where x > 0, else weight · x. x `[N, C, …]`, weight `[1]`, `[C]` or a single number `[]`.
 * Source: He et al., 2015; PyTorch, PReLU.
 */
export const prelu: OpDefinition = {
  name: 'prelu',
  title: 'PReLU',
  inferType(inputs) {
    const [x, weight] = [inputAt(inputs, 0), inputAt(inputs, 1)];
    const slopes = weight.shape[0] ?? 1;
    if (weight.shape.length > 1) {
      throw new OpError(`PReLU expects a weight of one dimension, got shape ${formatShape(weight.shape)}.`);
    }
    if (x.dtype !== weight.dtype) {
      throw new OpError(
        `PReLU expects input and weight of one type, got torch.${dtypeName(x.dtype)} and torch.${dtypeName(weight.dtype)}.`,
      );
    }
    if (slopes === 1) return x;
    const channels = x.shape.length > 1 ? dimAt(x.shape, 1) : 1;
    const message = `PReLU has ${slopes} slopes, its input of shape ${formatShape(x.shape)} has ${channels} channels.`;
    requireEqual(channels, slopes, message, fixFor(channels));
    return x;
  },
  flops: (_inputs, output) => multiplyDims(2, productOfDims(output.shape)),
  gradient({ add, node, outputGradient, needs }) {
    const [x, weight] = node.inputs as [NodeId, NodeId];
    return [
      needs[0] ? add('prelu_grad', {}, [outputGradient, x, weight]) : undefined,
      needs[1] ? add('prelu_grad_weight', {}, [outputGradient, x, weight]) : undefined,
    ];
  },
  elementwise: () => true,
  parameterFormula: (inputs) => String(dimAt(inputAt(inputs, 1).shape, 0)),
  pytorch: {
    modules: [
      {
        name: 'PReLU',
        signature: 'num_parameters=1, init=0.25, device=None, dtype=None',
        build(args) {
          const type = f32([args.positiveInteger('num_parameters')]);
          const init = { kind: 'constant', value: args.number('init') } as const;
          return {
            op: 'prelu',
            attrs: {},
            tensors: [{ name: 'weight', kind: 'parameter', type, init, input: true }],
          };
        },
      },
    ],
    functions: [
      {
        names: ['torch.nn.functional.prelu', 'torch.prelu', 'torch.Tensor.prelu'],
        signature: 'input, weight',
        build: (args) => ({ op: 'prelu', attrs: {}, inputs: [args.tensor('input').id, args.tensor('weight').id] }),
      },
    ],
  },
  onnx: 'PRelu',
  keras: 'PReLU',
};

/** dy, x and the weight → dx: dy where x > 0, else weight · dy. */
export const preluGrad: OpDefinition = {
  name: 'prelu_grad',
  title: 'PReLU, gradient',
  inferType: (inputs) => inputAt(inputs, 0),
  flops: (_inputs, output) => multiplyDims(2, productOfDims(output.shape)),
  elementwise: () => true,
};

/** dy, x and the weight → Σ dy · x over the values that the slope multiplied. */
export const preluGradWeight: OpDefinition = {
  name: 'prelu_grad_weight',
  title: 'PReLU, gradient of the weight',
  inferType: (inputs) => inputAt(inputs, 2),
  flops: (inputs) => multiplyDims(2, productOfDims(inputAt(inputs, 0).shape)),
};

function fixFor(channels: number | string) {
  return typeof channels === 'number' ? { argument: 'num_parameters', value: channels } : undefined;
}
