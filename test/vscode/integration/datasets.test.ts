import assert from 'node:assert/strict';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { activated, rowsOf, until, workspaceFolder } from './extension-under-test';

describe('the Datasets view', () => {
  it('shows the data sets of the workspace, then the samples', async () => {
    const { api } = await activated();
    const rows = await rowsOf(api.datasets);
    assert.deepEqual(
      rows.map(({ label }) => label),
      ['blobs', 'digits', 'shapes'],
    );
    assert.match(rows[0]?.description ?? '', /^2 classes · 48 images$/);
    assert.match(rows[1]?.description ?? '', /^10 classes · 5,000 images · sample$/);
    assert.equal(rows[0]?.item.contextValue, 'dataset');
  });

  it('shows splits and classes with their counts', async () => {
    const { api } = await activated();
    const [blobs] = await rowsOf(api.datasets);
    assert.ok(blobs);
    const splits = await rowsOf(api.datasets, blobs.node);
    assert.deepEqual(
      splits.map(({ label, description }) => `${label}: ${description}`),
      ['Training: 32 images', 'Test: 16 images'],
    );
    const classes = await rowsOf(api.datasets, splits[0]?.node);
    assert.deepEqual(
      classes.map(({ label, description }) => `${label}: ${description}`),
      ['dark: 16', 'light: 16'],
    );
  });

  it('finds a data set that is added while it is open, and loses it again', async () => {
    const { api } = await activated();
    const event = api.datasets.onDidChangeTreeData;
    assert.ok(event);
    const added = join(workspaceFolder(), 'more blobs');
    const hasAdded = async () => (await rowsOf(api.datasets)).some(({ label }) => label === 'more blobs');
    try {
      cpSync(join(workspaceFolder(), 'blobs'), added, { recursive: true });
      await until(event, async () => (await hasAdded()) || undefined);
    } finally {
      rmSync(added, { recursive: true });
    }
    await until(event, async () => !(await hasAdded()) || undefined);
  });

  it('leaves the samples out where the setting says so', async () => {
    const { api } = await activated();
    const settings = vscode.workspace.getConfiguration('cnn-lab');
    try {
      await settings.update('showSampleDatasets', false, vscode.ConfigurationTarget.Global);
      assert.deepEqual(
        (await rowsOf(api.datasets)).map(({ label }) => label),
        ['blobs'],
      );
    } finally {
      await settings.update('showSampleDatasets', undefined, vscode.ConfigurationTarget.Global);
    }
  });
});
