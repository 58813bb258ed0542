import type { Image, ImageSize } from '../../image';
import type { Interpolation } from '../../resize';
import type { Fill } from '../pixels/fill';
import { rotationMatrix } from '../pixels/affine-matrix';
import { flipHorizontally, flipVertically } from '../pixels/flip-image';
import { transformAffine } from '../pixels/transform-image';
import type { NumbersParameter } from '../parameter';
import { fillParameter, interpolationParameter, switchParameter } from '../parameters';
import type { TransformDefinition } from '../transform';

export interface RandomRotation {
  readonly name: 'RandomRotation';
  /** Up to so many either way, or [least, most]. */
  readonly degrees: number | readonly number[];
  readonly interpolation: Interpolation;
  readonly expand: boolean;
  /** [x, y] in pixels; null: the middle. */
  readonly center: readonly number[] | null;
  readonly fill: Fill;
}

export const degreesParameter: NumbersParameter = {
  kind: 'numbers',
  lengths: [1, 2],
  whole: false,
  min: -36000,
  max: 36000,
  ascending: true,
  meaning: 'Degrees: up to so many either way, or (least, most).',
  slider: { from: -180, to: 180, step: 1 },
};

export const centerParameter: NumbersParameter = {
  kind: 'numbers',
  lengths: [2],
  whole: false,
  min: -65536,
  max: 65536,
  none: 'the middle',
  default: null,
  meaning: 'What stays in place: (x, y) in pixels; None: the middle.',
  slider: { from: 0, to: 256, step: 1 },
};

/** What is drawn is the angle in degrees, counter-clockwise. */
export const randomRotation: TransformDefinition<RandomRotation, number> = {
  name: 'RandomRotation',
  meaning: 'Turns images.',
  stage: 'image',
  parameters: {
    degrees: degreesParameter,
    interpolation: interpolationParameter('nearest'),
    expand: switchParameter('Whether what comes out is large enough for the whole image.'),
    center: centerParameter,
    fill: fillParameter(0),
  },
  outputSize(config, size, angle) {
    if (!config.expand) return size;
    return angle === undefined ? undefined : { ...size, ...rotatedSize(config, size, angle) };
  },
  draw({ degrees }, _size, random) {
    const [least, most] = symmetricRange(degrees);
    return random.uniform(least, most);
  },
  apply(image, { interpolation, expand, center, fill }, angle) {
    return rotateImage(image, angle, { interpolation, expand, center, fill });
  },
};

/** A number stands for as much either way. */
export function symmetricRange(value: number | readonly number[]): readonly [least: number, most: number] {
  if (typeof value === 'number') return [-Math.abs(value), Math.abs(value)];
  const [least = 0, most = 0] = value;
  return [least, most];
}

/** Counter-clockwise by degrees, the bytes of Pillow's `rotate`. */
export function rotateImage(image: Image, angle: number, options: Omit<RandomRotation, 'name' | 'degrees'>): Image {
  const { interpolation, fill, center, expand } = options;
  const turn = ((angle % 360) + 360) % 360;
  if (center === null) {
    if (turn === 0) return image;
    if (turn === 180) return flipVertically(flipHorizontally(image));
    if ((turn === 90 || turn === 270) && (expand || image.width === image.height)) return quarterTurn(image, turn);
  }
  const { height, width } = expand ? rotatedSize(options, image, angle) : image;
  const grown = [width - image.width, height - image.height] as const;
  return transformAffine(image, rotationMatrix(angle, centerOf(center, image), grown), {
    interpolation,
    fill,
    width,
    height,
  });
}

export function centerOf(center: readonly number[] | null, { height, width }: ImageSize): readonly [number, number] {
  const [x = width / 2, y = height / 2] = center ?? [];
  return [x, y];
}

/** Of the smallest upright image of whole pixels around the turned one. */
function rotatedSize(
  { center }: Pick<RandomRotation, 'center'>,
  size: ImageSize,
  angle: number,
): Pick<ImageSize, 'height' | 'width'> {
  const { height, width } = size;
  if (center === null && (angle - 90) % 180 === 0) return { height: width, width: height };
  const [a, b, c, d, e, f] = rotationMatrix(angle, centerOf(center, size));
  const corners = [
    [0, 0],
    [width, 0],
    [width, height],
    [0, height],
  ] as const;
  const across = corners.map(([x, y]) => a * x + b * y + c);
  const down = corners.map(([x, y]) => d * x + e * y + f);
  return { height: extent(down), width: extent(across) };
}

function extent(places: readonly number[]): number {
  return Math.ceil(Math.max(...places)) - Math.floor(Math.min(...places));
}

function quarterTurn({ width, height, channels, pixels }: Image, turn: 90 | 270): Image {
  const out = new Uint8Array(pixels.length);
  for (let y = 0, to = 0; y < width; y++) {
    for (let x = 0; x < height; x++, to += channels) {
      const from = turn === 90 ? x * width + width - 1 - y : (height - 1 - x) * width + y;
      for (let channel = 0; channel < channels; channel++) out[to + channel] = pixels[from * channels + channel] ?? 0;
    }
  }
  return { width: height, height: width, channels, pixels: out };
}
