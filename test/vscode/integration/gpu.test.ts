import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { GpuReport } from '../../../src/node/gpu/gpu-report';
import { activated } from './extension-under-test';

describe('checking the GPU', () => {
  it('says whether there is one, or why not, in a document that can be read and copied', async () => {
    await activated();
    const report = await vscode.commands.executeCommand<GpuReport | undefined>('cnn-lab.checkGpu');
    assert.ok(report);
    assert.equal(report.listing.kind, 'listed', 'the native module does not load in a worker of VS Code');
    if (!report.usable) {
      assert.notEqual(report.findings.length, 0);
      assert.match(report.summary, /Everything trains on the CPU\.$/);
    }
    const { uri, lineCount } = await vscode.workspace.openTextDocument(vscode.Uri.parse('cnn-lab-gpu:/GPU.md'));
    assert.equal(uri.scheme, 'cnn-lab-gpu');
    assert.ok(lineCount > 10);
    const inputs = vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ input }) => input));
    const previews = inputs.filter((input) => input instanceof vscode.TabInputWebview);
    assert.ok(previews.some(({ viewType }) => viewType.endsWith('markdown.preview')));
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
});
