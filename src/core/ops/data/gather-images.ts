import { OpError, type OpDefinition } from '../op';
import { dimAt, f32, inputAt } from '../shapes';

export type GatherImagesAttributes = {
  /** By channel. A byte's value is that of `normalizationTable` in core/data/batches.ts: (byte / 255 − mean) / std. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** Bytes by channel that pieces of images are filled with; where picks name pieces. */
  readonly erased?: readonly number[];
};

/**
 * A batch out of a table of decoded images. Inputs: images u8 `[count, C, H, W]`, packed bytes in a plan's region `data`;
 * picks i32 `[N, 4]`, each (image, dy, dx, flip) → f32 `[N, C, H, W]`:
 *
 *     out[n, c, y, x] = value(c, images[image, c, y + dy, (flip ? W − 1 − x : x) + dx])
 *
 * A pixel outside of its image is byte 0; all of an image that is not in the table is NaN. So dy and dx of −p … p are
 * torchvision's RandomCrop((H, W), padding=p) of a PIL image, and `flip` its RandomHorizontalFlip after that, both before
 * ToTensor and Normalize. Source: torchvision, transforms.RandomCrop (fill=0, padding_mode='constant').
 *
 * Picks i32 `[N, 8]` have (top, left, bottom, right) too: there, top ≤ y < bottom and left ≤ x < right, `out` is value(c, erased[c]), be the
 * image in the table or not; they may lie outside. That is torchvision's RandomErasing.
 */
export const gatherImages: OpDefinition<GatherImagesAttributes> = {
  name: 'gather_images',
  halfStorage: true,
  title: 'Batch of images',
  inferType(inputs, { mean, std, erased }) {
    const [images, picks] = [inputAt(inputs, 0), inputAt(inputs, 1)];
    const [, channels, ...size] = images.shape;
    if (images.dtype !== 'u8' || size.length !== 2)
      throw new OpError('gather_images takes images u8 [count, C, H, W].');
    const words = erased ? 8 : 4;
    if (picks.dtype !== 'i32' || picks.shape.length !== 2 || picks.shape[1] !== words) {
      throw new OpError(`gather_images takes picks i32 [N, ${words}].`);
    }
    if (erased && erased.length !== channels) {
      throw new OpError(`gather_images: ${erased.length} bytes to fill ${channels} channels with.`);
    }
    if (channels !== mean.length || channels !== std.length) {
      throw new OpError(`gather_images: ${mean.length} means and ${std.length} deviations for ${channels} channels.`);
    }
    return f32([dimAt(picks.shape, 0), ...images.shape.slice(1)]);
  },
};
