import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRun } from '../../src/node/run-store';
import { jsonLines, pressCtrlC, runCli, startCli } from '../support/run-cli';
import { checkpointHashes, drawBars, makeSmallWorkplace } from '../support/small-run';

let folder: string;
let trained: string;
const small = ['--batch-size', '32', '--seed', '7', '--threads', '1'];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnn-lab cli-'));
  await makeSmallWorkplace(folder);
  trained = join(folder, 'trained');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const trainArgs = (...more: string[]) => ['train', 'small_net.py:SmallNet', '--data', 'bars', ...small, ...more];

describe('cnn-lab train', () => {
  test('with --json writes one object a line, the last one `done`, and nothing else', async () => {
    const { exitCode, stdout, stderr } = await runCli(trainArgs('--epochs', '3', '--out', 'trained', '--json'), folder);
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    const events = jsonLines(stdout);
    expect(events.map(({ event }) => event)).toEqual(['start', 'epoch', 'epoch', 'epoch', 'done']);
    expect(events[0]).toMatchObject({ run: trained, trainImages: 405, valImages: 45, testImages: 100, classes: 4 });
    expect(Object.keys(events[1] ?? {}).slice(0, 6)).toEqual([
      'event',
      'epoch',
      'step',
      'trainLoss',
      'trainAccuracy',
      'valLoss',
    ]);
    expect(events[3]).toMatchObject({ epoch: 3, epochs: 3, step: 39, imagesPerSecond: expect.any(Number) as number });
    const run = await openRun(trained);
    expect(events[4]).toMatchObject({
      event: 'done',
      run: trained,
      status: 'completed',
      bestEpoch: run?.record?.bestEpoch,
      testAccuracy: run?.record?.test?.accuracy,
      trainSeconds: run?.record?.trainSeconds,
    });
  });

  test('prints plain lines where there is no terminal, and says where the run is and how to look at it', async () => {
    const { exitCode, stdout, stderr } = await runCli(trainArgs('--epochs', '2'), folder);
    expect(exitCode).toBe(0);
    expect(stdout + stderr).not.toContain('\u001b');
    const [id = ''] = await readdir(join(folder, '.cnn-lab', 'runs'));
    expect(id).toMatch(/^\d{4}-\d\d-\d\d-\d{4}-smallnet-bars$/);
    const runFolder = join(folder, '.cnn-lab', 'runs', id);
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(
        new RegExp(`^${id}: 9,\\d{3} parameters, 405 training and 45 validation images, 4 classes; CPU`),
      ),
      expect.stringMatching(/^Epoch 1\/2 {2}train \d\.\d{4} \(.* %\) {2}val \d\.\d{4} \(.* %\) .* images\/s .* best$/),
      expect.stringMatching(/^Epoch 2\/2 /),
      expect.stringMatching(/^Done in .*, best epoch \d \(val .* %\), test accuracy .* %\.$/),
      `Run: ${runFolder}`,
      expect.stringContaining(`dist/cli.js evaluate "${runFolder}"`),
      '',
    ]);
  });

  test('prints the same losses for another number of threads', async () => {
    const { stdout } = await runCli(
      [...trainArgs('--epochs', '3', '--out', 'threads', '--json'), '--threads', '2'],
      folder,
    );
    const losses = (events: Record<string, unknown>[]) =>
      events.filter(({ event }) => event === 'epoch').map(({ trainLoss, valLoss }) => ({ trainLoss, valLoss }));
    const first = await runCli(trainArgs('--epochs', '3', '--out', 'one-thread', '--json'), folder);
    expect(losses(jsonLines(stdout))).toEqual(losses(jsonLines(first.stdout)));
    expect(losses(jsonLines(stdout))).toHaveLength(3);
  });

  test('Ctrl+C stops it with everything saved: exit code 130, and --resume ends as if nothing had been', async () => {
    let pressed = false;
    const run = startCli(trainArgs('--epochs', '3', '--out', 'interrupted', '--json'), folder, (text) => {
      if (!text.includes('"start"') || pressed) return;
      pressed = true;
      pressCtrlC(run);
    });
    const stopped = await run.ended;
    expect(stopped.stderr).toContain('Press Ctrl+C again to end at once.');
    expect(stopped.exitCode).toBe(130);
    expect(jsonLines(stopped.stdout).at(-1)).toMatchObject({ event: 'done', status: 'stopped', testAccuracy: null });
    expect(await openRun(join(folder, 'interrupted'))).toMatchObject({ status: 'stopped' });

    const resumed = await runCli(['train', '--resume', 'interrupted', '--json'], folder);
    expect(resumed.exitCode).toBe(0);
    expect(await checkpointHashes(join(folder, 'interrupted'))).toEqual(await checkpointHashes(trained));
  });

  test('a Ctrl+C that comes twice, from the terminal and from what started it, is one: everything is saved', async () => {
    let pressed = false;
    const run = startCli(trainArgs('--epochs', '100000', '--out', 'twice', '--json'), folder, (text) => {
      if (!text.includes('"epoch"') || pressed) return;
      pressed = true;
      pressCtrlC(run);
      pressCtrlC(run);
    });
    const { exitCode } = await run.ended;
    expect([exitCode, (await openRun(join(folder, 'twice')))?.status]).toEqual([130, 'stopped']);
  });

  test('a second Ctrl+C ends it at once: the run has failed and can be resumed', async () => {
    let presses: NodeJS.Timeout | undefined;
    const run = startCli(trainArgs('--epochs', '100000', '--out', 'killed', '--json'), folder, (text) => {
      if (text.includes('"epoch"')) presses ??= setInterval(() => pressCtrlC(run), 50);
    });
    const { exitCode } = await run.ended;
    clearInterval(presses);
    // The first stop may have been quicker than the second.
    const status = (await openRun(join(folder, 'killed')))?.status;
    expect([
      [1, 'failed'],
      [130, 'stopped'],
    ]).toContainEqual([exitCode, status]);
  });
});

