import * as vscode from 'vscode';
import type { ImageReference } from '../../protocol/inspection';
import { imageFilters } from './image-filters';

/* What panels ask the user through VS Code's dialogs. */

/** Null: they chose none. */
export async function pickImageFile(): Promise<Extract<ImageReference, { readonly kind: 'file' }> | null> {
  const [picked] = (await vscode.window.showOpenDialog({ filters: imageFilters, title: 'Choose an Image' })) ?? [];
  return picked ? { kind: 'file', path: picked.fsPath } : null;
}

/** Where the bytes are kept the user chooses, `name` in the first open folder proposed; false: nowhere. */
export async function saveBytes(name: string, bytes: Uint8Array): Promise<boolean> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await vscode.window.showSaveDialog(
    folder ? { defaultUri: vscode.Uri.joinPath(folder, name) } : { title: name },
  );
  if (!target) return false;
  await vscode.workspace.fs.writeFile(target, bytes);
  return true;
}
