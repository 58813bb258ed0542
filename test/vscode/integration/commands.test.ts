import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commandTable } from '../../../src/extension/command-table';
import { activated } from './extension-under-test';

describe('the extension', () => {
  it('registers exactly the commands of its table, which are those of its manifest', async () => {
    const { extension } = await activated();
    const manifest = extension.packageJSON as { contributes: { commands: { command: string }[] } };
    const table = Object.values(commandTable).map(({ id }) => String(id));
    // VS Code adds commands of its own for each view: cnn-lab.datasets.focus and the like.
    const registered = (await vscode.commands.getCommands(true)).filter((id) => /^cnn-lab\.\w+$/.test(id));
    assert.deepEqual(registered.sort(), table.sort());
    assert.deepEqual(manifest.contributes.commands.map(({ command }) => command).sort(), table.sort());
  });

  it('runs beside the files, not beside the window', async () => {
    const { extension } = await activated();
    assert.equal(extension.extensionKind, vscode.ExtensionKind.Workspace);
  });

  it('has its settings, with their defaults', async () => {
    await activated();
    const settings = vscode.workspace.getConfiguration('cnn-lab');
    assert.equal(settings.get('device'), 'auto');
    assert.equal(settings.get('threads'), 0);
    assert.equal(settings.get('runsFolder'), '.cnn-lab/runs');
    assert.deepEqual(settings.get('dataFolders'), []);
  });
});
