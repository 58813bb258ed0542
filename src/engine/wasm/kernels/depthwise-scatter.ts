import { arg, argAddress, at, splitAt, zero } from './simd';

/**
 * Gradient with respect to the input of convolutions with one input channel in each group, for any stride: every output
 * gradient is given to the places that it came from. Arguments: dx, weight, dy, images, groups, output channels of a group,
 * H, W, OH, OW, kernel h, w, stride h, w, dilation h, w, padding top, left.
 */
const MULTIPLIER = 5;
const HEIGHT = 6;
const WIDTH = 7;
const OUTPUT_HEIGHT = 8;
const OUTPUT_WIDTH = 9;
const KERNEL_HEIGHT = 10;
const KERNEL_WIDTH = 11;
const STRIDE_HEIGHT = 12;
const STRIDE_WIDTH = 13;
const DILATION_HEIGHT = 14;
const DILATION_WIDTH = 15;
const PADDING_TOP = 16;
const PADDING_LEFT = 17;

export function depthwise_scatter(args: usize, part: i32, parts: i32): void {
  const multiplier = arg(args, MULTIPLIER);
  const groups = arg(args, 4);
  const planes = arg(args, 3) * groups;
  const size = arg(args, HEIGHT) * arg(args, WIDTH);
  const taps = arg(args, KERNEL_HEIGHT) * arg(args, KERNEL_WIDTH);
  const places = arg(args, OUTPUT_HEIGHT) * arg(args, OUTPUT_WIDTH);
  const end = splitAt(planes, part + 1, parts);
  for (let plane = splitAt(planes, part, parts); plane < end; plane++) {
    const dx = at(argAddress(args, 0), plane * size);
    zero(dx, size);
    for (let m = 0; m < multiplier; m++) {
      const dy = at(argAddress(args, 2), (plane * multiplier + m) * places);
      const weights = at(argAddress(args, 1), ((plane % groups) * multiplier + m) * taps);
      for (let tap = 0; tap < taps; tap++) scatter(args, dx, dy, tap, load<f32>(at(weights, tap)));
    }
  }
}

function scatter(args: usize, dx: usize, dy: usize, tap: i32, weight: f32): void {
  const height = arg(args, HEIGHT);
  const width = arg(args, WIDTH);
  const columns = arg(args, OUTPUT_WIDTH);
  const stride = arg(args, STRIDE_WIDTH);
  const left = (tap % arg(args, KERNEL_WIDTH)) * arg(args, DILATION_WIDTH) - arg(args, PADDING_LEFT);
  const first = left < 0 ? (stride - 1 - left) / stride : 0;
  const end = left < width ? min((width - 1 - left) / stride + 1, columns) : 0;
  let row = (tap / arg(args, KERNEL_WIDTH)) * arg(args, DILATION_HEIGHT) - arg(args, PADDING_TOP);
  for (let i = arg(args, OUTPUT_HEIGHT); i > 0; i--) {
    if (row >= 0 && row < height) {
      for (let j = first; j < end; j++) {
        const to = at(dx, row * width + j * stride + left);
        store<f32>(to, load<f32>(to) + weight * load<f32>(at(dy, j)));
      }
    }
    dy = at(dy, columns);
    row += arg(args, STRIDE_HEIGHT);
  }
}
