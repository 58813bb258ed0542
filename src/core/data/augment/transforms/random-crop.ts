import type { ImageSize } from '../../image';
import { UserError } from '../../../errors';
import { cropImage } from '../pixels/crop-image';
import type { Fill } from '../pixels/fill';
import { padImage, type PaddingMode } from '../pixels/pad-image';
import { fillParameter, heightAndWidth, sizeParameter, switchParameter } from '../parameters';
import type { TransformDefinition } from '../transform';
import { borderOf, paddingModeParameter, paddingParameter } from './pad';

export interface RandomCrop {
  readonly name: 'RandomCrop';
  /** null: the image's own size. Not torchvision's: what suits images of any size. */
  readonly size: number | readonly number[] | null;
  readonly padding: number | readonly number[] | null;
  readonly padIfNeeded: boolean;
  readonly fill: Fill;
  readonly paddingMode: PaddingMode;
}

/** Of the padded image. */
export interface Corner {
  readonly top: number;
  readonly left: number;
}

export const randomCrop: TransformDefinition<RandomCrop, Corner> = {
  name: 'RandomCrop',
  meaning: 'Cuts a piece out of images, each time elsewhere, out of a border around them too.',
  stage: 'tensor',
  parameters: {
    size: {
      ...sizeParameter("Pixels of both sides, or (height, width). None (not in torchvision): the image's own size."),
      none: "the image's own size",
    },
    padding: { ...paddingParameter, none: 'no border', default: null },
    padIfNeeded: switchParameter('Whether images that are too small get a border; else they are an error.'),
    fill: fillParameter(0),
    paddingMode: paddingModeParameter,
  },
  outputSize(config, own) {
    paddedSize(config, own);
    return { ...targetSize(config, own), channels: own.channels };
  },
  fixedSize({ size }) {
    return size === null ? undefined : heightAndWidth(size);
  },
  draw(config, own, random) {
    const { height, width } = targetSize(config, own);
    const room = paddedSize(config, own);
    const top = height < room.height ? random.nextBelow(room.height - height + 1) : 0;
    const left = width < room.width ? random.nextBelow(room.width - width + 1) : 0;
    return { top, left };
  },
  apply(image, config, { top, left }) {
    const { height, width } = targetSize(config, image);
    const { padding, padIfNeeded, paddingMode, fill } = config;
    let padded = padding === null ? image : padImage(image, borderOf(padding), paddingMode, fill);
    if (padIfNeeded) {
      const x = Math.max(0, width - padded.width);
      padded = padImage(padded, { left: x, top: 0, right: x, bottom: 0 }, paddingMode, fill);
      const y = Math.max(0, height - padded.height);
      padded = padImage(padded, { left: 0, top: y, right: 0, bottom: y }, paddingMode, fill);
    }
    return cropImage(padded, top, left, height, width);
  },
};

function targetSize({ size }: RandomCrop, own: ImageSize): Pick<ImageSize, 'height' | 'width'> {
  if (size === null) return own;
  const [height, width] = heightAndWidth(size);
  return { height, width };
}

/** Throws a UserError where the piece is larger. */
function paddedSize(config: RandomCrop, own: ImageSize): Pick<ImageSize, 'height' | 'width'> {
  const wanted = targetSize(config, own);
  const border = borderOf(config.padding ?? 0);
  let height = own.height + border.top + border.bottom;
  let width = own.width + border.left + border.right;
  if (config.padIfNeeded) {
    height += 2 * Math.max(0, wanted.height - height);
    width += 2 * Math.max(0, wanted.width - width);
  }
  if (height < wanted.height || width < wanted.width) {
    throw new UserError(
      `RandomCrop: size is (${wanted.height}, ${wanted.width}), the images are (${height}, ${width}).`,
      'Give a smaller size, padding or pad_if_needed=True.',
    );
  }
  return { height, width };
}
