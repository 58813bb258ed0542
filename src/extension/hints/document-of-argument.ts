import * as vscode from 'vscode';

/** The document that a command is about: the one that is named (of a notebook, its first cell), else the active one. */
export async function documentOfArgument(argument: {
  readonly uri?: string;
}): Promise<vscode.TextDocument | undefined> {
  if (argument.uri === undefined) return vscode.window.activeTextEditor?.document;
  const isNamed = ({ uri }: { readonly uri: vscode.Uri }) => uri.toString() === argument.uri;
  const notebook = vscode.workspace.notebookDocuments.find(isNamed);
  if (notebook) return notebook.getCells().find(({ kind }) => kind === vscode.NotebookCellKind.Code)?.document;
  return (
    vscode.workspace.textDocuments.find(isNamed) ??
    vscode.workspace.openTextDocument(vscode.Uri.parse(argument.uri, true))
  );
}
