import { addDims, formatShape, multiplyDims, productOfDims, type Dim } from '../../graph/dim';
import type { Initializer, NodeId, Shape, TensorType } from '../../graph/graph';
import type { Arguments } from '../arguments';
import { fanInUniform } from '../convolution/convolution';
import { OpError, OpUnsupported, type OpDefinition } from '../op';
import { readCount, readSize, readTruth, requireFloat32 } from '../read-sizes';
import { dimAt, f32, inputAt, requireEqual, requireTypeOfWeight } from '../shapes';
import { formatSize, weightsFormula } from '../size-formulas';

/** y = x·Wᵀ + b. x `[…, in]`, weight `[out, in]`, bias `[out]` (optional) → `[…, out]`. Source: PyTorch, Linear. */
export const linear: OpDefinition = {
  name: 'linear',
  halfStorage: true,
  title: 'Linear',
  inferType(inputs) {
    const input = inputAt(inputs, 0);
    const weight = inputAt(inputs, 1);
    const { outFeatures, inFeatures } = weightSizes(weight.shape);
    const features = input.shape.at(-1);
    requireEqual(
      features,
      inFeatures,
      `Linear expects ${inFeatures} input features, its input has shape ${formatShape(input.shape)}.`,
      typeof features === 'number' && features > 0 ? { argument: 'in_features', value: features } : undefined,
    );
    requireTypeOfWeight('Linear', input, weight);
    requireBias(inputs[2], outFeatures);
    return { shape: [...input.shape.slice(0, -1), ...outFeatures], dtype: input.dtype };
  },
  flops(inputs, output) {
    const perOutput = multiplyDims(2, dimAt(inputAt(inputs, 1).shape, -1));
    return multiplyDims(productOfDims(output.shape), addDims(perOutput, inputs.length > 2 ? 1 : 0));
  },
  receptiveField: (inputs) => ({ kind: 'mixes', dims: [inputAt(inputs, 0).shape.length - 1] }),
  formulas(inputs, output) {
    const [from, to] = [inputAt(inputs, 0).shape.at(-1), output.shape.at(-1)];
    return from === to || to === undefined ? [] : [{ name: 'features', text: `out_features = ${formatSize(to)}` }];
  },
  parameterFormula(inputs) {
    const { outFeatures, inFeatures } = weightSizes(inputAt(inputs, 1).shape);
    return weightsFormula(outFeatures[0] ?? 1, [inFeatures], [], inputs.length > 2);
  },
  lower({ add, node, typeOf }) {
    const [x, weight, bias] = node.inputs as [NodeId, NodeId, NodeId?];
    if (typeOf(weight).shape.length === 2) return add('linear', {}, node.inputs);
    const product = add('matmul', {}, [x, weight]);
    return bias === undefined ? product : add('add', {}, [product, bias]);
  },
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
          const inFeatures = readFeatures('Linear', args, 'in_features');
          const outFeatures = readOutFeatures('Linear', args);
          requireFloat32('Linear', args);
          const init: Initializer = inFeatures === 0 ? { kind: 'constant', value: 0 } : fanInUniform(inFeatures);
          return {
            op: 'linear',
            attrs: {},
            tensors: [
              { name: 'weight', kind: 'parameter', type: f32([outFeatures, inFeatures]), init, input: true },
              ...(readTruth('Linear', args, 'bias')
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

/** A weight of one dimension gives one number a row, without a dimension of its own (functional.linear). */
function weightSizes(weight: Shape): { readonly outFeatures: readonly Dim[]; readonly inFeatures: Dim } {
  if (weight.length !== 1 && weight.length !== 2) {
    throw new OpError(`Linear expects a weight of shape (out, in), got ${formatShape(weight)}.`);
  }
  return { outFeatures: weight.slice(0, -1), inFeatures: dimAt(weight, -1) };
}

/** PyTorch also adds biases that broadcast; only that of one number for each output is known here. */
function requireBias(bias: TensorType | undefined, outFeatures: readonly Dim[]): void {
  if (!bias) return;
  if (bias.shape.length !== 1 || outFeatures.length !== 1 || bias.shape[0] === 1) {
    if (bias.shape[0] === outFeatures[0] && bias.shape.length === 1) return;
    throw new OpUnsupported(`Linear: a bias of shape ${formatShape(bias.shape)} is not supported.`);
  }
  const message = `Linear: the bias must have the shape ${formatShape(outFeatures)}, got ${formatShape(bias.shape)}.`;
  requireEqual(bias.shape[0], dimAt(outFeatures, 0), message);
}

/** A number of features; PyTorch makes empty weights too. */
export function readFeatures(title: string, args: Arguments, name: string): number {
  return notNegative(title, name, readCount(title, args, name));
}

/** The first size of a weight, where PyTorch takes no bool. */
export function readOutFeatures(title: string, args: Arguments): number {
  return notNegative(title, 'out_features', readSize(title, args, 'out_features'));
}

function notNegative(title: string, name: string, value: number): number {
  if (value < 0) throw new OpError(`${title}: ${name} must not be negative, got ${value}.`);
  return value;
}

/** dL/dx of a Linear: dy `[…, out]`, weight `[out, in]` → `[…, in]`. */
export const linearGradInput: OpDefinition = {
  name: 'linear_grad_input',
  halfStorage: true,
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
