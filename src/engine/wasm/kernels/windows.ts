import { arg, argAddress, at, splitAt, zero } from './simd';

/**
 * Windows of images as columns. Arguments of both: image planes, columns, number of planes, H, W, windows below each other
 * and side by side, kernel h, w, stride h, w, dilation h, w, padding top, left. A plane's columns are (tap, window row, window).
 */
const HEIGHT = 3;
const WIDTH = 4;
const WINDOW_ROWS = 5;
const WINDOW_COLUMNS = 6;
const KERNEL_HEIGHT = 7;
const KERNEL_WIDTH = 8;
const STRIDE_HEIGHT = 9;
const STRIDE_WIDTH = 10;
const DILATION_HEIGHT = 11;
const DILATION_WIDTH = 12;
const PADDING_TOP = 13;
const PADDING_LEFT = 14;

export function unfold(args: usize, part: i32, parts: i32): void {
  const taps = arg(args, KERNEL_HEIGHT) * arg(args, KERNEL_WIDTH);
  const height = arg(args, HEIGHT);
  const width = arg(args, WIDTH);
  const columns = arg(args, WINDOW_COLUMNS);
  const windows = arg(args, WINDOW_ROWS) * columns;
  const stride = arg(args, STRIDE_WIDTH);
  const end = splitAt(arg(args, 2) * taps, part + 1, parts);
  for (let unit = splitAt(arg(args, 2) * taps, part, parts); unit < end; unit++) {
    const plane = unit / taps;
    const tap = unit - plane * taps;
    const top = tapRow(args, tap);
    const left = tapColumn(args, tap);
    const first = firstWindow(left, stride, columns);
    const last = max(endWindow(left, stride, width, columns), first);
    let y = at(argAddress(args, 1), unit * windows);
    let row = top;
    for (let i = arg(args, WINDOW_ROWS); i > 0; i--) {
      if (row < 0 || row >= height) {
        zero(y, columns);
      } else {
        zero(y, first);
        const x = at(argAddress(args, 0), (plane * height + row) * width + first * stride + left);
        copyStrided(at(y, first), x, last - first, stride);
        zero(at(y, last), columns - last);
      }
      y = at(y, columns);
      row += arg(args, STRIDE_HEIGHT);
    }
  }
}

export function fold(args: usize, part: i32, parts: i32): void {
  const taps = arg(args, KERNEL_HEIGHT) * arg(args, KERNEL_WIDTH);
  const height = arg(args, HEIGHT);
  const width = arg(args, WIDTH);
  const columns = arg(args, WINDOW_COLUMNS);
  const stride = arg(args, STRIDE_WIDTH);
  const end = splitAt(arg(args, 2), part + 1, parts);
  for (let plane = splitAt(arg(args, 2), part, parts); plane < end; plane++) {
    const image = at(argAddress(args, 0), plane * height * width);
    let y = at(argAddress(args, 1), plane * taps * arg(args, WINDOW_ROWS) * columns);
    zero(image, height * width);
    for (let tap = 0; tap < taps; tap++) {
      const left = tapColumn(args, tap);
      const first = firstWindow(left, stride, columns);
      const last = endWindow(left, stride, width, columns);
      let row = tapRow(args, tap);
      for (let i = arg(args, WINDOW_ROWS); i > 0; i--) {
        if (row >= 0 && row < height) {
          addStrided(at(image, row * width + first * stride + left), at(y, first), last - first, stride);
        }
        y = at(y, columns);
        row += arg(args, STRIDE_HEIGHT);
      }
    }
  }
}

function tapRow(args: usize, tap: i32): i32 {
  return (tap / arg(args, KERNEL_WIDTH)) * arg(args, DILATION_HEIGHT) - arg(args, PADDING_TOP);
}

function tapColumn(args: usize, tap: i32): i32 {
  return (tap % arg(args, KERNEL_WIDTH)) * arg(args, DILATION_WIDTH) - arg(args, PADDING_LEFT);
}

/** The windows whose column of a tap lies in the image begin here. */
function firstWindow(left: i32, stride: i32, windows: i32): i32 {
  return left < 0 ? min((stride - 1 - left) / stride, windows) : 0;
}

function endWindow(left: i32, stride: i32, width: i32, windows: i32): i32 {
  return left < width ? min((width - 1 - left) / stride + 1, windows) : 0;
}

function copyStrided(to: usize, from: usize, count: i32, stride: i32): void {
  let i = 0;
  if (stride == 1) {
    for (; i + 4 <= count; i += 4) v128.store(at(to, i), v128.load(at(from, i)));
  }
  for (; i < count; i++) store<f32>(at(to, i), load<f32>(at(from, i * stride)));
}

function addStrided(to: usize, from: usize, count: i32, stride: i32): void {
  let i = 0;
  if (stride == 1) {
    for (; i + 4 <= count; i += 4) v128.store(at(to, i), f32x4.add(v128.load(at(to, i)), v128.load(at(from, i))));
  }
  for (; i < count; i++) {
    const place = at(to, i * stride);
    store<f32>(place, load<f32>(place) + load<f32>(at(from, i)));
  }
}
