import { multiplyDims } from '../../graph/dim';
import type { NodeId } from '../../graph/graph';
import type { LoweringContext } from '../op';
import { padOpName } from '../padding/pad';
import { asBatch, depthAxes, imagesAsSlices, reshaped, rowAxes, seesOnePlace, sliceAxes } from './as-images';
import { at, type ConvolutionAttributes } from './convolution';

/**
 * What a convolution is computed with. Padding that does not hold zeros is an op of its own; one image is a batch of one;
 * a sequence is an image of one row; the windows of a volume's slices are the channels of images.
 */
export function lowerConvolution(context: LoweringContext<ConvolutionAttributes>): NodeId {
  const { node, attrs, add } = context;
  const { paddingMode, ...plain } = attrs;
  const [x, weight, ...bias] = node.inputs as [NodeId, NodeId, ...NodeId[]];
  const rank = attrs.stride.length;
  if (rank === 2 && !paddingMode && node.type.shape.length === 4) return add('conv2d', attrs, node.inputs);
  const sizes = { before: attrs.padding.slice(0, rank), after: attrs.padding.slice(rank) };
  const padded = paddingMode ? add(padOpName(paddingMode), sizes, [x]) : x;
  const padding = paddingMode ? attrs.padding.map(() => 0) : attrs.padding;
  const result = convolve(context, { ...plain, padding }, asBatch(context, padded, rank), weight, bias);
  return reshaped(context, result, node.type.shape);
}

/** The result has the elements of the op's output in their order, not its shape. */
function convolve(
  context: LoweringContext<ConvolutionAttributes>,
  attrs: ConvolutionAttributes,
  x: NodeId,
  weight: NodeId,
  bias: readonly NodeId[],
): NodeId {
  const { node, add, typeOf } = context;
  const { groups } = attrs;
  const [images = 1, channels = 1, ...size] = typeOf(x).shape;
  const [outputs = 1, groupChannels = 1, ...kernel] = typeOf(weight).shape;
  if (size.length === 2) return add('conv2d', attrs, [x, weight, ...bias]);
  if (size.length === 1) {
    const rows = reshaped(context, x, [images, channels, 1, ...size]);
    const rowWeight = reshaped(context, weight, [outputs, groupChannels, 1, ...kernel]);
    return add('conv2d', { ...rowAxes(attrs), groups }, [rows, rowWeight, ...bias]);
  }
  const [depth = 1, height = 1, width = 1] = size;
  const [span = 1, ...sliceKernel] = kernel;
  const slices = reshaped(context, x, [images, channels, depth, multiplyDims(height, width)]);
  if (seesOnePlace(attrs, kernel)) {
    const columnWeight = reshaped(context, weight, [outputs, groupChannels, span, 1]);
    return add('conv2d', { ...depthAxes(attrs), groups }, [slices, columnWeight, ...bias]);
  }
  const count = node.type.shape.at(-3) ?? 1;
  const window = {
    kernel: span,
    stride: at(attrs.stride, 0),
    padding: at(attrs.padding, 0),
    dilation: at(attrs.dilation, 0),
  };
  const windows = add('depth_windows', { ...window, count }, [slices]);
  const stacked = [multiplyDims(images, count), multiplyDims(channels, span), height, width];
  const sliceWeight = reshaped(context, weight, [outputs, multiplyDims(groupChannels, span), ...sliceKernel]);
  const inputs = [reshaped(context, windows, stacked), sliceWeight, ...bias];
  return imagesAsSlices(context, add('conv2d', { ...sliceAxes(attrs), groups }, inputs), count, images);
}
