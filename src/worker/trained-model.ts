import { existsSync } from 'node:fs';
import type { Head } from '../core/train/head';
import type { Engine } from '../engine/engine';
import { checkpointPath } from '../node/run-store';
import type { CheckpointName } from '../protocol/worker';
import { loadCheckpoint } from './checkpoint';
import type { JobContext } from './job';
import { readGraph } from './load-model';
import { ModelSession, type ModelSessionOptions } from './model-session';

/** A run's model with the weights of a checkpoint, for evaluation of these images. Before the first epoch is done, `best` is `last`. */
export async function openTrainedModel(
  engine: Engine,
  runFolder: string,
  head: Head,
  checkpoint: CheckpointName,
  images: ModelSessionOptions['images'] & object,
  { events }: JobContext,
): Promise<ModelSession> {
  const model = await ModelSession.open(engine, await readGraph(runFolder), { head, images });
  const wanted = checkpointPath(runFolder, checkpoint);
  const last = checkpointPath(runFolder, 'last');
  if (checkpoint === 'best' && !existsSync(wanted) && existsSync(last)) {
    events.warning({ message: 'The run has not finished an epoch: its last weights are used.' });
    await loadCheckpoint(last, model);
  } else {
    await loadCheckpoint(wanted, model);
  }
  return model;
}
