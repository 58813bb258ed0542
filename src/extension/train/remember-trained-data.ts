import type * as vscode from 'vscode';
import { openRun } from '../../node/run-store';
import { rememberData } from './remembered-choices';

/**
 * Remembers what a run's model is trained on: shapes in its code are shown for these images. Gives the model's file;
 * undefined where the run has no record.
 */
export async function rememberTrainedData(state: vscode.Memento, runFolder: string): Promise<string | undefined> {
  const record = (await openRun(runFolder))?.record;
  if (!record) return undefined;
  const { model, data } = record;
  const { name, path, classes } = data;
  await rememberData(state, model, { name, path, imageShape: model.inputShape, classCount: classes.length });
  return model.file;
}
