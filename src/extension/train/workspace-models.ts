import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { ModelDeclaration } from '../../core/python/find-models';
import { findModels } from '../../core/python/find-models';
import { isInside } from '../workspace-folders';

export interface FoundModel {
  /** Absolute path. */
  readonly file: string;
  readonly declaration: ModelDeclaration;
}

/** The models in the Python files of the open folders, those of the file in the active editor first. */
export async function findWorkspaceModels(zooFolder: string): Promise<FoundModel[]> {
  const uris = await vscode.workspace.findFiles('**/*.py', ignoredFolders, maxFiles);
  const active = vscode.window.activeTextEditor?.document.uri.fsPath;
  const files = uris
    .filter((uri) => uri.scheme === 'file')
    .map((uri) => uri.fsPath)
    .filter((file) => !isInside(file, zooFolder))
    .sort((a, b) => Number(b === active) - Number(a === active) || (a < b ? -1 : 1));
  return modelsIn(files);
}

export async function findZooModels(zooFolder: string): Promise<FoundModel[]> {
  const names = (await readdir(zooFolder)).filter((name) => name.endsWith('.py') && !name.startsWith('_'));
  return modelsIn(names.sort().map((name) => join(zooFolder, name)));
}

export async function modelsIn(files: readonly string[]): Promise<FoundModel[]> {
  const found: FoundModel[] = [];
  for (const file of files) {
    const text = await readText(file);
    // Most Python files hold no model: those are not parsed.
    if (text === undefined || !/\bnn\b|\bModule\b/.test(text)) continue;
    const declarations = findModels(text, file).filter((declaration) => !isBlock(declaration));
    for (const declaration of declarations) found.push({ file, declaration });
  }
  return found;
}

/** Part of another model, which gives it its arguments. */
function isBlock({ usedByAnother, requiredArguments }: ModelDeclaration): boolean {
  return usedByAnother && requiredArguments.length > 0;
}

/** With the edits that are not saved yet; undefined where it can't be read. */
async function readText(file: string): Promise<string | undefined> {
  const open = vscode.workspace.textDocuments.find((document) => document.uri.fsPath === file);
  if (open) return open.getText();
  try {
    return await readFile(file, 'utf8');
  } catch {
    return undefined; // Deleted since it was listed, or forbidden: it offers no model.
  }
}

const ignoredFolders = '**/{node_modules,site-packages,__pycache__,venv,env,.*}/**';
const maxFiles = 3000;
