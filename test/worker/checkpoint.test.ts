import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseSafetensors } from '../../src/core/formats/safetensors';
import { traceModel } from '../../src/core/python/trace-model';
import { defaultTrainConfig } from '../../src/core/train/defaults';
import { startOfRun } from '../../src/core/train/run-progress';
import type { Engine } from '../../src/engine/engine';
import { initializeModel, loadCheckpoint, loadInitialWeights, writeCheckpoint } from '../../src/worker/checkpoint';
import { ModelSession } from '../../src/worker/model-session';
import { createTestEngine } from '../engine/create-test-engine';

const source = `
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 3)
        self.norm = nn.BatchNorm1d(3)
        self.register_buffer("order", torch.tensor([2, 0, 1]))
        self.register_buffer("mask", torch.tensor([True, False, True, True]))

    def forward(self, x):
        x = torch.where(self.mask, x.flatten(1), 0.5)
        return self.norm(self.fc(x))[:, self.order]
`;

let engine: Engine;
let folder: string;
beforeAll(async () => {
  engine = await createTestEngine(1);
  folder = await mkdtemp(join(tmpdir(), 'cnn-lab-checkpoint-'));
});
afterAll(async () => {
  await engine.dispose();
  await rm(folder, { recursive: true });
});

test('whole numbers and truth values of the state go to a checkpoint in their own types, and come back', async () => {
  const { graph } = traceModel({ file: 'net.py', text: source, target: 'Net', inputShape: ['N', 1, 2, 2] });
  const model = await ModelSession.open(engine, graph);
  await initializeModel(model, 3);
  expect(await model.state.readState('order')).toEqual(Int32Array.of(2, 0, 1));
  expect(await model.state.readState('mask')).toEqual(Int32Array.of(1, 0, 1, 1));
  expect([...model.counters]).toEqual([['norm.num_batches_tracked', 0]]);

  await model.state.writeState('order', Int32Array.of(1, 2, 0));
  const file = join(folder, 'last.safetensors');
  await writeCheckpoint(file, model, { progress: startOfRun, config: defaultTrainConfig }, false);
  const { tensors } = parseSafetensors(await readFile(file));
  expect(tensors.get('order')?.dtype).toBe('I64');
  expect(tensors.get('mask')?.dtype).toBe('BOOL');

  for (const load of [loadCheckpoint, loadInitialWeights]) {
    const other = await ModelSession.open(engine, graph);
    await initializeModel(other, 4);
    await load(file, other);
    for (const { name } of other.layout.slots) {
      expect(await other.state.readState(name), name).toEqual(await model.state.readState(name));
    }
    await other.dispose();
  }
  await model.dispose();
});
