import type { ImageSize } from '../../image';
import { resizeImage, type Interpolation } from '../../resize';
import type { DrawStream } from '../draw-stream';
import { cropImage } from '../pixels/crop-image';
import { heightAndWidth, interpolationParameter, rangeParameter, roundHalfEven, sizeParameter } from '../parameters';
import type { TransformDefinition } from '../transform';

export interface RandomResizedCrop {
  readonly name: 'RandomResizedCrop';
  readonly size: number | readonly number[];
  readonly scale: readonly number[];
  readonly ratio: readonly number[];
  readonly interpolation: Interpolation;
  /** Images are always antialiased, as PIL's are. */
  readonly antialias: boolean | null;
}

export interface Box {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

export const ratioLimits = { min: 0, aboveMin: true, max: 100, slider: { from: 0.25, to: 4, step: 0.05 } } as const;

export const randomResizedCrop: TransformDefinition<RandomResizedCrop, Box> = {
  name: 'RandomResizedCrop',
  meaning: 'Cuts a piece of random size and shape out of images and gives it another size.',
  stage: 'image',
  parameters: {
    size: sizeParameter('Pixels of both sides of what comes out, or (height, width).'),
    scale: rangeParameter(
      {
        min: 0,
        aboveMin: true,
        max: 1,
        slider: { from: 0.01, to: 1, step: 0.01 },
        meaning: "The piece's share of the image's area: (least, most).",
      },
      [0.08, 1],
    ),
    ratio: rangeParameter({ ...ratioLimits, meaning: "The piece's width over its height: (least, most)." }, [
      3 / 4,
      4 / 3,
    ]),
    interpolation: interpolationParameter('bilinear'),
    antialias: {
      kind: 'boolean',
      none: 'as for PIL images',
      default: null,
      meaning: 'Has no effect: images are always antialiased, as PIL images are.',
    },
  },
  outputSize({ size }, { channels }) {
    const [height, width] = heightAndWidth(size);
    return { height, width, channels };
  },
  fixedSize({ size }) {
    return heightAndWidth(size);
  },
  draw({ scale, ratio }, size, random) {
    for (let trial = 0; trial < 10; trial++) {
      const { area, aspect } = drawShape(scale, ratio, size, random);
      const width = roundHalfEven(Math.sqrt(area * aspect));
      const height = roundHalfEven(Math.sqrt(area / aspect));
      if (width < 1 || width > size.width || height < 1 || height > size.height) continue;
      const top = random.nextBelow(size.height - height + 1);
      return { top, left: random.nextBelow(size.width - width + 1), height, width };
    }
    return middleBox(ratio, size);
  },
  apply(image, { size, interpolation }, { top, left, height, width }) {
    const [toHeight, toWidth] = heightAndWidth(size);
    return resizeImage(cropImage(image, top, left, height, width), toWidth, toHeight, interpolation);
  },
};

/** An area in pixels, by a share of the image's that is drawn evenly, and a ratio whose logarithm is. */
export function drawShape(
  [leastScale = 0, mostScale = 1]: readonly number[],
  [leastRatio = 1, mostRatio = 1]: readonly number[],
  { height, width }: ImageSize,
  random: DrawStream,
): { readonly area: number; readonly aspect: number } {
  const area = height * width * random.uniform(leastScale, mostScale);
  return { area, aspect: Math.exp(random.uniform(Math.log(leastRatio), Math.log(mostRatio))) };
}

/** The largest piece in the middle whose shape is allowed: where ten trials gave none that fits. */
function middleBox([least = 1, most = 1]: readonly number[], size: ImageSize): Box {
  let { height, width } = size;
  if (width / height < least) height = roundHalfEven(width / least);
  else if (width / height > most) width = roundHalfEven(height * most);
  return { top: Math.floor((size.height - height) / 2), left: Math.floor((size.width - width) / 2), height, width };
}
