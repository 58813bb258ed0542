import type { Engine } from '../../src/engine/engine';
import type { KernelStep, PlanTensor } from '../../src/engine/plan';
import { placer, runSteps } from './run-op';

/** A table of images and what is taken out of it. */
export interface GatherCase {
  readonly title: string;
  /** [count, C, H, W] */
  readonly shape: readonly [number, number, number, number];
  /** Each (image, dy, dx, flip) or, where pieces are filled, (…, top, left, bottom, right), too. */
  readonly picks: readonly (readonly number[])[];
  /** Byte of each channel that pieces are filled with. */
  readonly erased?: readonly number[];
}

const mean = [0.4914, 0.4822, 0.4465];
const std = [0.247, 0.2435, 0.2616];

export const gatherCases: readonly GatherCase[] = [
  {
    title: 'images as they are',
    shape: [5, 1, 28, 28],
    picks: [4, 0, 2, 2].map((image) => [image, 0, 0, 0]),
  },
  {
    title: 'crops of a padded image, mirrored or not, over each border and beyond it',
    shape: [3, 3, 9, 13],
    picks: [-20, -13, -9, -4, -1, 0, 1, 4, 9, 13, 20].flatMap((shift, i) =>
      [0, 1].flatMap((flip) => [
        [i % 3, 0, shift, flip],
        [i % 3, shift, 0, flip],
        [i % 3, shift, -shift, flip],
      ]),
    ),
  },
  { title: 'rows of one pixel', shape: [2, 2, 3, 1], picks: [0, 1].map((flip) => [1, 1, 0, flip]) },
  {
    title: 'pieces that are filled: within the image, over each edge, beyond it, and of no size',
    shape: [3, 3, 7, 10],
    picks: [
      [0, 0, 0, 0, 2, 3, 5, 7],
      [1, 2, -3, 1, -2, -4, 3, 4],
      [2, -9, 0, 0, 5, 8, 11, 14],
      [0, 1, 1, 1, 0, 0, 7, 10],
      [1, 0, 0, 0, 8, 1, 12, 5],
      [2, 0, 0, 1, -6, 2, -1, 5],
      [1, 0, 0, 0, 3, 4, 3, 4],
      [1, 0, 0, 0, 3, 12, 5, 16],
      [5, 0, 0, 0, 1, 1, 3, 3],
    ],
    erased: [0, 117, 255],
  },
  {
    title: 'an image that is not there: no numbers',
    shape: [2, 1, 4, 5],
    picks: [2, -1, 1].map((image) => [image, 0, 0, 0]),
  },
];

/** What the engine gathers. */
export async function runGather(engine: Engine, { shape, picks, erased }: GatherCase): Promise<Float32Array> {
  const [count, channels, height, width] = shape;
  const place = placer();
  const rows = place([picks.length, erased ? 8 : 4], 'i32');
  const output = place([picks.length, channels, height, width], 'f32');
  const images: PlanTensor = { region: 'data', offset: 0, shape: [count, channels, height, width], dtype: 'u8' };
  const attrs = { mean: mean.slice(0, channels), std: std.slice(0, channels), ...(erased && { erased }) };
  const step: KernelStep = { kind: 'kernel', op: 'gather_images', attrs, inputs: [images, rows], output };
  const filled = [{ tensor: rows, data: Int32Array.from(picks.flat()) }];
  const [result] = await runSteps(engine, [step], filled, [output], place.bytes(), imageBytes(shape));
  if (!(result instanceof Float32Array)) throw new Error('gather_images has no f32 output');
  return result;
}

/** The same by torchvision's words: ToTensor and Normalize of RandomHorizontalFlip of RandomCrop of the image with a border of zeros; then RandomErasing's piece. */
export function expectedGather({ shape, picks, erased }: GatherCase): Float32Array {
  const [count, channels, height, width] = shape;
  const bytes = imageBytes(shape);
  const values: number[] = [];
  for (const [image = -1, dy = 0, dx = 0, flip = 0, top = 0, left = 0, bottom = 0, right = 0] of picks) {
    for (let channel = 0; channel < channels; channel++) {
      for (let row = 0; row < height; row++) {
        const cropped = Array.from({ length: width }, (_, column) => {
          const [y, x] = [row + dy, column + dx];
          const outside = y < 0 || y >= height || x < 0 || x >= width;
          return outside ? 0 : (bytes[((image * channels + channel) * height + y) * width + x] ?? 0);
        });
        if (flip === 1) cropped.reverse();
        const [center = 0, deviation = 1] = [mean[channel], std[channel]];
        const known = image >= 0 && image < count;
        const whole = cropped.map((byte) => (known ? byte : NaN));
        const isErased = (column: number) => row >= top && row < bottom && column >= left && column < right;
        const shown = whole.map((byte, column) => (erased && isErased(column) ? (erased[channel] ?? NaN) : byte));
        values.push(...shown.map((byte) => (byte / 255 - center) / deviation));
      }
    }
  }
  return Float32Array.from(values);
}

/** Pixels of no pattern. */
function imageBytes(shape: readonly number[]): Uint8Array {
  const count = shape.reduce((product, size) => product * size, 1);
  return Uint8Array.from({ length: count }, (_, index) => Math.imul(index + 1, 2654435761) >>> 24);
}
