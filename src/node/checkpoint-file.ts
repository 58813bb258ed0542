import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../core/errors';
import { checkpointPath, checkpointsFolder, readRunRecord } from './run-store';

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
  for (const file of await filesOf(runFolder, checkpoint)) if (await exists(file)) return file;
  if (!(await exists(runFolder))) {
    throw new UserError('The run is no longer there.', `Its folder ${runFolder} was deleted or moved.`);
  }
  const name = typeof checkpoint === 'number' ? `of epoch ${checkpoint}` : `“${checkpoint}”`;
  throw new UserError(
    `The run has no weights ${name}.`,
    `It keeps the epochs ${(await keptEpochs(runFolder)).join(', ') || 'none'}.`,
  );
}

/** Where the weights may be, the likeliest first. */
async function filesOf(runFolder: string, checkpoint: 'best' | 'last' | number): Promise<readonly string[]> {
  const [best, last] = [checkpointPath(runFolder, 'best'), checkpointPath(runFolder, 'last')];
  if (checkpoint === 'best') return [best, last];
  if (checkpoint === 'last') return [last];
  const own = epochCheckpointPath(runFolder, checkpoint);
  if (await exists(own)) return [own];
  // An epoch whose own file was thinned out, or of a run that kept none, may still be the best or the last one.
  const record = await readRunRecord(runFolder).catch(() => undefined);
  return [...(record?.bestEpoch === checkpoint ? [best] : []), ...(record?.epochsDone === checkpoint ? [last] : [])];
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
