import { summarizeDataset } from '../../node/find-datasets';
import { openRun } from '../../node/run-store';
import type { ModelRequest } from '../../protocol/worker';
import type { Services } from '../services';
import { readRememberedData, rememberData } from './remembered-choices';

type Parts = Pick<Services, 'context' | 'analyses'>;

/** Remembers what a run's model is trained on: from now on shapes in its code are shown for these images. */
export async function rememberTrainedData({ context, analyses }: Parts, runFolder: string): Promise<void> {
  const record = (await openRun(runFolder))?.record;
  if (!record) return;
  const { model, data } = record;
  const { name, path, classes } = data;
  await rememberData(context.workspaceState, model, {
    name,
    path,
    imageShape: model.inputShape,
    classCount: classes.length,
  });
  analyses.reanalyze(model.file);
}

/**
 * Remembers what a model shall be trained on, before its images are decoded: with too few outputs for the classes the
 * training fails, and the code shows where.
 */
export async function rememberChosenData(
  { context, analyses }: Parts,
  { file, target }: ModelRequest,
  path: string,
): Promise<void> {
  const summary = target === null ? undefined : await summarizeDataset(path);
  const [split] = summary?.splits ?? [];
  if (target === null || !summary || !split) return;
  const before = readRememberedData(context.workspaceState, file)[target];
  await rememberData(
    context.workspaceState,
    { file, target },
    {
      name: summary.name,
      path,
      imageShape: before?.path === path ? before.imageShape : undefined,
      classCount: split.classes.length,
    },
  );
  analyses.reanalyze(file);
}
