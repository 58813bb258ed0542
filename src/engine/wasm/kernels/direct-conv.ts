/**
 * Convolution of stride 1 with few output channels, straight from the image: packing columns would cost about as much as the
 * few panels of rows that they are multiplied with. Kernel elements that lie on rows of padding are left out.
 */
import { ownPart } from './own-part';
import { panelHeight, panelRow, panelsOf, sixesOf } from './panels';
import { arg, argAddress, at, madd, splitAt } from './simd';
import { TILE_COLUMNS } from './tile';

/** Argument words of direct_conv. */
const SOURCE = 0;
const PACKED = 1;
const TARGET = 2;
/** Address of one bias a row, or 0. */
const BIAS = 3;
const IMAGES = 4;
const CHANNELS = 5;
const HEIGHT = 6;
const WIDTH = 7;
const ROWS = 8;
const TARGET_HEIGHT = 9;
const TARGET_WIDTH = 10;
const KERNEL_HEIGHT = 11;
const KERNEL_WIDTH = 12;
const TOP = 13;
const LEFT = 14;
/** Floats of a row of the padded image. */
const PITCH = 15;
const SCRATCH = 16;
const SCRATCH_PITCH = 17;
/** Where a kernel element's places begin in the padded image: [kernel row][channel][kernel column], in bytes. */
const OFFSETS = 18;

/** At the start of a part's scratch: a tile on its way. */
const TILE_BYTES: usize = 192;

/**
 * Packs kernels as [panel][kernel row, channel, kernel column][height]. Arguments: weights, target, rows, channels, kernel height
 * and width, float strides of row and channel, 1 to turn kernels by 180°.
 */
export function direct_kernels(args: usize, part: i32, parts: i32): void {
  const rows = arg(args, 2);
  const channels = arg(args, 3);
  const height = arg(args, 4);
  const width = arg(args, 5);
  const depth = height * channels * width;
  const sixes = sixesOf(rows);
  const last = height * width - 1;
  const end = splitAt(depth, part + 1, parts);
  for (let k = splitAt(depth, part, parts); k < end; k++) {
    const line = k / width;
    const tap = (line / channels) * width + (k - line * width);
    const from = (line % channels) * arg(args, 7) + (arg(args, 8) != 0 ? last - tap : tap);
    for (let panel = 0; panel < panelsOf(rows); panel++) {
      const first = panelRow(panel, sixes);
      const tall = panelHeight(panel, sixes);
      for (let row = 0; row < tall; row++) {
        // Rows beyond the last repeat it: their results are never used.
        const source = at(argAddress(args, 0), min(first + row, rows - 1) * arg(args, 6) + from);
        store<f32>(at(argAddress(args, 1), first * depth + k * tall + row), load<f32>(source));
      }
    }
  }
}

/** Rows of the target, image by image, are shared out. */
export function direct_conv(args: usize, part: i32, parts: i32): void {
  const targetHeight = arg(args, TARGET_HEIGHT);
  const slab = argAddress(args, SCRATCH) + usize(ownPart()) * argAddress(args, SCRATCH_PITCH) + TILE_BYTES;
  const units = arg(args, IMAGES) * targetHeight;
  const end = splitAt(units, part + 1, parts);
  let padded = -1;
  for (let unit = splitAt(units, part, parts); unit < end; unit++) {
    const image = unit / targetHeight;
    if (image != padded) padImage(args, image, slab);
    padded = image;
    convolveRow(args, image, unit - image * targetHeight, slab);
  }
}

/** Copies an image with zeros beside its rows. */
function padImage(args: usize, image: i32, slab: usize): void {
  const width = arg(args, WIDTH);
  const left = arg(args, LEFT);
  const pitch = arg(args, PITCH);
  const rows = arg(args, CHANNELS) * arg(args, HEIGHT);
  let from = at(argAddress(args, SOURCE), image * rows * width);
  let to = slab;
  memory.fill(slab, 0, usize(rows * pitch) << 2);
  for (let row = 0; row < rows; row++) {
    // In steps of four: floats too many are overwritten by the next row, or are zeroed.
    for (let i = 0; i < width; i += 4) v128.store(at(to, left + i), v128.load(at(from, i)));
    for (let i = width; i < ((width + 3) & ~3); i++) store<f32>(at(to, left + i), 0);
    from = at(from, width);
    to = at(to, pitch);
  }
}

