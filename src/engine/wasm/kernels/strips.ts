import { arg, argAddress, at } from './simd';

/**
 * An image cut into strips of four output rows, and those into tiles of four columns. Argument words:
 * [0] source [images, channels, height, width], [1] images, [2] channels, [3] height, [4] width, [5] strips of an image,
 * [6] tiles of a strip, [7] floats of a row of a slab, [8] padding: columns before the first in the low 16 bits, rows above.
 */
const SOURCE = 0;
const CHANNELS = 2;
const HEIGHT = 3;
const WIDTH = 4;
const STRIPS = 5;
const TILES = 6;
const PITCH = 7;
const PADDING = 8;

/** Where each tile of a block's strips begins in the slab; places beyond the last repeat the first. Strips are 6 rows. */
export function locateTiles(args: usize, addresses: usize, slab: usize, strips: i32, places: i32): void {
  const tiles = arg(args, TILES);
  const stripFloats = 6 * arg(args, PITCH);
  let to = addresses;
  for (let strip = 0; strip < strips; strip++) {
    for (let t = 0; t < tiles; t++) {
      store<usize>(to, at(slab, strip * stripFloats + 4 * t));
      to += 4;
    }
  }
  const end = addresses + (usize(places) << 2);
  while (to < end) {
    store<usize>(to, slab);
    to += 4;
  }
}

/**
 * Copies strips [from, to) of one channel, `rows` rows each (4 and the overlap), padded with zeros to the slab's width.
 * Writes up to 3 floats beyond the slab.
 */
export function fillStrips(args: usize, slab: usize, channel: i32, from: i32, to: i32, rows: i32): void {
  const height = arg(args, HEIGHT);
  const width = arg(args, WIDTH);
  const strips = arg(args, STRIPS);
  const pitch = arg(args, PITCH);
  const left = arg(args, PADDING) & 0xffff;
  const above = arg(args, PADDING) >> 16;
  const rowBytes = usize(pitch) << 2;
  for (let strip = from; strip < to; strip++) {
    const image = strip / strips;
    const top = (strip - image * strips) * 4 - above;
    const plane = at(argAddress(args, SOURCE), (image * arg(args, CHANNELS) + channel) * height * width);
    for (let r = top; r < top + rows; r++) {
      if (r < 0 || r >= height) zero(slab, pitch);
      else {
        if (left > 0) v128.store(slab, f32x4.splat(0));
        copy(at(slab, left), at(plane, r * width), width);
        zero(at(slab, left + width), pitch - left - width);
      }
      slab += rowBytes;
    }
  }
}

/** In steps of four: writes up to three zeros too many. */
function zero(to: usize, count: i32): void {
  const end = at(to, count);
  while (to < end) {
    v128.store(to, f32x4.splat(0));
    to += 16;
  }
}

/** In steps of four: writes up to three floats too many. */
function copy(to: usize, from: usize, count: i32): void {
  const end = at(to, count);
  while (to < end) {
    v128.store(to, v128.load(from));
    to += 16;
    from += 16;
  }
}
