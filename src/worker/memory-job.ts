import { defaultTrainConfig } from '../core/train/defaults';
import type { TrainingMemory } from '../core/summary/training-memory';
import { mostBytes, reckonMemory } from '../engine/wasm/reckon-memory';
import type { MemoryRequest } from '../protocol/worker';
import type { JobContext } from './job';
import { loadModel } from './load-model';
import { trainingSample } from './model-session';
import { defaultThreads, memoryLimit } from './open-engine';

/** What a training step takes on the CPU, with the default optimiser. Throws a UserError for a model that can't be trained. */
export async function memoryJob(request: MemoryRequest, { assets }: JobContext): Promise<TrainingMemory> {
  const { model, inputShape, classCount, batchSize } = request;
  const { graph, trainingGraph } = await loadModel(model, inputShape, classCount ?? undefined);
  const { plan, layout } = trainingSample(graph, defaultTrainConfig, trainingGraph, batchSize);
  const threads = request.threads ?? defaultThreads();
  const { stateBytes, arenaBytes, scratchBytes } = await reckonMemory(layout, plan, { assets, threads });
  const limitBytes = Math.floor(Math.min(memoryLimit(), mostBytes));
  return { kind: 'known', batchSize, stateBytes, arenaBytes, scratchBytes, limitBytes };
}
