import * as vscode from 'vscode';
import type { DatasetSummary } from '../../core/data/dataset';
import { UserError } from '../../core/errors';
import { summarizeDataset } from '../../node/find-datasets';
import { addToDataFolders } from '../datasets/keep-data-folder';
import { revealFolder } from './run-commands';

/** Adds a folder to the setting, of the workspace where one is open. */
export async function addDataFolder(folder: string | undefined): Promise<void> {
  await addToDataFolders(folder ?? (await askForFolder('Add Data Folder')));
}

/** Asks for the folder of a data set; throws a UserError where it holds none. */
export async function askForDataFolder(title: string): Promise<string> {
  const path = await askForFolder(title);
  if (!(await summarizeDataset(path))) {
    throw new UserError(
      `There is no data set in ${path}.`,
      'Choose a folder with IDX files (as MNIST), or with one folder of images for each class.',
    );
  }
  return path;
}

async function askForFolder(title: string): Promise<string> {
  const chosen = await vscode.window.showOpenDialog({
    title,
    openLabel: 'Use Folder',
    canSelectFiles: false,
    canSelectFolders: true,
  });
  const path = chosen?.[0]?.fsPath;
  if (path === undefined) throw new vscode.CancellationError();
  return path;
}

export async function revealDataset(dataset: DatasetSummary | undefined): Promise<void> {
  if (dataset) await revealFolder(dataset.path);
}