function convolveRow(args: usize, image: i32, y: i32, slab: usize): void {
  const channels = arg(args, CHANNELS);
  const height = arg(args, HEIGHT);
  const rows = arg(args, ROWS);
  const targetWidth = arg(args, TARGET_WIDTH);
  const planes = arg(args, TARGET_HEIGHT) * targetWidth;
  const top = arg(args, TOP);
  const bias = argAddress(args, BIAS);
  const sixes = sixesOf(rows);
  const panels = panelsOf(rows);
  // A kernel row that lies on padding adds nothing.
  const lineDepth = channels * arg(args, KERNEL_WIDTH);
  const firstDepth = max(top - y, 0) * lineDepth;
  const depth = max(min(arg(args, KERNEL_HEIGHT), height + top - y) * lineDepth - firstDepth, 0);
  const totalDepth = arg(args, KERNEL_HEIGHT) * lineDepth;
  const offsets = at(argAddress(args, OFFSETS), firstDepth);
  const temporary = slab - TILE_BYTES;
  const pitch = usize(planes) << 2;
  const target = at(argAddress(args, TARGET), image * rows * planes + y * targetWidth);
  for (let x = 0; x < targetWidth; x += TILE_COLUMNS) {
    const columns = min(TILE_COLUMNS, targetWidth - x);
    const base = at(slab, (y - top) * arg(args, PITCH) + x);
    for (let panel = 0; panel < panels; panel++) {
      const row = panelRow(panel, sixes);
      const tall = panelHeight(panel, sixes);
      const valid = min(tall, rows - row);
      const a = at(argAddress(args, PACKED), row * totalDepth + firstDepth * tall);
      const to = at(target, row * planes + x);
      const whole = columns == TILE_COLUMNS && valid == tall;
      if (tall == 6) direct6x8(depth, a, offsets, base, whole ? to : temporary, whole ? pitch : 32);
      else direct4x8(depth, a, offsets, base, whole ? to : temporary, whole ? pitch : 32);
      if (!whole) {
        for (let r = 0; r < valid; r++) {
          memory.copy(to + usize(r) * pitch, temporary + (usize(r) << 5), usize(columns) << 2);
        }
      }
      if (bias != 0) addBias(to, pitch, valid, columns, at(bias, row));
    }
  }
}

function addBias(to: usize, pitch: usize, rows: i32, columns: i32, bias: usize): void {
  for (let r = 0; r < rows; r++) {
    const value = load<f32>(at(bias, r));
    let i = 0;
    for (; i + 4 <= columns; i += 4) v128.store(at(to, i), f32x4.add(v128.load(at(to, i)), f32x4.splat(value)));
    for (; i < columns; i++) store<f32>(at(to, i), load<f32>(at(to, i)) + value);
    to += pitch;
  }
}

/** C[6×8] = A·B over `depth`: A packed as [depth][6]; row k of B is the 8 floats at `base` + offsets[k]. */
function direct6x8(depth: i32, a: usize, offsets: usize, base: usize, c: usize, pitch: usize): void {
  let l0 = f32x4.splat(0);
  let h0 = f32x4.splat(0);
  let l1 = f32x4.splat(0);
  let h1 = f32x4.splat(0);
  let l2 = f32x4.splat(0);
  let h2 = f32x4.splat(0);
  let l3 = f32x4.splat(0);
  let h3 = f32x4.splat(0);
  let l4 = f32x4.splat(0);
  let h4 = f32x4.splat(0);
  let l5 = f32x4.splat(0);
  let h5 = f32x4.splat(0);
  const end = offsets + (usize(depth) << 2);
  while (offsets < end) {
    const b = base + load<usize>(offsets);
    const low = v128.load(b);
    const high = v128.load(b, 16);
    let x = v128.load32_splat(a);
    l0 = madd(x, low, l0);
    h0 = madd(x, high, h0);
    x = v128.load32_splat(a, 4);
    l1 = madd(x, low, l1);
    h1 = madd(x, high, h1);
    x = v128.load32_splat(a, 8);
    l2 = madd(x, low, l2);
    h2 = madd(x, high, h2);
    x = v128.load32_splat(a, 12);
    l3 = madd(x, low, l3);
    h3 = madd(x, high, h3);
    x = v128.load32_splat(a, 16);
    l4 = madd(x, low, l4);
    h4 = madd(x, high, h4);
    x = v128.load32_splat(a, 20);
    l5 = madd(x, low, l5);
    h5 = madd(x, high, h5);
    a += 24;
    offsets += 4;
  }
  v128.store(c, l0);
  v128.store(c, h0, 16);
  c += pitch;
  v128.store(c, l1);
  v128.store(c, h1, 16);
  c += pitch;
  v128.store(c, l2);
  v128.store(c, h2, 16);
  c += pitch;
  v128.store(c, l3);
  v128.store(c, h3, 16);
  c += pitch;
  v128.store(c, l4);
  v128.store(c, h4, 16);
  c += pitch;
  v128.store(c, l5);
  v128.store(c, h5, 16);
}

/** The same for four rows. */
function direct4x8(depth: i32, a: usize, offsets: usize, base: usize, c: usize, pitch: usize): void {
  let l0 = f32x4.splat(0);
  let h0 = f32x4.splat(0);
  let l1 = f32x4.splat(0);
  let h1 = f32x4.splat(0);
  let l2 = f32x4.splat(0);
  let h2 = f32x4.splat(0);
  let l3 = f32x4.splat(0);
  let h3 = f32x4.splat(0);
  const end = offsets + (usize(depth) << 2);
  while (offsets < end) {
    const b = base + load<usize>(offsets);
    const low = v128.load(b);
    const high = v128.load(b, 16);
    let x = v128.load32_splat(a);
    l0 = madd(x, low, l0);
    h0 = madd(x, high, h0);
    x = v128.load32_splat(a, 4);
    l1 = madd(x, low, l1);
    h1 = madd(x, high, h1);
    x = v128.load32_splat(a, 8);
    l2 = madd(x, low, l2);
    h2 = madd(x, high, h2);
    x = v128.load32_splat(a, 12);
    l3 = madd(x, low, l3);
    h3 = madd(x, high, h3);
    a += 16;
    offsets += 4;
  }
  v128.store(c, l0);
  v128.store(c, h0, 16);
  c += pitch;
  v128.store(c, l1);
  v128.store(c, h1, 16);
  c += pitch;
  v128.store(c, l2);
  v128.store(c, h2, 16);
  c += pitch;
  v128.store(c, l3);
  v128.store(c, h3, 16);
}
