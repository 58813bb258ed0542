import { multiplyDims, productOfDims, type Dim } from '../../graph/dim';
import type { NodeId } from '../../graph/graph';
import type { OpDefinition } from '../op';
import { f32, inputAt } from '../shapes';
import { convolution, type ConvolutionAttributes } from './convolution';
import { convolutionBindings } from './convolution-bindings';

/** 2-D cross-correlation: x `[N, C, H, W]`, weight `[O, C/groups, kH, kW]`, bias `[O]` (optional) → `[N, O, OH, OW]`. */
export const conv2d: OpDefinition<ConvolutionAttributes> = {
  ...convolution(2),
  gradient({ add, typeOf, node, attrs, outputGradient, needs }) {
    const [x, weight] = node.inputs as [NodeId, NodeId];
    return [
      needs[0]
        ? add('conv2d_grad_input', { ...attrs, inputShape: typeOf(x).shape }, [outputGradient, weight])
        : undefined,
      needs[1]
        ? add('conv2d_grad_weight', { ...attrs, weightShape: typeOf(weight).shape }, [x, outputGradient])
        : undefined,
      needs[2] ? add('channel_sum', {}, [outputGradient]) : undefined,
    ];
  },
  pytorch: convolutionBindings(2),
  onnx: 'Conv',
  keras: 'Conv2D',
};

/** dL/dx of a convolution: dy `[N, O, OH, OW]`, weight → `inputShape`. */
export const conv2dGradInput: OpDefinition<ConvolutionAttributes & { readonly inputShape: readonly Dim[] }> = {
  name: 'conv2d_grad_input',
  halfStorage: true,
  title: 'Conv2d, gradient of the input',
  inferType: (_inputs, attrs) => f32(attrs.inputShape),
  flops: (inputs) => gradientFlops(inputAt(inputs, 0).shape, inputAt(inputs, 1).shape),
  // It is a transposed convolution: differentiated where a network has one.
  gradient({ add, typeOf, node, attrs, outputGradient, needs }) {
    const [dy, weight] = node.inputs as [NodeId, NodeId];
    const { stride, padding, dilation, groups } = attrs;
    const window = { stride, padding, dilation, groups };
    return [
      needs[0] ? add('conv2d', window, [outputGradient, weight]) : undefined,
      needs[1]
        ? add('conv2d_grad_weight', { ...window, weightShape: typeOf(weight).shape }, [outputGradient, dy])
        : undefined,
    ];
  },
  symbolicAttributes: ['inputShape'],
};

/** dL/dweight of a convolution: x, dy → `weightShape`. */
export const conv2dGradWeight: OpDefinition<ConvolutionAttributes & { readonly weightShape: readonly Dim[] }> = {
  name: 'conv2d_grad_weight',
  title: 'Conv2d, gradient of the weight',
  inferType: (_inputs, attrs) => f32(attrs.weightShape),
  flops: (inputs, output) => gradientFlops(inputAt(inputs, 1).shape, output.shape),
  symbolicAttributes: ['weightShape'],
};

/** One multiply-add for every output gradient and every weight that made it. */
function gradientFlops(outputGradient: readonly Dim[], weight: readonly Dim[]): Dim {
  return multiplyDims(2, multiplyDims(productOfDims(outputGradient), productOfDims(weight.slice(1))));
}
