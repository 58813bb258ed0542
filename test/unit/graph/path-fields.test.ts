import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { computeReceptiveFields } from '../../../src/core/graph/compute-receptive-fields';
import type { Graph } from '../../../src/core/graph/graph';
import { pathFields } from '../../../src/core/graph/path-fields';
import { traceModel } from '../../../src/core/python/trace-model';
import { readPythonModule } from '../../../src/node/read-python-module';

const root = path.resolve(__dirname, '../../..');

test('of branches that are concatenated after a stride: each kernel’s own', () => {
  const graph = trace(`
        self.stem = nn.Conv2d(3, 4, 7, stride=2, padding=3)
        self.one = nn.Conv2d(4, 4, 1)
        self.three = nn.Conv2d(4, 4, 3, padding=1)
        self.five = nn.Conv2d(4, 4, 5, padding=2)
        self.pool = nn.MaxPool2d(3, stride=1, padding=1)
        self.pooled = nn.Conv2d(4, 4, 1)
    def forward(self, x):
        x = self.stem(x)
        return torch.cat([self.one(x), self.three(x), self.five(x), self.pooled(self.pool(x))], 1)`);
  // r = 7 + (k − 1) · 2, from −3 − (k − 1)/2 · 2 on; the pool's window and the 3 × 3 kernel see alike.
  expect(pathFields(graph, outputOf(graph))).toEqual({
    complete: true,
    fields: [
      { window: square(7, 2, -3), ways: 1 },
      { window: square(11, 2, -5), ways: 2 },
      { window: square(15, 2, -7), ways: 1 },
    ],
  });
});

test('of residual blocks: one for each number of blocks that are gone through', () => {
  const graph = trace(`
        self.a = nn.Conv2d(3, 3, 3, padding=1)
        self.b = nn.Conv2d(3, 3, 3, padding=1)
        self.c = nn.Conv2d(3, 3, 3, padding=1)
    def forward(self, x):
        x = x + torch.relu(self.a(x))
        x = x + torch.relu(self.b(x))
        return x + self.c(x)`);
  expect(pathFields(graph, outputOf(graph))?.fields).toEqual([
    { window: square(1, 1, 0), ways: 1 },
    { window: square(3, 1, -1), ways: 3 },
    { window: square(5, 1, -2), ways: 3 },
    { window: square(7, 1, -3), ways: 1 },
  ]);
});

test('a gate that sees the whole image is a way of its own', () => {
  const graph = trace(`
        self.conv = nn.Conv2d(3, 8, 3, padding=1)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.gate = nn.Conv2d(8, 8, 1)
    def forward(self, x):
        x = self.conv(x)
        return x * torch.sigmoid(self.gate(self.pool(x)))`);
  expect(pathFields(graph, outputOf(graph))?.fields).toEqual([
    { window: square(3, 1, -1), ways: 1 },
    { window: null, ways: 1 },
  ]);
});

test('of ResNet-18: 2⁸ ways, of which the smallest and the largest are those of the whole field', () => {
  const graph = traceZoo('resnet', 'resnet18');
  const fields = computeReceptiveFields(graph);
  const last = graph.nodes.filter(({ path: module }) => module?.startsWith('layer4.1')).at(-1)?.id ?? NaN;
  const ways = pathFields(graph, last);
  expect(ways?.complete).toBe(true);
  expect(ways?.fields.reduce((sum, each) => sum + each.ways, 0)).toBe(256);
  const union = fields.get(last);
  expect(union).toMatchObject({
    kind: 'window',
    size: ways?.fields.at(-1)?.window?.size,
    smallest: ways?.fields[0]?.window?.size,
  });
});

test('where there are too many kinds: the smallest and the largest, and a word that there are more', () => {
  const graph = trace(`
        self.convs = nn.ModuleList([nn.Conv2d(3, 3, 3, padding=1) for _ in range(12)])
    def forward(self, x):
        for conv in self.convs:
            x = x + conv(x)
        return x`);
  const ways = pathFields(graph, outputOf(graph), 8);
  expect(ways?.complete).toBe(false);
  expect(ways?.fields).toHaveLength(8);
  expect(ways?.fields[0]).toEqual({ window: square(1, 1, 0), ways: 1 });
  expect(ways?.fields.at(-1)).toEqual({ window: square(25, 1, -12), ways: 1 });
});

test('of GoogLeNet: its smallest and largest ways are those of the whole field', () => {
  const graph = traceZoo('googlenet', 'GoogLeNet');
  const fields = computeReceptiveFields(graph);
  const last = graph.nodes.filter(({ op }) => op === 'concat').at(-1)?.id ?? NaN;
  const ways = pathFields(graph, last);
  expect(fields.get(last)).toMatchObject({
    size: ways?.fields.at(-1)?.window?.size,
    smallest: ways?.fields[0]?.window?.size,
  });
});

test('a node that sees nothing of the input has no ways', () => {
  const graph = trace(`
        self.conv = nn.Conv2d(3, 4, 3)
    def forward(self, x):
        return self.conv(x)`);
  const weight = graph.nodes.find(({ op }) => op === 'parameter')?.id ?? NaN;
  expect(pathFields(graph, weight)).toBeUndefined();
});

function square(size: number, jump: number, start: number) {
  return { size: [size, size], jump: [jump, jump], start: [start, start] };
}

function trace(body: string): Graph {
  const text = `import torch\nimport torch.nn as nn\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()${body}\n`;
  return traceModel({ file: 'net.py', text, target: 'Net', inputShape: ['N', 3, 64, 64] }).graph;
}

function traceZoo(name: 'resnet' | 'googlenet', target: string): Graph {
  const file = path.join(root, 'samples/models', `${name}.py`);
  const text = readFileSync(file, 'utf8');
  return traceModel({ file, text, target, inputShape: ['N', 3, 224, 224], readModule: readPythonModule }).graph;
}

function outputOf(graph: Graph): number {
  return graph.outputs[0] ?? NaN;
}