describe('wrong use', () => {
  test.each<[string, string[], RegExp]>([
    ['no model', ['train'], /MODEL is missing/],
    ['no data', ['train', 'small_net.py'], /--data is missing/],
    ['a missing model', ['train', 'nowhere.py', '--data', 'bars'], /There is no file .*nowhere\.py/],
    ['an unknown zoo model', ['train', 'nonet', '--data', 'bars'], /There is no model 'nonet'/],
    [
      'missing data',
      ['train', 'small_net.py', '--data', 'nowhere'],
      /There is no data set .*nowhere[^]*digits, shapes/,
    ],
    ['a word for a number', trainArgs('--epochs', 'many'), /--epochs <n>' argument 'many' is invalid/],
    ['an impossible rate', trainArgs('--lr', '-1'), /The learning rate must be a number above 0, not -1/],
    [
      'an option of another optimizer',
      trainArgs('--momentum', '0.9'),
      /--momentum has no effect with --optimizer adam/,
    ],
    ['an unknown schedule', trainArgs('--schedule', 'zigzag'), /Allowed choices are constant, step, cosine, one-cycle/],
    ['an unknown option', trainArgs('--fast'), /unknown option '--fast'/],
    ['an unknown command', ['fly'], /unknown command 'fly'/],
    ['a missing run', ['train', '--resume', 'nowhere'], /There is no run .*nowhere/],
    ['settings for a resumed run', ['train', '--resume', 'bars', '--lr', '1'], /--lr can't be given with --resume/],
    ['a shape that is none', ['summary', 'small_net.py', '--input', '12x'], /It must be channels,height,width/],
  ])('%s: exit code 2, and what to do', async (_, args, message) => {
    const { exitCode, stdout, stderr } = await runCli(args, folder);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n {4}at /);
    expect(stdout).toBe('');
    expect(exitCode).toBe(2);
  });
});

describe('failure', () => {
  test('is told in a line or two, with the file and line of the model: exit code 1', async () => {
    await writeFile(
      join(folder, 'odd.py'),
      'import torch.nn as nn\n\n\nclass Odd(nn.Module):\n    def __init__(self):\n        super().__init__()\n' +
        '        self.a = nn.Linear(5, 4)\n\n    def forward(self, x):\n        return self.a(x.flatten(1))\n',
    );
    const args = ['train', 'odd.py', '--data', 'bars', '--out', 'odd'];
    const { exitCode, stdout, stderr } = await runCli(args, folder);
    expect(exitCode).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^error: odd\.py:10: .*Linear.*\n/);
    expect(stderr.split('\n').length).toBeLessThanOrEqual(3);
    expect(existsSync(join(folder, 'odd'))).toBe(false);

    const verbose = await runCli([...args, '--verbose'], folder);
    expect(verbose.stderr).toMatch(/\n {4}at /);
    const json = await runCli([...args, '--json'], folder);
    expect(jsonLines(json.stdout)).toEqual([
      { event: 'error', message: expect.stringContaining('odd.py:10') as string, remedy: null },
    ]);
  });

  test('for a device that is not there', async () => {
    // Whatever this machine has: a loader that is told of no driver finds no GPU.
    process.env['VK_ICD_FILENAMES'] = '/nowhere.json';
    const { exitCode, stderr } = await runCli(trainArgs('--device', 'gpu'), folder);
    delete process.env['VK_ICD_FILENAMES'];
    expect(exitCode).toBe(1);
    expect(stderr).toBe(
      'error: There is no GPU that can be used.\n' +
        '“cnn-lab doctor” (in VS Code: Check GPU) says why; the device cpu or auto trains all the same.\n',
    );
  });
});

