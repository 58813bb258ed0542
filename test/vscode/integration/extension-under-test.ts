import assert from 'node:assert/strict';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { ExtensionApi } from '../../../src/extension/activate';
import { listRuns } from '../../../src/node/run-store';
import type { StoredRun } from '../../../src/node/run-store';

export const extensionId = 'cnn-lab.cnn-lab';

export async function activated(): Promise<{ extension: vscode.Extension<unknown>; api: ExtensionApi }> {
  const extension = vscode.extensions.getExtension<ExtensionApi | undefined>(extensionId);
  assert.ok(extension, `${extensionId} is not installed`);
  const api = await extension.activate();
  assert.ok(api, 'the extension could not start');
  return { extension, api };
}

export function workspaceFolder(): string {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder, 'no folder is open');
  return folder.uri.fsPath;
}

export function runsFolder(): string {
  return join(workspaceFolder(), '.cnn-lab', 'runs');
}

export async function newestRun(): Promise<StoredRun> {
  const [run] = await listRuns(runsFolder());
  assert.ok(run, 'there is no run');
  return run;
}

/** The first rows of a view, as a person reads them. */
export async function rowsOf<Node>(tree: vscode.TreeDataProvider<Node>, parent?: Node): Promise<Row<Node>[]> {
  const nodes = (await tree.getChildren(parent)) ?? [];
  return Promise.all(
    nodes.map(async (node) => {
      const item = await tree.getTreeItem(node);
      return {
        node,
        item,
        label: typeof item.label === 'string' ? item.label : '',
        description: String(item.description ?? ''),
      };
    }),
  );
}

export interface Row<Node> {
  readonly node: Node;
  readonly item: vscode.TreeItem;
  readonly label: string;
  readonly description: string;
}

/** Resolves when the condition holds; looked at again at every change that the event tells. */
export async function until<T>(event: vscode.Event<unknown>, condition: () => Promise<T | undefined>): Promise<T> {
  return new Promise((resolve, reject) => {
    const look = () => {
      condition().then((value) => {
        if (value === undefined) return;
        subscription.dispose();
        resolve(value);
      }, reject);
    };
    const subscription = event(look);
    look();
  });
}
