import { multiplyDims, productOfDims } from '../../graph/dim';
import { OpError, type OpDefinition } from '../op';
import { f32, inputAt, sameShape } from '../shapes';

/**
 * Images of a batch, mixed with others. Inputs: images and others f32 `[N, C, H, W]`, mix f32 `[N, 5]`, each
 * (λ, top, bottom, left, right) in whole pixels → f32 `[N, C, H, W]`:
 *
 *     out[n, c, y, x] = top ≤ y < bottom and left ≤ x < right ? others : λ·images + (1 − λ)·others
 *
 * MixUp has an empty box, CutMix λ = 1. Sources: Zhang et al., mixup (2018); Yun et al., CutMix (2019).
 */
export const mixImages: OpDefinition = {
  name: 'mix_images',
  halfStorage: true,
  title: 'Mixed images',
  inferType(inputs) {
    const [images, others, mix] = [inputAt(inputs, 0), inputAt(inputs, 1), inputAt(inputs, 2)];
    if (images.shape.length !== 4 || !sameShape(images.shape, others.shape)) {
      throw new OpError('mix_images takes two batches of images [N, C, H, W] of one shape.');
    }
    if (mix.dtype !== 'f32' || !sameShape(mix.shape, [images.shape[0] ?? 0, 5])) {
      throw new OpError('mix_images takes what is mixed how as f32 [N, 5].');
    }
    return f32(images.shape);
  },
  flops: (_inputs, output) => multiplyDims(3, productOfDims(output.shape)),
};