describe('cnn-lab summary', () => {
  test('shows the tree of modules with shapes, parameters, FLOPs, memory and receptive fields', async () => {
    const { exitCode, stdout } = await runCli(['summary', 'small_net.py:SmallNet'], folder);
    expect(exitCode).toBe(0);
    const rows = stdout.split('\n').filter((line) => /^[├│└ ]/.test(line));
    const [features, first] = rows;
    expect(features).toMatch(/^├─ features +Sequential +\(N, 8, 6, 6\) +\S+ /);
    expect(first).toMatch(/^│ {2}├─ 0 +Conv2d +\(N, 8, 12, 12\) +80 .* 4\.50 KiB +3×3$/);
    expect(stdout).toMatch(/MaxPool2d +\(N, 8, 6, 6\)/);
    expect(stdout).toMatch(/Linear +\(N, 32\) +9,248 /);
    expect(stdout).toMatch(/^Parameters +9,476 \(37\.\d KiB with buffers\)$/m);
    expect(stdout).toMatch(/^Activations .* for a batch of 32$/m);
    expect(stdout).toMatch(
      /^Training +\S+ [KM]iB on the CPU for a batch of 32 with Adam \(state 15\d KiB, arena .*, scratch .*\)$/m,
    );
  });

  test('down to a depth, with functions, in another order, as Markdown', async () => {
    const shown = async (...options: string[]) => (await runCli(['summary', 'lenet', ...options], folder)).stdout;
    expect((await shown('--depth', '0')).split('\n').filter((line) => line.startsWith('├'))).toEqual([]);
    expect(await shown()).not.toMatch(/flatten/i);
    expect(await shown('--functions')).toMatch(/├─ flatten/i);
    const order = (await shown('--sort', 'params')).match(/^(conv|fc)\d/gm);
    expect(order).toEqual(['fc1', 'fc2', 'conv2', 'fc3', 'conv1']);
    expect(await shown('--markdown', '--batch', '2')).toMatch(/^\| &nbsp;&nbsp;`conv1` \| Conv2d \|.*batch of 2$/ms);
  });

  test('with --json gives the same as numbers; the input may be given', async () => {
    const { stdout } = await runCli(['summary', 'lenet', '--input', '1,28,28', '--json'], folder);
    const [summary] = jsonLines(stdout);
    expect(summary).toMatchObject({ event: 'summary', parameters: 61_706, inputShape: ['N', 1, 28, 28] });
    expect(summary?.outputShapes).toEqual([['N', 10]]);
    expect(summary?.training).toMatchObject({ kind: 'known', batchSize: 32 });
    expect(summary).toMatchObject({ receptiveField: { size: [16, 16], jump: [4, 4] }, problems: [], unknowns: [] });
    const rows = summary?.rows as Record<string, unknown>[];
    expect(rows.find(({ path }) => path === 'conv1')).toMatchObject({
      title: 'Conv2d',
      depth: 1,
      outputShape: ['N', 6, 28, 28],
      parameters: 156,
      shared: false,
    });
  });

  test('of a model that PyTorch refuses shows what is known and why: exit code 1', async () => {
    await writeFile(
      join(folder, 'refused.py'),
      'import torch.nn as nn\n\n\nclass Net(nn.Module):\n    # input: (1, 8, 8)\n    def __init__(self):\n        super().__init__()\n' +
        '        self.a = nn.Conv2d(1, 4, 3)\n        self.b = nn.Conv2d(3, 4, 3)\n\n    def forward(self, x):\n        return self.b(self.a(x))\n',
    );
    const { exitCode, stdout } = await runCli(['summary', 'refused.py'], folder);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/├─ a +Conv2d +\(N, 4, 6, 6\) +40 /);
    expect(stdout).toMatch(/└─ b +Conv2d +refused/);
    expect(stdout).toMatch(/^line 9: Conv2d .*3.*4/m);
  });
});

