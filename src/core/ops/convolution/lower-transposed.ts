import { multiplyDims, productOfDims, type Dim } from '../../graph/dim';
import type { NodeId, Shape } from '../../graph/graph';
import { OpUnsupported, type LoweringContext } from '../op';
import {
  asBatch,
  depthAxes,
  reshaped,
  rowAxes,
  seesOnePlace,
  sliceAxes,
  slicesAsImages,
  type WindowAxes,
} from './as-images';
import { at } from './convolution';
import type { TransposedConvolutionAttributes } from './transposed-convolution';

/** What a transposed convolution is computed with: the gradient of a convolution with respect to its input, plus the bias. */
export function lowerTransposed(context: LoweringContext<TransposedConvolutionAttributes>): NodeId {
  const { node, attrs, add } = context;
  const [x, weight, ...bias] = node.inputs as [NodeId, NodeId, ...NodeId[]];
  const rank = attrs.stride.length;
  const output = node.type.shape;
  const batch = output.length === rank + 1 ? [1, ...output] : output;
  const bare = reshaped(context, convolve(context, asBatch(context, x, rank), weight, batch), batch);
  const [onlyBias] = bias;
  const result = onlyBias === undefined ? bare : add('add_channel_bias', {}, [bare, onlyBias]);
  return reshaped(context, result, output);
}

function convolve(
  context: LoweringContext<TransposedConvolutionAttributes>,
  x: NodeId,
  weight: NodeId,
  output: Shape,
): NodeId {
  const { attrs, add, typeOf } = context;
  const [images = 1, channels = 1, ...size] = typeOf(x).shape;
  const [inputs = 1, groupOutputs = 1, ...kernel] = typeOf(weight).shape;
  const [, outputs = 1, ...outputSize] = output;
  const axes = forwardAxes(attrs);
  const gradInput = (window: WindowAxes, dy: NodeId, weightShape: Shape, inputShape: Shape): NodeId => {
    const shaped = reshaped(context, weight, weightShape);
    return add('conv2d_grad_input', { ...window, groups: attrs.groups, inputShape }, [dy, shaped]);
  };
  if (size.length === 2) return gradInput(axes, x, [inputs, groupOutputs, ...kernel], output);
  if (size.length === 1) {
    const rows = reshaped(context, x, [images, channels, 1, ...size]);
    return gradInput(rowAxes(axes), rows, [inputs, groupOutputs, 1, ...kernel], [images, outputs, 1, ...outputSize]);
  }
  const [depth = 1, ...sliceSize] = size;
  const [span = 1, ...sliceKernel] = kernel;
  const [outputDepth = 1, ...outputSlice] = outputSize;
  if (seesOnePlace(axes, kernel)) {
    const slices = reshaped(context, x, [images, channels, depth, productOfDims(sliceSize)]);
    const shape = [images, outputs, outputDepth, productOfDims(outputSlice)];
    return gradInput(depthAxes(axes), slices, [inputs, groupOutputs, span, 1], shape);
  }
  const stacked = gradInput(
    sliceAxes(axes),
    slicesAsImages(context, x),
    [inputs, multiplyDims(groupOutputs, span), ...sliceKernel],
    [multiplyDims(images, depth), multiplyDims(outputs, span), ...outputSlice],
  );
  const windows = reshaped(context, stacked, [images, depth, multiplyDims(outputs, span), productOfDims(outputSlice)]);
  const window = {
    kernel: span,
    stride: at(axes.stride, 0),
    padding: at(axes.padding, 0),
    dilation: at(axes.dilation, 0),
  };
  return add('depth_windows_sum', { ...window, depth: outputDepth }, [windows]);
}

/** The convolution from the output to the input: what is added at the output's end is no padding of its. */
function forwardAxes({ stride, padding, outputPadding, dilation }: TransposedConvolutionAttributes): WindowAxes {
  const after = padding.map((size, axis) => size - requireNumber(outputPadding[axis] ?? 0));
  return { stride, dilation, padding: [...padding, ...after] };
}

function requireNumber(size: Dim): number {
  if (typeof size === 'number') return size;
  throw new OpUnsupported('A transposed convolution whose output size is not known cannot be computed.');
}
