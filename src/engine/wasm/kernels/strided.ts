import { arg, argAddress, at, splitAt } from './simd';
import { storeColumns } from './transpose';

/**
 * Moves elements from strided places to strided places; any 4-byte elements. The last two dimensions are rows and their
 * elements; the outer ones stand in a table of (size, source stride, target stride), outermost first.
 * Arguments: source, target, outer dimensions, their table, rows, row strides (source, target), elements of a row, steps
 * between them (source, target), number of all rows. Strides count elements.
 */
export function strided_copy(args: usize, part: i32, parts: i32): void {
  const outer = arg(args, 2);
  const table = argAddress(args, 3);
  const rows = arg(args, 4);
  const length = arg(args, 7);
  const sourceStep = arg(args, 8);
  const targetStep = arg(args, 9);
  const elements = arg(args, 10) * length;
  const end = splitAt(elements, part + 1, parts);
  let i = splitAt(elements, part, parts);
  while (i < end) {
    let row = i / length;
    let first = i - row * length;
    const plane = row / rows;
    row -= plane * rows;
    let from = at(argAddress(args, 0), offsetOf(table, outer, plane, 4));
    let to = at(argAddress(args, 1), offsetOf(table, outer, plane, 8));
    for (; row < rows && i < end; row++) {
      const count = min(length - first, end - i);
      copyRun(
        at(from, row * arg(args, 5) + first * sourceStep),
        sourceStep,
        at(to, row * arg(args, 6) + first * targetStep),
        targetStep,
        count,
      );
      i += count;
      first = 0;
    }
  }
}

/** Elements from the first to the `plane`-th of the outer dimensions; `field`: which stride of the table, in bytes. */
function offsetOf(table: usize, outer: i32, plane: i32, field: usize): i32 {
  let offset = 0;
  for (let dim = outer - 1; dim >= 0; dim--) {
    const entry = table + usize(dim) * 12;
    const size = load<i32>(entry);
    const next = plane / size;
    offset += (plane - next * size) * load<i32>(entry + field);
    plane = next;
  }
  return offset;
}

function copyRun(from: usize, sourceStep: i32, to: usize, targetStep: i32, count: i32): void {
  let i = 0;
  if (targetStep == 1) {
    if (sourceStep == 1) {
      if (count >= 128) {
        memory.copy(to, from, usize(count) << 2);
        return;
      }
      for (; i + 4 <= count; i += 4) v128.store(at(to, i), v128.load(at(from, i)));
    } else if (sourceStep == 0) {
      const value = v128.load32_splat(from);
      for (; i + 4 <= count; i += 4) v128.store(at(to, i), value);
    } else if (sourceStep == -1) {
      for (; i + 4 <= count; i += 4) {
        const four = v128.load(at(from, -i - 3));
        v128.store(at(to, i), v128.shuffle<f32>(four, four, 3, 2, 1, 0));
      }
    } else if (sourceStep == 2) {
      for (; i + 4 <= count; i += 4) {
        const low = v128.load(at(from, 2 * i));
        v128.store(at(to, i), v128.shuffle<f32>(low, v128.load(at(from, 2 * i), 16), 0, 2, 4, 6));
      }
    }
  }
  for (; i < count; i++) store<i32>(at(to, i * targetStep), load<i32>(at(from, i * sourceStep)));
}

/** Rows and columns of a tile, which stays in the nearest cache. */
const TILE = 32;

/**
 * The same for two dimensions that change places: a matrix of `height` rows, `pitch` elements apart in the source and
 * neighbours in the target, and `width` columns, neighbours in the source and `targetPitch` elements apart in the target.
 * Arguments: source, target, outer dimensions, their table, number of matrices, height, pitch, width, targetPitch.
 */
export function strided_transpose(args: usize, part: i32, parts: i32): void {
  const height = arg(args, 5);
  const pitch = arg(args, 6);
  const width = arg(args, 7);
  const targetPitch = arg(args, 8);
  const tilesDown = (height + TILE - 1) / TILE;
  const tilesAcross = (width + TILE - 1) / TILE;
  const units = arg(args, 4) * tilesDown * tilesAcross;
  const end = splitAt(units, part + 1, parts);
  for (let unit = splitAt(units, part, parts); unit < end; unit++) {
    const across = unit / tilesDown;
    const top = (unit - across * tilesDown) * TILE;
    const plane = across / tilesAcross;
    const left = (across - plane * tilesAcross) * TILE;
    const from = offsetOf(argAddress(args, 3), arg(args, 2), plane, 4) + top * pitch + left;
    const to = offsetOf(argAddress(args, 3), arg(args, 2), plane, 8) + left * targetPitch + top;
    transposeTile(
      at(argAddress(args, 0), from),
      pitch,
      at(argAddress(args, 1), to),
      targetPitch,
      min(TILE, height - top),
      min(TILE, width - left),
    );
  }
}

function transposeTile(from: usize, pitch: i32, to: usize, targetPitch: i32, height: i32, width: i32): void {
  const bytes = usize(pitch) << 2;
  const whole = width & ~3;
  let i = 0;
  for (; i + 4 <= height; i += 4) {
    const row = at(from, i * pitch);
    for (let j = 0; j < whole; j += 4) {
      const place = at(row, j);
      storeColumns(
        v128.load(place),
        v128.load(place + bytes),
        v128.load(place + 2 * bytes),
        v128.load(place + 3 * bytes),
        at(to, j * targetPitch + i),
        usize(targetPitch) << 2,
      );
    }
    for (let j = whole; j < width; j++) {
      const place = at(row, j);
      const target = at(to, j * targetPitch + i);
      store<i32>(target, load<i32>(place));
      store<i32>(target, load<i32>(place + bytes), 4);
      store<i32>(target, load<i32>(place + 2 * bytes), 8);
      store<i32>(target, load<i32>(place + 3 * bytes), 12);
    }
  }
  for (; i < height; i++) {
    for (let j = 0; j < width; j++) store<i32>(at(to, j * targetPitch + i), load<i32>(at(from, i * pitch + j)));
  }
}
