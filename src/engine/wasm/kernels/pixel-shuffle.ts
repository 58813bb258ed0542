import { arg, argAddress, at, splitAt } from './simd';

/**
 * Planes of r² channels each become one of blocks of r×r pixels. Arguments: x (planes, r, r, H, W), y (planes, H·r, W·r),
 * planes, H, W, r.
 */
export function pixel_shuffle(args: usize, part: i32, parts: i32): void {
  const height = arg(args, 3);
  const width = arg(args, 4);
  const factor = arg(args, 5);
  const rows = arg(args, 2) * height * factor;
  const end = splitAt(rows, part + 1, parts);
  for (let row = splitAt(rows, part, parts); row < end; row++) {
    const x = at(argAddress(args, 0), firstOf(row, height, width, factor));
    const y = at(argAddress(args, 1), row * width * factor);
    let i = 0;
    if (factor == 2) {
      const other = at(x, height * width);
      for (; i + 4 <= width; i += 4) {
        const a = v128.load(at(x, i));
        const b = v128.load(at(other, i));
        v128.store(at(y, 2 * i), v128.shuffle<f32>(a, b, 0, 4, 1, 5));
        v128.store(at(y, 2 * i), v128.shuffle<f32>(a, b, 2, 6, 3, 7), 16);
      }
    }
    for (; i < width; i++) {
      for (let k = 0; k < factor; k++) {
        store<i32>(at(y, i * factor + k), load<i32>(at(x, k * height * width + i)));
      }
    }
  }
}

/** The other way round. Arguments: x (planes, H·r, W·r), y (planes, r, r, H, W), planes, H, W, r. */
export function pixel_unshuffle(args: usize, part: i32, parts: i32): void {
  const height = arg(args, 3);
  const width = arg(args, 4);
  const factor = arg(args, 5);
  const rows = arg(args, 2) * height * factor;
  const end = splitAt(rows, part + 1, parts);
  for (let row = splitAt(rows, part, parts); row < end; row++) {
    const x = at(argAddress(args, 0), row * width * factor);
    const y = at(argAddress(args, 1), firstOf(row, height, width, factor));
    let i = 0;
    if (factor == 2) {
      const other = at(y, height * width);
      for (; i + 4 <= width; i += 4) {
        const a = v128.load(at(x, 2 * i));
        const b = v128.load(at(x, 2 * i), 16);
        v128.store(at(y, i), v128.shuffle<f32>(a, b, 0, 2, 4, 6));
        v128.store(at(other, i), v128.shuffle<f32>(a, b, 1, 3, 5, 7));
      }
    }
    for (; i < width; i++) {
      for (let k = 0; k < factor; k++) {
        store<i32>(at(y, k * height * width + i), load<i32>(at(x, i * factor + k)));
      }
    }
  }
}

/** Where the pixels of a row of (planes·H·r) begin in (planes, r, r, H, W); those beside them follow a channel apart. */
function firstOf(row: i32, height: i32, width: i32, factor: i32): i32 {
  const plane = row / (height * factor);
  const y = row - plane * height * factor;
  const channel = (plane * factor + (y % factor)) * factor;
  return (channel * height + y / factor) * width;
}
