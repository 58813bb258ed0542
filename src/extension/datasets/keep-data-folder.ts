import * as vscode from 'vscode';
import { readSettings, settingsSection } from '../settings';
import { isInside, openFolders } from '../workspace-folders';

/** Sees to it that the Datasets view looks into a folder: adds it to the setting where it is in no folder that is searched. */
export async function keepDataFolder(folder: string): Promise<void> {
  const searched = [...openFolders().map(({ uri }) => uri.fsPath), ...readSettings().dataFolders];
  if (!searched.some((each) => isInside(folder, each))) await addToDataFolders(folder);
}

/** To the setting of the workspace where one is open. */
export async function addToDataFolders(folder: string): Promise<void> {
  const values = vscode.workspace.getConfiguration(settingsSection);
  const inspected = values.inspect<string[]>('dataFolders');
  const inWorkspace = vscode.workspace.workspaceFolders !== undefined;
  const current = (inWorkspace ? inspected?.workspaceValue : inspected?.globalValue) ?? [];
  if (current.includes(folder)) return;
  const target = inWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global;
  await values.update('dataFolders', [...current, folder], target);
}
