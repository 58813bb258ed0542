import { relative, isAbsolute } from 'node:path';
import * as vscode from 'vscode';

/** The open folders that stand on a disk; experiments can be kept in those only. */
export function openFolders(): readonly vscode.WorkspaceFolder[] {
  return (vscode.workspace.workspaceFolders ?? []).filter((folder) => folder.uri.scheme === 'file');
}

/**
 * The open folder that a new run is kept in: the one that holds one of `paths` (the model, then the data), else the
 * first. Where none is open, says what to do and throws a CancellationError.
 */
export async function folderForRun(paths: readonly string[]): Promise<vscode.WorkspaceFolder> {
  const folders = openFolders();
  for (const path of paths) {
    const holder = folders.find((folder) => isInside(path, folder.uri.fsPath));
    if (holder) return holder;
  }
  if (folders[0]) return folders[0];
  const openFolder = 'Open Folder';
  const choice = await vscode.window.showWarningMessage(
    'Open a folder first: CNN Lab keeps its experiments in the folder that is open. An empty one will do.',
    openFolder,
  );
  if (choice === openFolder) await vscode.commands.executeCommand('vscode.openFolder');
  throw new vscode.CancellationError();
}

export function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || (!way.startsWith('..') && !isAbsolute(way));
}
