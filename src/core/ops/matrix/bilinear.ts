import { addDims, formatShape, multiplyDims, productOfDims, type Dim } from '../../graph/dim';
import type { NodeId } from '../../graph/graph';
import { fanInUniform } from '../convolution/convolution';
import { OpError, type OpDefinition } from '../op';
import { readTruth, requireFloat32 } from '../read-sizes';
import { dimAt, f32, inputAt, requireEqual, requireTypeOfWeight } from '../shapes';
import { formatSize, weightsFormula } from '../size-formulas';
import { readFeatures, readOutFeatures } from './linear';

/**
 * yₖ = x₁ᵀ·Wₖ·x₂ + bₖ. x₁ `[…, in1]`, x₂ `[…, in2]`, weight `[out, in1, in2]`, bias `[out]` (optional) → `[…, out]`.
 * Source: PyTorch, Bilinear.
 */
export const bilinear: OpDefinition = {
  name: 'bilinear',
  title: 'Bilinear',
  inferType(inputs) {
    const [first, second, weight, bias] = [inputAt(inputs, 0), inputAt(inputs, 1), inputAt(inputs, 2), inputs[3]];
    if (weight.shape.length !== 3) {
      throw new OpError(`Bilinear expects a weight of shape (out, in1, in2), got ${formatShape(weight.shape)}.`);
    }
    const [rows, others] = [first.shape.slice(0, -1), second.shape.slice(0, -1)];
    const shapes = `${formatShape(first.shape)} and ${formatShape(second.shape)}`;
    if (rows.length !== others.length || first.shape.length === 0) {
      throw new OpError(`Bilinear expects two inputs of as many dimensions, got ${shapes}.`);
    }
    for (const [index, size] of rows.entries()) {
      requireEqual(others[index], size, `Bilinear: the inputs of shape ${shapes} differ before the last dimension.`);
    }
    for (const [index, input] of [first, second].entries()) {
      const [features, expected] = [dimAt(input.shape, -1), dimAt(weight.shape, index + 1)];
      requireEqual(
        features,
        expected,
        `Bilinear expects ${expected} features of its ${index === 0 ? 'first' : 'second'} input, which has shape ${formatShape(input.shape)}.`,
        typeof features === 'number' ? { argument: `in${index + 1}_features`, value: features } : undefined,
      );
      requireTypeOfWeight('Bilinear', input, weight);
    }
    const outputs = dimAt(weight.shape, 0);
    if (bias) {
      const message = `Bilinear: the bias must have the shape (${outputs},), got ${formatShape(bias.shape)}.`;
      if (bias.shape.length !== 1) throw new OpError(message);
      requireEqual(bias.shape[0], outputs, message);
    }
    return { shape: [...rows, outputs], dtype: first.dtype };
  },
  /** For each output: Wₖ·x₂, then the product with x₁. */
  flops(inputs, output) {
    const [, in1 = 0, in2 = 0]: readonly Dim[] = inputAt(inputs, 2).shape;
    const perOutput = multiplyDims(2, addDims(multiplyDims(in1, in2), in1));
    return multiplyDims(productOfDims(output.shape), addDims(perOutput, inputs.length > 3 ? 1 : 0));
  },
  lower({ add, node, typeOf }) {
    const [first, second, weight, bias] = node.inputs as [NodeId, NodeId, NodeId, NodeId?];
    const [outputs = 1, in1 = 1, in2 = 1]: readonly Dim[] = typeOf(weight).shape;
    const rows = productOfDims(node.type.shape.slice(0, -1));
    const matrix = (id: NodeId, shape: readonly Dim[]): NodeId => add('reshape', { shape }, [id]);
    // x₁ᵀ·W of all outputs, then of each row the product with x₂.
    const weights = matrix(add('permute', { order: [1, 0, 2] }, [weight]), [in1, multiplyDims(outputs, in2)]);
    const half = matrix(add('matmul', {}, [matrix(first, [rows, in1]), weights]), [rows, outputs, in2]);
    const product = matrix(add('matmul', {}, [half, matrix(second, [rows, in2, 1])]), node.type.shape);
    return bias === undefined ? product : add('add', {}, [product, bias]);
  },
  receptiveField: (inputs) => ({ kind: 'mixes', dims: [inputAt(inputs, 0).shape.length - 1] }),
  formulas: (_inputs, output) => [{ name: 'features', text: `out_features = ${formatSize(dimAt(output.shape, -1))}` }],
  parameterFormula(inputs) {
    const [outputs = 0, ...features] = inputAt(inputs, 2).shape;
    return weightsFormula(outputs, features, [], inputs.length > 3);
  },
  pytorch: {
    modules: [
      {
        name: 'Bilinear',
        signature: 'in1_features, in2_features, out_features, bias=True, device=None, dtype=None',
        build(args) {
          const in1 = readFeatures('Bilinear', args, 'in1_features');
          const in2 = readFeatures('Bilinear', args, 'in2_features');
          const outputs = readOutFeatures('Bilinear', args);
          if (in1 === 0) throw new OpError('Bilinear: in1_features must be positive, got 0.');
          requireFloat32('Bilinear', args);
          const init = fanInUniform(in1);
          return {
            op: 'bilinear',
            attrs: {},
            tensors: [
              { name: 'weight', kind: 'parameter', type: f32([outputs, in1, in2]), init, input: true },
              ...(readTruth('Bilinear', args, 'bias')
                ? [{ name: 'bias', kind: 'parameter', type: f32([outputs]), init, input: true } as const]
                : []),
            ],
          };
        },
        call: {
          signature: 'input1, input2',
          build: (args, { op, attrs, tensors }) => ({
            op,
            attrs,
            inputs: [args.tensor('input1').id, args.tensor('input2').id, ...[...tensors.values()].map(({ id }) => id)],
          }),
        },
      },
    ],
    functions: [
      {
        names: ['torch.nn.functional.bilinear', 'torch.bilinear'],
        signature: 'input1, input2, weight, bias=None',
        build(args) {
          const bias = args.optionalTensor('bias');
          const tensors = [args.tensor('input1'), args.tensor('input2'), args.tensor('weight')];
          return { op: 'bilinear', attrs: {}, inputs: [...tensors, ...(bias ? [bias] : [])].map(({ id }) => id) };
        },
      },
    ],
  },
};
