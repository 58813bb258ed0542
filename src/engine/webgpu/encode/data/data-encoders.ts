import type { OpFamily } from '../encoder';
import { encodeGatherImages } from './gather-images';

export const dataEncoders: OpFamily = { elements: {}, kernels: { gather_images: encodeGatherImages } };
