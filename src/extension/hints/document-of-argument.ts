import * as vscode from 'vscode';

/** The document that a command is about: the one that is named, else the one in the active editor. */
export async function documentOfArgument(argument: {
  readonly uri?: string;
}): Promise<vscode.TextDocument | undefined> {
  if (argument.uri === undefined) return vscode.window.activeTextEditor?.document;
  const open = vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === argument.uri);
  return open ?? vscode.workspace.openTextDocument(vscode.Uri.parse(argument.uri, true));
}
