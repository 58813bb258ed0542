import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { totalTrainingBytes } from '../../src/core/summary/training-memory';
import { defaultTrainConfig } from '../../src/core/train/defaults';
import type { Engine } from '../../src/engine/engine';
import { createWasmEngine } from '../../src/engine/wasm/wasm-engine';
import type { JobContext } from '../../src/worker/job';
import { loadModel } from '../../src/worker/load-model';
import { memoryJob } from '../../src/worker/memory-job';
import { ModelSession } from '../../src/worker/model-session';
import { assets } from '../engine/wasm/engines';
import { repositoryUrl } from '../engine/torch-fixtures';

let engine: Engine;
beforeAll(async () => {
  engine = await createWasmEngine({ assets, threads: 2 });
});
afterAll(() => engine.dispose());

const nothing = (): undefined => undefined;
const context: JobContext = {
  events: {
    runStarted: nothing,
    dataProgress: nothing,
    step: nothing,
    epoch: nothing,
    warning: nothing,
    note: nothing,
    foldProgress: nothing,
  },
  signal: new AbortController().signal,
  assets,
};
const model = { file: fileURLToPath(repositoryUrl('samples/models/small_resnet.py')), target: null };
const request = { model, inputShape: [3, 32, 32], classCount: 10, threads: 2 };

test('what a step takes is reckoned as a session that trains it takes it', async () => {
  const batchSize = 16;
  const reckoned = await memoryJob({ ...request, batchSize }, context);
  const { graph } = await loadModel(model, [3, 32, 32], 10);
  const images = { splits: [], normalization: { mean: [0, 0, 0], std: [1, 1, 1] }, batchSize };
  const session = await ModelSession.open(engine, graph, { config: defaultTrainConfig, images });
  const { stateBytes, arenaBytes, scratchBytes } = session.state.memoryOf((await session.training(batchSize)).plan);
  expect(reckoned).toMatchObject({ kind: 'known', batchSize, stateBytes, arenaBytes, scratchBytes });
  if (reckoned.kind === 'known') expect(totalTrainingBytes(reckoned)).toBe(stateBytes + arenaBytes + scratchBytes);
});

test('what could never be had is reckoned too', async () => {
  const reckoned = await memoryJob({ ...request, batchSize: 65_536 }, context);
  expect(reckoned.kind === 'known' && totalTrainingBytes(reckoned) > reckoned.limitBytes).toBe(true);
});
