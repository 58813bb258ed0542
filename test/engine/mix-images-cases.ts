import type { OpInput } from './run-op';
import { readTorchJson } from './torch-fixtures';

/** A batch of images and what torch mixes of it with itself, rolled by one image. */
export interface MixBatch {
  readonly images: readonly number[];
  readonly share: number;
  readonly box: { readonly top: number; readonly bottom: number; readonly left: number; readonly right: number } | null;
  readonly mixed: readonly number[];
}

export const { shape: mixShape, batches: mixBatches } = readTorchJson('mixing') as {
  shape: readonly [number, number, number, number];
  batches: readonly MixBatch[];
};

/** Inputs of `mix_images`: the images, those before them, and the same row for all. */
export function mixInputsOf({ images, share, box }: Omit<MixBatch, 'mixed'>): readonly [OpInput, OpInput, OpInput] {
  const [count, ...size] = mixShape;
  const imageLength = size.reduce((product, side) => product * side, 1);
  const own = Float32Array.from(images);
  const others = Float32Array.from(own, (_, i) => own[(i + (count - 1) * imageLength) % own.length] ?? NaN);
  const { top, bottom, left, right } = box ?? { top: 0, bottom: 0, left: 0, right: 0 };
  const mix = Float32Array.from({ length: 5 * count }, (_, i) => [share, top, bottom, left, right][i % 5] ?? NaN);
  return [
    { shape: mixShape, data: own },
    { shape: mixShape, data: others },
    { shape: [count, 5], data: mix },
  ];
}
