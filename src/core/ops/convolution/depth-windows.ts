import { divideExactly, multiplyDims, productOfDims, type Dim } from '../../graph/dim';
import type { OpDefinition } from '../op';
import { inputAt } from '../shapes';

type Window = {
  readonly kernel: number;
  readonly stride: number;
  /** Before the first slice. */
  readonly padding: number;
  readonly dilation: number;
};

export type DepthWindowsAttributes = Window & { /** How many windows. */ readonly count: Dim };
export type DepthWindowsSumAttributes = Window & { /** How many slices. */ readonly depth: Dim };

/**
 * The slices of each window of a convolution along the depth, side by side as channels, zero beyond the volume:
 * `[N, C, D, size]` → `[N, windows, C·kernel, size]`.
 */
export const depthWindows: OpDefinition<DepthWindowsAttributes> = {
  name: 'depth_windows',
  title: 'Windows of slices',
  inferType(inputs, { kernel, count }) {
    const { shape, dtype } = inputAt(inputs, 0);
    const [images = 1, channels = 1, , size = 1] = shape;
    return { shape: [images, count, multiplyDims(channels, kernel), size], dtype };
  },
  gradient({ add, typeOf, node, attrs, outputGradient }) {
    const [x = 0] = node.inputs;
    const { kernel, stride, padding, dilation } = attrs;
    const window = { kernel, stride, padding, dilation };
    return [add('depth_windows_sum', { ...window, depth: typeOf(x).shape[2] ?? 1 }, [outputGradient])];
  },
  symbolicAttributes: ['count'],
};

/** The other way round, each slice the sum of its places in all windows: `[N, windows, C·kernel, size]` → `[N, C, D, size]`. */
export const depthWindowsSum: OpDefinition<DepthWindowsSumAttributes> = {
  name: 'depth_windows_sum',
  title: 'Sum of windows of slices',
  inferType(inputs, { kernel, depth }) {
    const { shape, dtype } = inputAt(inputs, 0);
    const [images = 1, , rows = 1, size = 1] = shape;
    return { shape: [images, divideExactly(rows, kernel) ?? 1, depth, size], dtype };
  },
  flops: (inputs) => productOfDims(inputAt(inputs, 0).shape),
  gradient({ add, typeOf, node, attrs, outputGradient }) {
    const [windows = 0] = node.inputs;
    const { kernel, stride, padding, dilation } = attrs;
    const window = { kernel, stride, padding, dilation };
    return [add('depth_windows', { ...window, count: typeOf(windows).shape[1] ?? 1 }, [outputGradient])];
  },
  symbolicAttributes: ['depth'],
};
