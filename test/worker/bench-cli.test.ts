import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jsonLines, runCli } from '../support/run-cli';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnn-lab bench-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('cnn-lab bench', () => {
  test('with --json says how long a step takes and where the time goes', async () => {
    const args = ['bench', 'lenet', '--batch', '8', '--steps', '3', '--threads', '1', '--profile', '--json'];
    const { exitCode, stdout, stderr } = await runCli(args, folder);
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    const [bench, ...more] = jsonLines(stdout);
    expect(more).toEqual([]);
    expect(bench).toMatchObject({
      event: 'bench',
      target: 'LeNet',
      inputShape: [1, 28, 28],
      batch: 8,
      classes: 10,
      threads: 1,
      parameters: 61706,
      steps: 3,
    });
    const profile = bench?.['profile'] as {
      planSteps: number;
      rows: { ops: string[]; paths: string[]; milliseconds: number }[];
      phases: { name: string; milliseconds: number }[];
      kinds: { name: string; count: number; milliseconds: number }[];
    };
    expect(profile.rows).toHaveLength(profile.planSteps);
    expect(profile.rows[0]).toMatchObject({ phase: 'forward', paths: ['conv1'] });
    expect(profile.phases.map(({ name }) => name).sort()).toEqual(['backward', 'forward', 'update']);
    const total = (items: readonly { milliseconds: number }[]) => items.reduce((sum, row) => sum + row.milliseconds, 0);
    expect(total(profile.kinds)).toBeCloseTo(total(profile.rows), 6);
    expect(total(profile.phases)).toBeCloseTo(total(profile.rows), 6);
  });

  test('prints the time and, with --profile, tables', async () => {
    const args = ['bench', 'three-block', '--batch', '4', '--steps', '2', '--threads', '1', '--profile', '--all'];
    const { exitCode, stdout } = await runCli(args, folder);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^ThreeBlock {2}4 images of 3 × 32 × 32; CPU, 1 thread/);
    expect(stdout).toMatch(/\d ms a training step \(median of 2, best [\d.]+\): [\d,]+ images\/s, [\d.]+ GFLOP\/s/);
    expect(stdout).toMatch(/^backward +conv2d_grad_weight.* +block1\.0/m);
    expect(stdout).toMatch(/^kind of op/m);
  });

  test('asks for the shape of images where the file does not say it', async () => {
    await writeFile(
      join(folder, 'net.py'),
      'import torch.nn as nn\n\n\ndef net():\n    return nn.Sequential(nn.Flatten(), nn.Linear(12, 3))\n',
    );
    const without = await runCli(['bench', 'net.py:net', '--steps', '1'], folder);
    expect(without.exitCode).toBe(1);
    expect(without.stderr).toContain('--input');
    const withInput = await runCli(['bench', 'net.py:net', '-i', '3,2,2', '--steps', '1', '--json'], folder);
    expect(jsonLines(withInput.stdout)).toMatchObject([{ classes: 3, parameters: 39, steps: 1 }]);
  });
});
