import type { Image } from '../../image';
import { probability, rangeParameter, roundHalfEven, switchParameter } from '../parameters';
import { byteOf, sameSize, type PixelValues, type TransformDefinition } from '../transform';
import { type Box, drawShape, ratioLimits } from './random-resized-crop';

export interface RandomErasing {
  readonly name: 'RandomErasing';
  readonly p: number;
  readonly scale: readonly number[];
  readonly ratio: readonly number[];
  /** As values stand at this place of the pipeline: in [0, 1] before Normalize, 0 for the mean after it. */
  readonly value: number | readonly number[] | 'random';
  /** Images are never written to; the result is the same. */
  readonly inplace: boolean;
}

/** null: nothing. `noise`: a normal number for each value of the box, [height, width, channels]. */
export type Erased = (Box & { readonly noise?: Float32Array }) | null;

export const randomErasing: TransformDefinition<RandomErasing, Erased> = {
  name: 'RandomErasing',
  meaning: 'Fills a random piece of images.',
  stage: 'normalized',
  parameters: {
    p: probability(0.5),
    scale: rangeParameter(
      {
        min: 0,
        max: 1,
        slider: { from: 0, to: 1, step: 0.01 },
        meaning: "The piece's share of the image's area: (least, most).",
      },
      [0.02, 0.33],
    ),
    ratio: rangeParameter({ ...ratioLimits, meaning: "The piece's height over its width: (least, most)." }, [0.3, 3.3]),
    value: {
      kind: 'numbers',
      lengths: [1, 3],
      whole: false,
      min: -100,
      max: 100,
      word: 'random',
      default: 0,
      meaning: "What it is filled with: a value as pixels have it there (after Normalize, 0 is the mean), or 'random'.",
      slider: { from: -2, to: 2, step: 0.1 },
    },
    inplace: switchParameter('Has no effect on the result.'),
  },
  outputSize: sameSize,
  draw({ p, scale, ratio, value }, size, random) {
    if (!random.happens(p)) return null;
    for (let trial = 0; trial < 10; trial++) {
      const { area, aspect } = drawShape(scale, ratio, size, random);
      const height = roundHalfEven(Math.sqrt(area * aspect));
      const width = roundHalfEven(Math.sqrt(area / aspect));
      if (height >= size.height || width >= size.width) continue;
      const box = {
        top: random.nextBelow(size.height - height + 1),
        left: random.nextBelow(size.width - width + 1),
        height,
        width,
      };
      if (value !== 'random') return box;
      const noise = Float32Array.from({ length: height * width * size.channels }, () => random.nextNormal());
      return { ...box, noise };
    }
    return null;
  },
  apply(image, { value }, box, values) {
    return box === null ? image : eraseBox(image, box, value === 'random' ? 0 : value, values);
  },
};

/** The image with a box filled; what of it lies outside is left out. */
export function eraseBox(
  { width, height, channels, pixels }: Image,
  box: Box & { readonly noise?: Float32Array },
  value: number | readonly number[],
  values: PixelValues,
): Image {
  const out = Uint8Array.from(pixels);
  const bytes = colourOf(value, channels, values);
  for (let y = Math.max(0, box.top); y < Math.min(height, box.top + box.height); y++) {
    for (let x = Math.max(0, box.left); x < Math.min(width, box.left + box.width); x++) {
      const noiseAt = ((y - box.top) * box.width + x - box.left) * channels;
      for (let channel = 0; channel < channels; channel++) {
        const byte = box.noise ? byteOf(box.noise[noiseAt + channel] ?? 0, channel, values) : (bytes[channel] ?? 0);
        out[(y * width + x) * channels + channel] = byte;
      }
    }
  }
  return { width, height, channels, pixels: out };
}

/** What a piece is filled with: the bytes, by channel, of a value as pixels have it there. */
export function colourOf(value: number | readonly number[], channels: number, values: PixelValues): number[] {
  return Array.from({ length: channels }, (_, channel) => {
    return byteOf(typeof value === 'number' ? value : (value[channel] ?? value[0] ?? 0), channel, values);
  });
}
