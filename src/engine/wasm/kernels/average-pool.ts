import { arg, argAddress, argFloat, at, splitAt, zero } from './simd';

/**
 * Average pooling of any kind. Arguments of both: x (or dx), y (or dy), planes, H, W, OH, OW, addresses of the windows of
 * output rows and of output columns (words: first, end, size that the divisor counts), divisor or 0: the size, and
 * for the forward pass scratch for one row and its bytes a part.
 */
export function average_pool(args: usize, part: i32, parts: i32): void {
  const height = arg(args, 3);
  const width = arg(args, 4);
  const outputHeight = arg(args, 5);
  const outputWidth = arg(args, 6);
  const buffer = argAddress(args, 10) + usize(part) * argAddress(args, 11);
  const end = splitAt(arg(args, 2), part + 1, parts);
  for (let plane = splitAt(arg(args, 2), part, parts); plane < end; plane++) {
    const x = at(argAddress(args, 0), plane * height * width);
    let y = at(argAddress(args, 1), plane * outputHeight * outputWidth);
    for (let i = 0; i < outputHeight; i++) {
      const rows = argAddress(args, 7) + usize(i) * 12;
      const first = load<i32>(rows);
      const endRow = load<i32>(rows, 4);
      sumRows(buffer, at(x, first * width), endRow - first, width);
      for (let j = 0; j < outputWidth; j++) {
        const columns = argAddress(args, 8) + usize(j) * 12;
        let sum: f32 = 0;
        for (let k = load<i32>(columns); k < load<i32>(columns, 4); k++) sum += load<f32>(at(buffer, k));
        store<f32>(y, sum / divisor(args, rows, columns));
        y += 4;
      }
    }
  }
}

/** In steps of four: the buffer has room for three floats too many. */
function sumRows(to: usize, from: usize, rows: i32, width: i32): void {
  const pitch = usize(width) << 2;
  const end = at(to, width);
  while (to < end) {
    let sum = f32x4.splat(0);
    let row = from;
    for (let r = 0; r < rows; r++) {
      sum = f32x4.add(sum, v128.load(row));
      row += pitch;
    }
    v128.store(to, sum);
    to += 16;
    from += 16;
  }
}

export function average_pool_grad(args: usize, part: i32, parts: i32): void {
  const height = arg(args, 3);
  const width = arg(args, 4);
  const outputHeight = arg(args, 5);
  const outputWidth = arg(args, 6);
  const end = splitAt(arg(args, 2), part + 1, parts);
  for (let plane = splitAt(arg(args, 2), part, parts); plane < end; plane++) {
    const dx = at(argAddress(args, 0), plane * height * width);
    let dy = at(argAddress(args, 1), plane * outputHeight * outputWidth);
    zero(dx, height * width);
    for (let i = 0; i < outputHeight; i++) {
      const rows = argAddress(args, 7) + usize(i) * 12;
      for (let j = 0; j < outputWidth; j++) {
        const columns = argAddress(args, 8) + usize(j) * 12;
        const share = load<f32>(dy) / divisor(args, rows, columns);
        const first = load<i32>(columns);
        const count = load<i32>(columns, 4) - first;
        for (let row = load<i32>(rows); row < load<i32>(rows, 4); row++) {
          addTo(at(dx, row * width + first), count, share);
        }
        dy += 4;
      }
    }
  }
}

function addTo(to: usize, count: i32, value: f32): void {
  for (let i = 0; i < count; i++) store<f32>(at(to, i), load<f32>(at(to, i)) + value);
}

function divisor(args: usize, rows: usize, columns: usize): f32 {
  const fixed = argFloat(args, 9);
  return fixed != 0 ? fixed : f32(load<i32>(rows, 8) * load<i32>(columns, 8));
}
