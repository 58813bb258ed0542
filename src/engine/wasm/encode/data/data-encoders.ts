import type { Encoder } from '../encoder';
import { encodeGatherImages } from './gather-images';
import { encodeMixImages } from './mix-images';

export const dataEncoders: Readonly<Record<string, Encoder>> = {
  gather_images: encodeGatherImages,
  mix_images: encodeMixImages,
};