describe('a trained run', () => {
  test('is evaluated on its test images, with the accuracy that training gave', async () => {
    const { exitCode, stdout } = await runCli(['evaluate', 'trained', '--json'], folder);
    expect(exitCode).toBe(0);
    const [evaluated] = jsonLines(stdout);
    const { test } = (await openRun(trained))?.record ?? {};
    expect(evaluated).toMatchObject({ split: 'test', count: 100, accuracy: test?.accuracy, loss: test?.loss });
    const confusion = evaluated?.confusion as number[][];
    expect(confusion.map((row) => row.reduce((sum, count) => sum + count, 0))).toEqual([25, 25, 25, 25]);
    const correct = confusion.reduce((sum, row, label) => sum + (row[label] ?? 0), 0);
    expect(correct / 100).toBe(test?.accuracy);
  });

  test('is evaluated on other splits and data sets, for people', async () => {
    const own = await runCli(['evaluate', 'trained', '--split', 'val'], folder);
    expect(own.stdout).toMatch(
      /^45 val images: accuracy .* %, loss \d\.\d{4}\nclass +images +correct +most confused with\n/,
    );
    const other = await runCli(['evaluate', 'trained', '--data', 'digits'], folder);
    expect(other.exitCode).toBe(1);
    expect(other.stderr).toMatch(/does not know the classes 4, 5, 6, 7, 8, 9 of digits/);
  });

  test('classifies image files of any size, and names those that it can not read', async () => {
    const { images, labels } = drawBars(8, 3);
    const files = [];
    for (let i = 0; i < 8; i++) {
      const file = join(folder, `bar ${i}.png`);
      await sharp(images.subarray(i * 144, (i + 1) * 144), { raw: { width: 12, height: 12, channels: 1 } })
        .resize(24, 24, { kernel: 'nearest' })
        .png()
        .toFile(file);
      files.push(file);
    }
    const { exitCode, stdout, stderr } = await runCli(
      ['predict', 'trained', ...files, 'small_net.py', '--top', '2', '--json'],
      folder,
    );
    expect(stderr).toContain('small_net.py: it is not');
    expect(exitCode).toBe(1);
    const predictions = jsonLines(stdout);
    const best = predictions.slice(0, 8).map(({ top }) => (top as { label: string; probability: number }[])[0]);
    const right = best.filter((first, index) => first?.label === String(labels[index]));
    expect(right.length).toBeGreaterThanOrEqual(7);
    for (const { top } of predictions.slice(0, 8)) expect(top).toHaveLength(2);
    expect(predictions[8]).toMatchObject({ top: [], error: expect.stringContaining('it is not') as string });

    const plain = await runCli(['predict', 'trained', 'bar 0.png'], folder);
    expect(plain.stdout).toMatch(/^bar 0\.png\n {2}0 +\d+\.\d\d %\n/);
    expect(plain.exitCode).toBe(0);
  });
});

test('--version and --help are no failures', async () => {
  const version = await runCli(['--version'], folder);
  expect(version).toMatchObject({ exitCode: 0, stderr: '' });
  expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  const help = await runCli(['train', '--help'], folder);
  expect(help.exitCode).toBe(0);
  expect(help.stdout).toContain('--resume <run>');
});
