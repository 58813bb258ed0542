import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../core/errors';
import { checkpointPath, checkpointsFolder } from './run-store';

/** Weights after an epoch (0: before the first step), kept beside `best` and `last`. */
export function epochCheckpointPath(runFolder: string, epoch: number): string {
  return join(runFolder, checkpointsFolder, `epoch-${String(epoch).padStart(4, '0')}.safetensors`);
}

/** Epochs whose weights a run has kept, ascending; none where the folder is not there. */
export async function keptEpochs(runFolder: string): Promise<readonly number[]> {
  const names = await readdir(join(runFolder, checkpointsFolder)).catch(() => []);
  const epochs = names.flatMap((name) => {
    const match = /^epoch-(\d+)\.safetensors$/.exec(name);
    return match ? [Number(match[1])] : [];
  });
  return epochs.sort((a, b) => a - b);
}

/**
 * File of a checkpoint. Before the first epoch is done, `best` is `last`. Throws a UserError where the run has it not.
 */
export async function checkpointFile(runFolder: string, checkpoint: 'best' | 'last' | number): Promise<string> {
  const wanted =
    typeof checkpoint === 'number'
      ? [epochCheckpointPath(runFolder, checkpoint)]
      : checkpoint === 'best'
        ? [checkpointPath(runFolder, 'best'), checkpointPath(runFolder, 'last')]
        : [checkpointPath(runFolder, 'last')];
  for (const file of wanted) if (await exists(file)) return file;
  if (!(await exists(runFolder))) {
    throw new UserError('The run is no longer there.', `Its folder ${runFolder} was deleted or moved.`);
  }
  const name = typeof checkpoint === 'number' ? `of epoch ${checkpoint}` : `“${checkpoint}”`;
  throw new UserError(
    `The run has no weights ${name}.`,
    `It keeps the epochs ${(await keptEpochs(runFolder)).join(', ') || 'none'}.`,
  );
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
