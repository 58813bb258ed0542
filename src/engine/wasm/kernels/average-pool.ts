import { ownPart } from './own-part';
import { loadStrided, storeLanes } from './pool-window';
import { arg, argAddress, argFloat, at, splitAt, zero } from './simd';

/**
 * Average pools of any kind. Arguments of both: x (or dx), y (or dy), planes, D, H, W, OD, OH, OW, addresses of the windows of
 * slices, rows and columns of the output (words: first, end, size that the divisor counts), divisor or 0: the product of
 * those sizes, scratch for one row of x and its bytes a part, then of the columns that have the same window throughout:
 * first, end, kernel, stride.
 */
const INPUT = 0;
const OUTPUT = 1;
const PLANES = 2;
const DEPTH = 3;
const HEIGHT = 4;
const WIDTH = 5;
const OUTPUT_DEPTH = 6;
const OUTPUT_HEIGHT = 7;
const OUTPUT_WIDTH = 8;
const SLICES = 9;
const ROWS = 10;
const COLUMNS = 11;
const DIVISOR = 12;
const SCRATCH = 13;
const SCRATCH_PITCH = 14;
const INNER = 15;
const INNER_END = 16;
const KERNEL = 17;
const STRIDE = 18;

/** Bytes of a window's entry in a table. */
const WINDOW = 12;

/** The sum of the window's rows first, for the whole width, then of its columns. */
export function average_pool(args: usize, part: i32, parts: i32): void {
  const size = arg(args, DEPTH) * arg(args, HEIGHT) * arg(args, WIDTH);
  const outputWidth = arg(args, OUTPUT_WIDTH);
  const buffer = argAddress(args, SCRATCH) + usize(ownPart()) * argAddress(args, SCRATCH_PITCH);
  const first = splitAt(arg(args, PLANES), part, parts);
  const end = splitAt(arg(args, PLANES), part + 1, parts);
  let y = at(argAddress(args, OUTPUT), first * arg(args, OUTPUT_DEPTH) * arg(args, OUTPUT_HEIGHT) * outputWidth);
  for (let plane = first; plane < end; plane++) {
    const x = at(argAddress(args, INPUT), plane * size);
    for (let i = 0; i < arg(args, OUTPUT_DEPTH); i++) {
      const slices = argAddress(args, SLICES) + usize(i) * WINDOW;
      for (let j = 0; j < arg(args, OUTPUT_HEIGHT); j++) {
        const rows = argAddress(args, ROWS) + usize(j) * WINDOW;
        sumRows(args, x, slices, rows, buffer);
        averageColumns(args, buffer, load<i32>(slices, 8) * load<i32>(rows, 8), y);
        y = at(y, outputWidth);
      }
    }
  }
}

/** In steps of four: the buffer has room for three floats too many. */
function sumRows(args: usize, x: usize, slices: usize, rows: usize, to: usize): void {
  const pitch = argAddress(args, WIDTH) << 2;
  const slicePitch = argAddress(args, HEIGHT) * pitch;
  const endSlice = argAddress(slices, 1) * slicePitch;
  const first = argAddress(rows, 0) * pitch;
  const end = argAddress(rows, 1) * pitch;
  for (let column: usize = 0; column < pitch; column += 16) {
    let sum = f32x4.splat(0);
    for (let slice = argAddress(slices, 0) * slicePitch; slice < endSlice; slice += slicePitch) {
      const from = x + slice + column;
      for (let row = first; row < end; row += pitch) sum = f32x4.add(sum, v128.load(from + row));
    }
    v128.store(to + column, sum);
  }
}

/** `size`: what the divisor counts of the other dimensions. */
function averageColumns(args: usize, row: usize, size: i32, y: usize): void {
  const fixed = argFloat(args, DIVISOR);
  const kernel = arg(args, KERNEL);
  const stride = arg(args, STRIDE);
  const inner = arg(args, INNER);
  const innerEnd = arg(args, INNER_END);
  let j = 0;
  while (j < arg(args, OUTPUT_WIDTH)) {
    const columns = argAddress(args, COLUMNS) + usize(j) * WINDOW;
    const divisor = fixed != 0 ? fixed : f32(size * load<i32>(columns, 8));
    const first = load<i32>(columns);
    if (j >= inner && j < innerEnd) {
      const from = at(row, first);
      let sum = loadStrided(from, stride);
      for (let k = 1; k < kernel; k++) sum = f32x4.add(sum, loadStrided(at(from, k), stride));
      storeLanes(at(y, j), f32x4.div(sum, f32x4.splat(divisor)), innerEnd - j);
      j = min(j + 4, innerEnd);
      continue;
    }
    let sum: f64 = 0;
    for (let k = first; k < load<i32>(columns, 4); k++) sum += f64(load<f32>(at(row, k)));
    store<f32>(at(y, j), f32(sum) / divisor);
    j++;
  }
}

/** Every output row's shares are laid out along the width once, then added to the rows of its window. */
export function average_pool_grad(args: usize, part: i32, parts: i32): void {
  const height = arg(args, HEIGHT);
  const width = arg(args, WIDTH);
  const size = arg(args, DEPTH) * height * width;
  const outputWidth = arg(args, OUTPUT_WIDTH);
  const shares = argAddress(args, SCRATCH) + usize(ownPart()) * argAddress(args, SCRATCH_PITCH);
  const first = splitAt(arg(args, PLANES), part, parts);
  const end = splitAt(arg(args, PLANES), part + 1, parts);
  let dy = at(argAddress(args, OUTPUT), first * arg(args, OUTPUT_DEPTH) * arg(args, OUTPUT_HEIGHT) * outputWidth);
  for (let plane = first; plane < end; plane++) {
    const dx = at(argAddress(args, INPUT), plane * size);
    zero(dx, size);
    for (let i = 0; i < arg(args, OUTPUT_DEPTH); i++) {
      const slices = argAddress(args, SLICES) + usize(i) * WINDOW;
      for (let j = 0; j < arg(args, OUTPUT_HEIGHT); j++) {
        const rows = argAddress(args, ROWS) + usize(j) * WINDOW;
        spread(args, dy, load<i32>(slices, 8) * load<i32>(rows, 8), shares);
        for (let slice = load<i32>(slices); slice < load<i32>(slices, 4); slice++) {
          for (let row = load<i32>(rows); row < load<i32>(rows, 4); row++) {
            addRow(at(dx, (slice * height + row) * width), shares, width);
          }
        }
        dy = at(dy, outputWidth);
      }
    }
  }
}

/** What each place along the width gets from one row of dy. */
function spread(args: usize, dy: usize, size: i32, to: usize): void {
  const fixed = argFloat(args, DIVISOR);
  const outputWidth = arg(args, OUTPUT_WIDTH);
  zero(to, arg(args, WIDTH));
  for (let j = 0; j < outputWidth; j++) {
    const columns = argAddress(args, COLUMNS) + usize(j) * WINDOW;
    const share = load<f32>(at(dy, j)) / (fixed != 0 ? fixed : f32(size * load<i32>(columns, 8)));
    const end = at(to, load<i32>(columns, 4));
    for (let place = at(to, load<i32>(columns)); place < end; place += 4) {
      store<f32>(place, load<f32>(place) + share);
    }
  }
}

function addRow(to: usize, from: usize, count: i32): void {
  let i = 0;
  for (; i + 4 <= count; i += 4) v128.store(at(to, i), f32x4.add(v128.load(at(to, i)), v128.load(at(from, i))));
  for (; i < count; i++) store<f32>(at(to, i), load<f32>(at(to, i)) + load<f32>(at(from, i)));
}
