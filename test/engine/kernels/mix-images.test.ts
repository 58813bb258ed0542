import { expect, test } from 'vitest';
import { relativeError } from '../relative-error';
import { runOp } from '../run-op';
import { readTorchJson } from '../torch-fixtures';
import { describeKernels } from './describe-kernels';

interface RecordedBatch {
  readonly images: readonly number[];
  readonly share: number;
  readonly box: { readonly top: number; readonly bottom: number; readonly left: number; readonly right: number } | null;
  readonly mixed: readonly number[];
}

const { shape, batches } = readTorchJson('mixing') as {
  shape: readonly [number, number, number, number];
  batches: readonly RecordedBatch[];
};
const [count, channels, height, width] = shape;
const imageLength = channels * height * width;

/** The images, those before them, and the same row for all. */
function inputsOf({ images, share, box }: RecordedBatch) {
  const own = Float32Array.from(images);
  const others = Float32Array.from(own, (_, i) => own[(i + (count - 1) * imageLength) % own.length] ?? NaN);
  const { top, bottom, left, right } = box ?? { top: 0, bottom: 0, left: 0, right: 0 };
  const mix = Float32Array.from({ length: 5 * count }, (_, i) => [share, top, bottom, left, right][i % 5] ?? NaN);
  return [
    { shape, data: own },
    { shape, data: others },
    { shape: [count, 5], data: mix },
  ];
}

describeKernels((engines) => {
  test.each(batches.map((batch, index) => ({ batch, index })))(
    'mixes batch $index with the images before as torch does, by any number of threads',
    async ({ batch }) => {
      for (const engine of engines.all) {
        const mixed = await runOp(engine, 'mix_images', {}, inputsOf(batch), shape);
        // A box copies pixels; shares round as the device's products do.
        if (batch.box) expect(mixed).toEqual(Float32Array.from(batch.mixed));
        else expect(relativeError(mixed, batch.mixed)).toBeLessThan(1e-6);
      }
    },
  );

  test('an image that is not mixed stays as it is, whatever is beside it', async () => {
    const [images, , mix] = inputsOf({ images: batches[0]?.images ?? [], share: 1, box: null, mixed: [] });
    if (!images || !mix) throw new Error('There are no images');
    const nothing = { shape, data: new Float32Array(images.data.length).fill(NaN) };
    for (const engine of engines.all) {
      expect(await runOp(engine, 'mix_images', {}, [images, nothing, mix], shape)).toEqual(images.data);
    }
  });
});
