import { arg, argAddress, at, splitAt, zero } from './simd';

/**
 * Padding and cropping of the last dimensions, row by row. Arguments: x, y, rows of y, sizes of a row of x and of y, the
 * table of the innermost dimension, its run, the fill word, rows of x for each element of what stands before all padded
 * dimensions, number of row dimensions, and three words for each of them: its size in y, its table, rows of x between its elements.
 * A table holds the place in x of each place in y, or −1: the fill. The run (first and end) are the places of y that stand
 * side by side in x, too. Any 4-byte elements.
 */
export function pad(args: usize, part: i32, parts: i32): void {
  const xSize = arg(args, 3);
  const ySize = arg(args, 4);
  const places = argAddress(args, 5);
  const first = arg(args, 6);
  const end = arg(args, 7);
  const fill = arg(args, 8);
  const source = first < end ? load<i32>(at(places, first)) : 0;
  const endRow = splitAt(arg(args, 2), part + 1, parts);
  for (let row = splitAt(arg(args, 2), part, parts); row < endRow; row++) {
    const y = at(argAddress(args, 1), row * ySize);
    const from = sourceRow(args, row);
    if (from < 0) {
      for (let i = 0; i < ySize; i++) store<i32>(at(y, i), fill);
      continue;
    }
    const x = at(argAddress(args, 0), from * xSize);
    pick(y, x, places, 0, first, fill);
    copyWords(at(y, first), at(x, source), end - first);
    pick(y, x, places, end, ySize, fill);
  }
}

/** The row of x that a row of y shows, or −1. */
function sourceRow(args: usize, row: i32): i32 {
  let rest = row;
  let from = 0;
  for (let d = arg(args, 10) - 1; d >= 0; d--) {
    const size = arg(args, 11 + 3 * d);
    const above = rest / size;
    const place = load<i32>(at(argAddress(args, 12 + 3 * d), rest - above * size));
    if (place < 0) return -1;
    from += place * arg(args, 13 + 3 * d);
    rest = above;
  }
  return from + rest * arg(args, 9);
}

function pick(y: usize, x: usize, places: usize, begin: i32, end: i32, fill: i32): void {
  for (let i = begin; i < end; i++) {
    const place = load<i32>(at(places, i));
    store<i32>(at(y, i), place < 0 ? fill : load<i32>(at(x, place)));
  }
}

function copyWords(to: usize, from: usize, count: i32): void {
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    v128.store(to, v128.load(from));
    to += 16;
    from += 16;
  }
  for (; i < count; i++) {
    store<i32>(to, load<i32>(from));
    to += 4;
    from += 4;
  }
}

/**
 * The gradient of a padding without fill in up to three dimensions: each row of dx is the sum of the rows of dy that show it, in
 * order. Arguments: dy, dx, rows of dx, sizes of a row of dx and of dy, table and run as above, then for each of two row
 * dimensions: its size in x, in y, the address of where each place's list begins (one word more at the end) and of the lists.
 */
export function pad_grad(args: usize, part: i32, parts: i32): void {
  const xSize = arg(args, 3);
  const outerSize = arg(args, 8);
  const innerSize = arg(args, 12);
  const outerStarts = argAddress(args, 10);
  const innerStarts = argAddress(args, 14);
  const end = splitAt(arg(args, 2), part + 1, parts);
  for (let row = splitAt(arg(args, 2), part, parts); row < end; row++) {
    const dx = at(argAddress(args, 1), row * xSize);
    zero(dx, xSize);
    const above = row / innerSize;
    const inner = row - above * innerSize;
    const plane = above / outerSize;
    const outer = above - plane * outerSize;
    for (let i = load<i32>(at(outerStarts, outer)); i < load<i32>(at(outerStarts, outer), 4); i++) {
      const rows = (plane * arg(args, 9) + load<i32>(at(argAddress(args, 11), i))) * arg(args, 13);
      for (let j = load<i32>(at(innerStarts, inner)); j < load<i32>(at(innerStarts, inner), 4); j++) {
        addRow(args, dx, rows + load<i32>(at(argAddress(args, 15), j)));
      }
    }
  }
}

function addRow(args: usize, dx: usize, row: i32): void {
  const size = arg(args, 4);
  const places = argAddress(args, 5);
  const first = arg(args, 6);
  const end = arg(args, 7);
  const dy = at(argAddress(args, 0), row * size);
  addTo(dx, dy, places, 0, first);
  let i = first;
  if (first < end) {
    const to = at(dx, load<i32>(at(places, first)) - first);
    for (; i + 4 <= end; i += 4) v128.store(at(to, i), f32x4.add(v128.load(at(to, i)), v128.load(at(dy, i))));
  }
  addTo(dx, dy, places, i, size);
}

function addTo(dx: usize, dy: usize, places: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i++) {
    const to = at(dx, load<i32>(at(places, i)));
    store<f32>(to, load<f32>(to) + load<f32>(at(dy, i)));
  }
}
