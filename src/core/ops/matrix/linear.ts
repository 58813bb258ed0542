import { addDims, formatShape, multiplyDims, productOfDims } from '../../graph/dim';
import type { NodeId } from '../../graph/graph';
import { fanInUniform } from '../convolution/conv2d';
import { OpError, type OpDefinition } from '../op';
import { dimAt, f32, inputAt } from '../shapes';

/** y = x·Wᵀ + b. x `[…, in]`, weight `[out, in]`, bias `[out]` (optional) → `[…, out]`. Source: PyTorch, Linear. */
export const linear: OpDefinition = {
  name: 'linear',
  title: 'Linear',
  inferType(inputs) {
    const input = inputAt(inputs, 0).shape;
    const [outFeatures, inFeatures] = [dimAt(inputAt(inputs, 1).shape, 0), dimAt(inputAt(inputs, 1).shape, 1)];
    if (input.length === 0 || input.at(-1) !== inFeatures) {
      throw new OpError(`Linear expects ${inFeatures} input features, its input has shape ${formatShape(input)}.`);
    }
    return f32([...input.slice(0, -1), outFeatures]);
  },
  flops(inputs, output) {
    const perOutput = multiplyDims(2, dimAt(inputAt(inputs, 1).shape, 1));
    return multiplyDims(productOfDims(output.shape), addDims(perOutput, inputs.length > 2 ? 1 : 0));
  },
  receptiveField: () => ({ kind: 'global' }),
  gradient({ add, typeOf, node, outputGradient, needs }) {
    const [x, weight] = node.inputs as [NodeId, NodeId];
    const shape = typeOf(outputGradient).shape;
    return [
      needs[0] ? add('linear_grad_input', {}, [outputGradient, weight]) : undefined,
      needs[1] ? add('linear_grad_weight', {}, [x, outputGradient]) : undefined,
      needs[2] ? add('channel_sum', {}, [asRows(shape.length)]) : undefined,
    ];

    function asRows(rank: number): NodeId {
      if (rank === 2) return outputGradient;
      const rows = productOfDims(shape.slice(0, -1));
      return add('reshape', { shape: [rows, dimAt(shape, -1)] }, [outputGradient]);
    }
  },
  pytorch: {
    modules: [
      {
        name: 'Linear',
        signature: 'in_features, out_features, bias=True, device=None, dtype=None',
        build(args) {
          const inFeatures = args.positiveInteger('in_features');
          const outFeatures = args.positiveInteger('out_features');
          const init = fanInUniform(inFeatures);
          return {
            op: 'linear',
            attrs: {},
            tensors: [
              { name: 'weight', kind: 'parameter', type: f32([outFeatures, inFeatures]), init, input: true },
              ...(args.boolean('bias')
                ? [{ name: 'bias', kind: 'parameter', type: f32([outFeatures]), init, input: true } as const]
                : []),
            ],
          };
        },
      },
    ],
    functions: [
      {
        names: ['torch.nn.functional.linear'],
        signature: 'input, weight, bias=None',
        build(args) {
          const bias = args.optionalTensor('bias');
          const inputs = [args.tensor('input').id, args.tensor('weight').id, ...(bias ? [bias.id] : [])];
          return { op: 'linear', attrs: {}, inputs };
        },
      },
    ],
  },
  onnx: 'Gemm',
  keras: 'Dense',
};

/** dL/dx of a Linear: dy `[…, out]`, weight `[out, in]` → `[…, in]`. */
export const linearGradInput: OpDefinition = {
  name: 'linear_grad_input',
  title: 'Linear, gradient of the input',
  inferType(inputs) {
    return f32([...inputAt(inputs, 0).shape.slice(0, -1), dimAt(inputAt(inputs, 1).shape, 1)]);
  },
  flops(inputs, output) {
    return multiplyDims(2, multiplyDims(productOfDims(output.shape), dimAt(inputAt(inputs, 1).shape, 0)));
  },
};

/** dL/dweight of a Linear: x `[…, in]`, dy `[…, out]` → `[out, in]`. */
export const linearGradWeight: OpDefinition = {
  name: 'linear_grad_weight',
  title: 'Linear, gradient of the weight',
  inferType(inputs) {
    return f32([dimAt(inputAt(inputs, 1).shape, -1), dimAt(inputAt(inputs, 0).shape, -1)]);
  },
  flops(inputs, output) {
    const rows = productOfDims(inputAt(inputs, 0).shape.slice(0, -1));
    return multiplyDims(2, multiplyDims(productOfDims(output.shape), rows));
  },
};
