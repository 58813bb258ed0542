import { subtractDims, type Dim } from '../../../graph/dim';

/** Padding before the first element and after the last. */
export type BeforeAfter = readonly [before: number, after: number];

/**
 * TensorFlow's padding 'same': the output has ⌈size / stride⌉ elements, the odd pixel of padding comes after.
 * total = max((⌈size/stride⌉ − 1)·stride + (kernel − 1)·dilation + 1 − size, 0). Source: tf.nn.convolution.
 *
 * Of a size that is not known, the padding is not known either where the stride is not 1. Then it is that of a size
 * which leaves the rest 1 when divided by the stride: that gives ⌈size / stride⌉ for every size.
 */
export function samePadding(size: Dim, kernel: number, stride: number, dilation: number): BeforeAfter {
  const span = (kernel - 1) * dilation + 1;
  const total =
    typeof size === 'number' ? Math.max((Math.ceil(size / stride) - 1) * stride + span - size, 0) : span - 1;
  const before = Math.floor(total / 2);
  return [before, total - before];
}

/** Whether a window of that span fits into a size: unknown sizes are taken to be large enough. */
export function windowFits(size: Dim, span: number): boolean {
  const rest = subtractDims(size, span);
  return typeof rest !== 'number' || rest >= 0;
}
