import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli } from '../support/run-cli';

const root = path.resolve(import.meta.dirname, '../..');
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cnn-lab-shapes-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

type Line = Readonly<Record<string, unknown>>;

async function shapes(...args: string[]): Promise<{ exitCode: number | null; lines: Line[]; stderr: string }> {
  const { exitCode, stdout, stderr } = await runCli(['shapes', ...args, '--json'], folder);
  const lines = stdout.trim().split('\n').filter(Boolean);
  return { exitCode, lines: lines.map((line) => JSON.parse(line) as Line), stderr };
}

function write(name: string, ...lines: readonly string[]): Promise<void> {
  return writeFile(path.join(folder, name), `${lines.join('\n')}\n`);
}

const head = ['import torch', 'import torch.nn as nn', 'import torch.nn.functional as F'];

describe('cnn-lab shapes', () => {
  test('gives one object for each call of a layer, in order of execution, and the totals last', async () => {
    const { exitCode, lines } = await shapes(path.join(root, 'samples/models/resnet.py'));
    expect(exitCode).toBe(0);
    expect(lines[0]).toEqual({
      path: 'conv1',
      op: 'Conv2d',
      line: 67,
      inputShapes: [[1, 3, 224, 224]],
      outputShape: [1, 64, 112, 112],
      params: 9408,
      flops: 2 * 64 * 112 * 112 * 3 * 7 * 7,
      receptiveField: { size: [7, 7], jump: [2, 2] },
    });
    const paths = lines.slice(0, -1).map((line) => line.path);
    expect(paths.slice(4, 9)).toEqual([
      'layer1.0.conv1',
      'layer1.0.bn1',
      'layer1.0.relu',
      'layer1.0.conv2',
      'layer1.0.bn2',
    ]);
    expect(paths.at(-1)).toBe('fc');
    expect(lines.at(-1)).toMatchObject({
      totals: {
        target: 'resnet18',
        output: [1, 1000],
        params: 11689512,
        receptiveField: { size: [435, 435] },
        unknowns: 0,
      },
    });
  });

  test('reads a call, a builder, and a class with its arguments', async () => {
    const file = path.join(root, 'samples/models/vgg.py');
    const { lines } = await shapes(`${file}:VGG('VGG16')`, '--input', '3,64,64');
    expect(lines.filter(({ op }) => op === 'Conv2d')).toHaveLength(13);
    const builder = await shapes(`${path.join(root, 'samples/models/resnet.py')}:resnet50`, '--input', '3,64,64');
    expect(builder.lines.at(-1)).toMatchObject({ totals: { target: 'resnet50', input: [1, 3, 64, 64] } });
  });

  test('says what cannot be known, where, and goes on with the rest', async () => {
    await write(
      'partly.py',
      ...head,
      'from nowhere import Mystery',
      'class Net(nn.Module):',
      '    def __init__(self):',
      '        super().__init__()',
      '        self.conv = nn.Conv2d(3, 4, 3)',
      '        self.mystery = Mystery(4)',
      '        self.last = nn.Conv2d(4, 2, 1)',
      '    def forward(self, x):',
      '        return self.last(self.mystery(self.conv(x)))',
    );
    const { exitCode, lines } = await shapes('partly.py', '--input', '3,8,8');
    expect(exitCode).toBe(0);
    const reason = "The module 'nowhere' was not found.";
    expect(lines[0]).toMatchObject({ path: 'conv', outputShape: [1, 4, 6, 6] });
    expect(lines[1]).toEqual({ unknown: 'last', line: 10, reason });
    expect(lines.at(-1)).toMatchObject({ totals: { output: null, flops: null } });
  });

  test('a model that PyTorch refuses ends with 1 and names the line of the layer', async () => {
    await write(
      'refused.py',
      ...head,
      'class Net(nn.Module):',
      '    def __init__(self):',
      '        super().__init__()',
      '        self.conv = nn.Conv2d(3, 6, 5)',
      '        self.fc = nn.Linear(16 * 5 * 5, 10)',
      '    def forward(self, x):',
      '        return self.fc(torch.flatten(F.max_pool2d(self.conv(x), 2), 1))',
    );
    const { exitCode, lines } = await shapes('refused.py', '--input', '3,32,32');
    expect(exitCode).toBe(1);
    expect(lines).toContainEqual({
      unknown: 'fc',
      line: 8,
      reason: 'Linear expects 400 input features, its input has shape (N, 1176).',
      refused: true,
    });
  });

  test('without an input the sizes stay symbols', async () => {
    await write(
      'symbolic.py',
      ...head,
      'net = nn.Sequential(nn.Conv2d(3, 32, 3), nn.ReLU(), nn.Conv2d(32, 8, 3, stride=2, padding=1))',
    );
    const { lines } = await shapes('symbolic.py');
    expect(lines.slice(0, 3).map((line) => line.outputShape)).toEqual([
      [1, 32, 'H-2', 'W-2'],
      [1, 32, 'H-2', 'W-2'],
      [1, 8, '(H+1)//2-1', '(W+1)//2-1'],
    ]);
  });

  test('reads notebooks: a model of one cell, used in another', async () => {
    const cell = (...source: string[]) => ({ cell_type: 'code', source: source.map((line) => `${line}\n`) });
    const cells = [
      cell('%matplotlib inline', ...head),
      { cell_type: 'markdown', source: ['# A net'] },
      cell(
        'class Block(nn.Sequential):',
        '    def __init__(self, c):',
        '        super().__init__(nn.Conv2d(c, c, 3), nn.ReLU())',
      ),
      cell('!pip install something', 'net = nn.Sequential(Block(3), nn.Flatten(), nn.Linear(108, 5))'),
      cell('net(torch.randn(4, 3, 8, 8))'),
    ];
    await writeFile(
      path.join(folder, 'book.ipynb'),
      JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells }),
    );
    const { exitCode, lines } = await shapes('book.ipynb');
    expect(exitCode).toBe(0);
    expect(lines.map((line) => line.path)).toEqual(['0.0', '0.1', '1', '2', undefined]);
    expect(lines.at(-1)).toMatchObject({ totals: { input: [1, 3, 8, 8], output: [1, 5] } });
  });

  test('reads TensorFlow.js and Keras, with shapes as these write them', async () => {
    const { lines } = await shapes(path.join(root, 'test/fixtures/javascript/digits-sequential.js'));
    expect(lines[0]).toMatchObject({ op: 'Conv2D', outputShape: [1, 24, 24, 8] });
    expect(lines.at(-1)).toMatchObject({ totals: { params: 5994 } });
    const keras = await shapes(path.join(root, 'test/fixtures/keras/mnist_sequential.py'));
    expect(keras.lines.at(-1)).toMatchObject({ totals: { params: 34826, input: [1, 28, 28, 1] } });
  });

  test('finds the networks of torchvision in readable code where none is installed', async () => {
    await write(
      'transfer.py',
      'import torch.nn as nn',
      'from torchvision import models',
      'net = models.resnet18(pretrained=True)',
      'net.fc = nn.Linear(net.fc.in_features, 5)',
    );
    const { lines } = await shapes('transfer.py:net', '--input', '3,224,224');
    expect(lines.at(-1)).toMatchObject({ totals: { output: [1, 5], params: 11689512 - 1000 * 513 + 5 * 513 } });
  });

  test.each([
    ['a file that is not there', ['nothing.py'], /There is no file .*nothing\.py/],
    ['a file without a model', ['empty.py'], /There is no model in .*empty\.py/],
    ['a notebook that is none', ['broken.ipynb'], /is not a notebook/],
  ])('%s is an error with what to do', async (_, args, message) => {
    await write('empty.py', 'x = 1');
    await write('broken.ipynb', '{');
    const { exitCode, stderr } = await shapes(...args);
    expect(exitCode).toBeGreaterThan(0);
    expect(stderr).toMatch(message);
  });
});
