import type { Encoder } from '../encoder';
import { encodeGatherImages } from './gather-images';

export const dataEncoders: Readonly<Record<string, Encoder>> = {
  gather_images: encodeGatherImages,
};
