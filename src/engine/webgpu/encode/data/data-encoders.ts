import type { OpFamily } from '../encoder';
import { encodeGatherImages } from './gather-images';
import { encodeMixImages } from './mix-images';

export const dataEncoders: OpFamily = {
  elements: {},
  kernels: { gather_images: encodeGatherImages, mix_images: encodeMixImages },
};
