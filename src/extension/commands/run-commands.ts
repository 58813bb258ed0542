import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../core/errors';
import { logFile, renameRun } from '../../node/run-store';
import type { DeviceChoice, TrainResult } from '../../protocol/worker';
import type { RenameArgument, RunArgument, RunsArgument } from '../command-table';
import type { LibraryRun } from '../runs/library-run';
import type { Services } from '../services';
import { readSettings } from '../settings';
import { isInside, openFolders } from '../workspace-folders';
import { resolveRun } from './pick-run';

/* The commands on one run. */

const noExperiments = 'There are no experiments yet. Train a model first.';

export async function stopTraining(services: Services, argument: RunArgument | undefined): Promise<void> {
  const { training } = services;
  const [first, second] = training.active;
  // A training that is only beginning has no run to pick yet.
  if (!argument && first && !second) return training.stop(first.runFolder);
  const run = await resolveRun(services, argument, {
    title: 'Stop Training',
    placeholder: 'Training to stop',
    filter: (each) => training.get(each.folder) !== undefined,
    none: 'Nothing is being trained in this window.',
  });
  if (!training.get(run.folder)) {
    throw new UserError(
      run.status === 'running'
        ? `${run.name} is being trained elsewhere, by process ${run.record?.processId ?? '?'}.`
        : `${run.name} is not being trained.`,
      run.status === 'running' ? 'Stop it where it was started.' : undefined,
    );
  }
  await training.stop(run.folder);
}

export async function resumeTraining(services: Services, argument: RunArgument | undefined): Promise<TrainResult> {
  const run = await resolveRun(services, argument, {
    title: 'Resume Training',
    placeholder: 'Experiment to go on with',
    filter: (each) => each.status === 'stopped' || each.status === 'failed',
    none: 'There is no experiment that was stopped or that failed.',
  });
  const { threads } = readSettings();
  return services.training.resume({ runFolder: run.folder, device: await resumeDevice(run), threads, epochs: null });
}

/** A run that the GPU has failed goes on on the CPU; where the setting insists on the GPU, that is asked. */
async function resumeDevice({ name, record }: LibraryRun): Promise<DeviceChoice> {
  const { device } = readSettings();
  if (device !== 'gpu' || !record?.failedOnGpu) return device;
  const [onCpu, onGpu] = ['Resume on CPU', 'Try GPU Again'];
  const choice = await vscode.window.showWarningMessage(
    `The GPU failed while it trained “${name}”. Go on on the CPU?`,
    { modal: true, detail: record.failure ?? '' },
    onCpu,
    onGpu,
  );
  if (choice === undefined) throw new vscode.CancellationError();
  return choice === onCpu ? 'cpu' : 'gpu';
}

export async function openCurves({ curves }: Services, argument: RunsArgument | undefined): Promise<void> {
  await curves.show(argument?.runFolders ?? []);
}

export async function renameRunCommand(services: Services, argument: RenameArgument | undefined): Promise<void> {
  const run = await resolveRun(services, argument, {
    title: 'Rename Run',
    placeholder: 'Experiment to rename',
    none: noExperiments,
  });
  const name =
    argument?.name ??
    (await vscode.window.showInputBox({
      title: 'Rename Run',
      prompt: 'The folder of the run keeps its name.',
      value: run.name,
      validateInput: (text) => (text.trim() === '' ? 'A run needs a name.' : undefined),
    }));
  if (name === undefined) return;
  await renameRun(run.folder, name);
  await services.library.refresh(run.folder);
}

export async function deleteRun(services: Services, argument: RunArgument | undefined): Promise<void> {
  const run = await resolveRun(services, argument, {
    title: 'Delete Run',
    placeholder: 'Experiment to delete',
    none: noExperiments,
  });
  const isTraining = services.training.get(run.folder) !== undefined;
  if (!isTraining && run.status === 'running') {
    throw new UserError(`${run.name} is being trained elsewhere.`, 'Stop it there before it is deleted.');
  }
  const moveToTrash = 'Move to Trash';
  const stopFirst = isTraining ? 'It is being trained: the training is stopped first. ' : '';
  const detail = `${stopFirst}Its folder goes to the trash, with the weights and the metrics: ${run.folder}`;
  const choice = await vscode.window.showWarningMessage(`Delete “${run.name}”?`, { modal: true, detail }, moveToTrash);
  if (choice !== moveToTrash) return;
  await services.training.stop(run.folder);
  await moveFolderToTrash(run);
  await services.library.refresh(run.folder);
}

/** Not every file system has a trash (a remote one mostly has none): then it is asked once more. */
async function moveFolderToTrash(run: LibraryRun): Promise<void> {
  try {
    await vscode.workspace.fs.delete(vscode.Uri.file(run.folder), { recursive: true, useTrash: true });
  } catch (error) {
    if (!existsSync(run.folder)) return;
    const deleteForGood = 'Delete Permanently';
    const choice = await vscode.window.showWarningMessage(
      `“${run.name}” can't be moved to the trash. Delete it permanently?`,
      { modal: true, detail: `${error instanceof Error ? error.message : String(error)}\nThis cannot be undone.` },
      deleteForGood,
    );
    if (choice === deleteForGood) await rm(run.folder, { recursive: true, force: true });
  }
}

export async function revealRunFolder(services: Services, argument: RunArgument | undefined): Promise<void> {
  const run = await resolveRun(services, argument, {
    title: 'Reveal Run Folder',
    placeholder: 'Experiment',
    none: noExperiments,
  });
  await revealFolder(run.folder);
}

/** In the explorer where it is in an open folder, else in the system's file manager. */
export async function revealFolder(folder: string): Promise<void> {
  const isOpen = openFolders().some((each) => isInside(folder, each.uri.fsPath));
  await vscode.commands.executeCommand(isOpen ? 'revealInExplorer' : 'revealFileInOS', vscode.Uri.file(folder));
}

/** The log of a run where one is given, else the log of the extension. */
export async function showLog(services: Services, argument: RunArgument | undefined): Promise<void> {
  const file = argument && join(argument.runFolder, logFile);
  if (file === undefined || !existsSync(file)) return services.log.show();
  await vscode.window.showTextDocument(vscode.Uri.file(file), { preview: true });
}
