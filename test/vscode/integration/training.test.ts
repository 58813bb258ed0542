import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { parseMetrics } from '../../../src/protocol/parse-run';
import type { FoldsReport } from '../../../src/node/train-folds';
import type { EvaluateResult, PredictResult, TrainResult } from '../../../src/protocol/worker';
import type { ExperimentNode } from '../../../src/extension/trees/experiments-tree';
import { activated, newestRun, rowsOf, runsFolder, until, workspaceFolder } from './extension-under-test';

const train = (argument: object) =>
  vscode.commands.executeCommand<TrainResult | undefined>('cnn-lab.trainModel', argument);
const request = (config: object, target = 'Tiny') => ({
  model: { file: join(workspaceFolder(), 'tiny.py'), target },
  data: join(workspaceFolder(), 'blobs'),
  config: { batchSize: 8, ...config },
});

describe('training by command', () => {
  it('asks nothing where all is given, and leaves a run folder with everything in it', async () => {
    const { api } = await activated();
    const result = await train(request({ epochs: 2, seed: 7 }));
    assert.ok(result);
    assert.equal(result.status, 'completed');
    assert.equal(result.epochsDone, 2);
    const run = await newestRun();
    assert.equal(run.folder, result.runFolder);
    assert.equal(run.name, 'Tiny · blobs');
    assert.equal(run.record?.config.seed, 7);
    const { lines } = parseMetrics(readFileSync(join(run.folder, 'metrics.jsonl'), 'utf8'));
    assert.equal(lines.filter(({ kind }) => kind === 'epoch').length, 2);
    assert.ok(existsSync(join(run.folder, 'checkpoints', 'last.safetensors')));
    assert.equal(readFileSync(join(workspaceFolder(), '.cnn-lab', '.gitignore'), 'utf8'), '*\n');

    const [row] = await rowsOf(api.experiments);
    assert.equal(row?.label, 'Tiny · blobs');
    assert.match(row?.description ?? '', /% · epoch 2\/2$/);
    assert.equal(row?.item.contextValue, 'run.completed');
    assert.ok(row?.item.tooltip instanceof vscode.MarkdownString);
  });

  it('shows metrics and configuration below a run', async () => {
    const { api } = await activated();
    const [row] = await rowsOf(api.experiments);
    const [metrics, configuration] = await rowsOf(api.experiments, row?.node);
    assert.equal(metrics?.label, 'Metrics');
    assert.equal(configuration?.label, 'Configuration');
    const texts = async (node: ExperimentNode | undefined) =>
      (await rowsOf(api.experiments, node)).map(({ label, description }) => `${label}: ${description}`);
    assert.ok((await texts(metrics?.node)).includes('Epoch: 2 of 2'));
    const rows = await texts(configuration?.node);
    for (const expected of ['Model: tiny.py:Tiny', 'Data set: blobs', 'Batch size: 8', 'Seed: 7']) {
      assert.ok(rows.includes(expected), `${expected} is not in ${rows.join(', ')}`);
    }
  });

  it('stops at a batch boundary, and goes on from there', async () => {
    const { api } = await activated();
    const event = api.experiments.onDidChangeTreeData;
    assert.ok(event);
    const training = train(request({ epochs: 5000 }));
    const runFolder = await until(event, async () => {
      const [row] = await rowsOf(api.experiments);
      return row?.item.contextValue === 'run.running' && /loss/.test(row.description) ? row.item.id : undefined;
    });
    await vscode.commands.executeCommand('cnn-lab.stopTraining', { runFolder });
    const stopped = await training;
    assert.equal(stopped?.status, 'stopped');
    assert.ok(existsSync(join(stopped.runFolder, 'checkpoints', 'last.safetensors')));
    await until(event, async () => {
      const [row] = await rowsOf(api.experiments);
      return row?.item.contextValue === 'run.stopped' || undefined;
    });

    const resumed = vscode.commands.executeCommand<TrainResult | undefined>('cnn-lab.resumeTraining', { runFolder });
    await until(event, async () => {
      const [row] = await rowsOf(api.experiments);
      return row?.item.contextValue === 'run.running' && /loss/.test(row.description) ? true : undefined;
    });
    await vscode.commands.executeCommand('cnn-lab.stopTraining');
    const again = await resumed;
    assert.equal(again?.status, 'stopped');
    assert.ok(again.epochsDone >= stopped.epochsDone);
  });

  it('trains all folds one after the other, and shows them together with their mean', async () => {
    const { api } = await activated();
    const argument = { ...request({ epochs: 1, seed: 3 }), name: 'Folded', folds: 2 };
    const report = await vscode.commands.executeCommand<FoldsReport | undefined>('cnn-lab.trainModel', argument);
    assert.ok(report?.testAccuracy);
    assert.equal(report.valAccuracy.values.length, 2);
    const event = api.experiments.onDidChangeTreeData;
    assert.ok(event);
    const group = await until(event, async () => {
      const [row] = await rowsOf(api.experiments);
      return row?.item.contextValue === 'folds' && / · 2 folds$/.test(row.description) ? row : undefined;
    });
    assert.equal(group.label, 'Folded');
    const { mean, std } = report.testAccuracy;
    assert.ok(group.description.startsWith(`${(100 * mean).toFixed(1)} % ± ${(100 * std).toFixed(1)} %`));
    const folds = await rowsOf(api.experiments, group.node);
    assert.deepEqual(
      folds.map(({ label, item }) => [label, item.contextValue]),
      [
        ['fold 1/2', 'run.completed'],
        ['fold 2/2', 'run.completed'],
      ],
    );
    const [first] = folds;
    assert.ok(first);
    assert.deepEqual(await api.experiments.getParent?.(first.node), group.node);
  });

  it('marks a run failed, with the reason, where its process is killed', async () => {
    const { api } = await activated();
    const event = api.experiments.onDidChangeTreeData;
    assert.ok(event);
    const training = train(request({ epochs: 5000 }));
    await until(event, async () => {
      const [row] = await rowsOf(api.experiments);
      return (row?.item.contextValue === 'run.running' && /loss/.test(row.description)) || undefined;
    });
    const { record } = await newestRun();
    assert.ok(record);
    process.kill(record.processId, 'SIGKILL');
    assert.equal(await training, undefined);
    // For a moment the row may know only that the process is gone: who started it says why, once it has heard.
    const tooltip = await until(event, async () => {
      const [newest] = await rowsOf(api.experiments);
      const text = (newest?.item.tooltip as vscode.MarkdownString).value;
      return newest?.item.contextValue === 'run.failed' && text.includes('SIGKILL') ? text : undefined;
    });
    assert.match(tooltip, /ended by signal/);
    assert.match((await newestRun()).failure ?? '', /SIGKILL/);
  });

  it('trains several at a time', async () => {
    const results = await Promise.all([train(request({ epochs: 2 })), train(request({ epochs: 3 }))]);
    assert.deepEqual(
      results.map((result) => result?.epochsDone),
      [2, 3],
    );
    assert.notEqual(results[0]?.runFolder, results[1]?.runFolder);
  });

  it('leaves nothing behind where the model cannot be read, and does not fail by an exception', async () => {
    await activated();
    const before = readdirSync(runsFolder()).length;
    const result = await train(request({ epochs: 1 }, 'Absent'));
    assert.equal(result, undefined);
    assert.equal(readdirSync(runsFolder()).length, before);
  });

  it('renames a run, and keeps its folder', async () => {
    const { api } = await activated();
    const run = await newestRun();
    await vscode.commands.executeCommand('cnn-lab.renameRun', { runFolder: run.folder, name: 'Second try' });
    const [row] = await rowsOf(api.experiments);
    assert.equal(row?.label, 'Second try');
    assert.equal((await newestRun()).folder, run.folder);
  });

  it('opens the log of a run, and its curves', async () => {
    const { folder } = await newestRun();
    await vscode.commands.executeCommand('cnn-lab.showLog', { runFolder: folder });
    assert.equal(vscode.window.activeTextEditor?.document.uri.fsPath, join(folder, 'log.txt'));
    await vscode.commands.executeCommand('cnn-lab.openCurves', { runFolder: folder });
    const inputs = vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ input }) => input));
    const panels = inputs.filter((input) => input instanceof vscode.TabInputWebview);
    assert.deepEqual(
      panels.map(({ viewType }) => viewType.endsWith('cnn-lab.curves')),
      [true],
    );
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('evaluates the best weights', async () => {
    const { folder } = await newestRun();
    const result = await vscode.commands.executeCommand<EvaluateResult>('cnn-lab.evaluate', { runFolder: folder });
    assert.equal(result.split, 'test');
    assert.equal(result.count, 16);
    assert.equal(
      [...result.confusion].reduce((sum, count) => sum + count, 0),
      16,
    );
  });

  it('classifies images', async () => {
    const { folder } = await newestRun();
    const test = join(workspaceFolder(), 'blobs', 'test', 'dark');
    const images = readdirSync(test)
      .slice(0, 2)
      .map((name) => join(test, name));
    const argument = { runFolder: folder, images: [...images, join(workspaceFolder(), 'tiny.py')] };
    const result = await vscode.commands.executeCommand<PredictResult>('cnn-lab.classifyImage', argument);
    assert.deepEqual(
      result.predictions.map(({ image }) => image),
      argument.images,
    );
    const [first, , last] = result.predictions;
    assert.deepEqual(first?.top.map(({ label }) => label).sort(), ['dark', 'light']);
    assert.ok(last?.error);
    await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
  });

  it('lists a run that another program made, and one that is half written', async () => {
    const { api } = await activated();
    const event = api.experiments.onDidChangeTreeData;
    assert.ok(event);
    const folder = vscode.Uri.file(join(runsFolder(), '2020-01-01-0000-damaged'));
    await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(folder, 'run.json'), Buffer.from('{"formatVersion":1,'));
    const row = await until(event, async () =>
      (await rowsOf(api.experiments)).find(({ label }) => label === '2020-01-01-0000-damaged'),
    );
    assert.equal(row.description, 'damaged');
    assert.equal(row.item.contextValue, 'run.failed');
    await vscode.workspace.fs.delete(folder, { recursive: true });
    await until(
      event,
      async () =>
        (await rowsOf(api.experiments)).every(({ label }) => label !== '2020-01-01-0000-damaged') || undefined,
    );
  });
});
