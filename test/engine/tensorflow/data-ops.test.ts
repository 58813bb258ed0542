import { afterAll, expect, test } from 'vitest';
import { createTensorflowEngine } from '../../../src/engine/tensorflow/tensorflow-engine';
import { expectedGather, gatherCases, runGather } from '../gather-images-cases';
import { mixBatches, mixInputsOf, mixShape } from '../mix-images-cases';
import { relativeError } from '../relative-error';
import { runOp } from '../run-op';
import { loadTensorflow } from './load-tensorflow';

const engine = loadTensorflow().then((tf) => createTensorflowEngine({ tf }));
afterAll(async () => (await engine).dispose());

test.each(mixBatches.map((batch, index) => ({ batch, index })))(
  'mixes batch $index as torch does',
  async ({ batch }) => {
    const mixed = await runOp(await engine, 'mix_images', {}, mixInputsOf(batch), mixShape);
    expect(relativeError(mixed, batch.mixed)).toBeLessThan(1e-6);
  },
);

test.each(gatherCases)('gathers $title', async (gatherCase) => {
  expect(await runGather(await engine, gatherCase)).toEqual(expectedGather(gatherCase));
});
