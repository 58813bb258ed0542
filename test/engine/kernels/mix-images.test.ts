import { expect, test } from 'vitest';
import { mixBatches, mixInputsOf, mixShape } from '../mix-images-cases';
import { relativeError } from '../relative-error';
import { runOp } from '../run-op';
import { describeKernels } from './describe-kernels';

describeKernels((engines) => {
  test.each(mixBatches.map((batch, index) => ({ batch, index })))(
    'mixes batch $index with the images before as torch does, by any number of threads',
    async ({ batch }) => {
      for (const engine of engines.all) {
        const mixed = await runOp(engine, 'mix_images', {}, mixInputsOf(batch), mixShape);
        // A box copies pixels; shares round as the device's products do.
        if (batch.box) expect(mixed).toEqual(Float32Array.from(batch.mixed));
        else expect(relativeError(mixed, batch.mixed)).toBeLessThan(1e-6);
      }
    },
  );

  test('an image that is not mixed stays as it is, whatever is beside it', async () => {
    const [images, , mix] = mixInputsOf({ images: mixBatches[0]?.images ?? [], share: 1, box: null });
    const nothing = { shape: mixShape, data: new Float32Array(images.data.length).fill(NaN) };
    for (const engine of engines.all) {
      expect(await runOp(engine, 'mix_images', {}, [images, nothing, mix], mixShape)).toEqual(images.data);
    }
  });
});
