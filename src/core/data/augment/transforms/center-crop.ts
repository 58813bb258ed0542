import { cropImage } from '../pixels/crop-image';
import { padImage } from '../pixels/pad-image';
import { heightAndWidth, roundHalfEven, sizeParameter } from '../parameters';
import type { TransformDefinition } from '../transform';

export interface CenterCrop {
  readonly name: 'CenterCrop';
  readonly size: number | readonly number[];
}

export const centerCrop: TransformDefinition<CenterCrop, null> = {
  name: 'CenterCrop',
  meaning: "Cuts out the images' middle; what is smaller is padded with 0.",
  stage: 'tensor',
  parameters: { size: sizeParameter('Pixels of both sides, or (height, width).') },
  outputSize({ size }, { channels }) {
    const [height, width] = heightAndWidth(size);
    return { height, width, channels };
  },
  fixedSize({ size }) {
    return heightAndWidth(size);
  },
  draw() {
    return null;
  },
  apply(image, { size }) {
    const [height, width] = heightAndWidth(size);
    const missingX = Math.max(0, width - image.width);
    const missingY = Math.max(0, height - image.height);
    const border = {
      left: Math.floor(missingX / 2),
      top: Math.floor(missingY / 2),
      right: Math.ceil(missingX / 2),
      bottom: Math.ceil(missingY / 2),
    };
    const padded = padImage(image, border, 'constant', 0);
    const top = roundHalfEven((padded.height - height) / 2);
    const left = roundHalfEven((padded.width - width) / 2);
    return cropImage(padded, top, left, height, width);
  },
};
