import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { computeReceptiveFields } from '../../src/core/graph/compute-receptive-fields';
import { traceModel } from '../../src/core/python/trace-model';
import type { Engine } from '../../src/engine/engine';
import type { StateSlot } from '../../src/engine/plan';
import { createTestEngine } from './create-test-engine';
import { compileCase, runCase, type OpCase } from './op-case';
import { elementCount } from './run-op';

/** Side of the square input: the fields of the elements that are looked at lie inside. */
const size = 40;

const networks: readonly (readonly [name: string, layers: string, forward: string])[] = [
  [
    'strides and pools',
    'self.a = nn.Conv2d(1, 2, 5, stride=2, padding=2)\nself.b = nn.AvgPool2d(3, 2, padding=1)',
    'return self.b(F.relu(self.a(x)))',
  ],
  [
    'a residual block with a strided shortcut',
    'self.a = nn.Conv2d(1, 2, 3, stride=2, padding=1)\nself.b = nn.Conv2d(2, 2, 3, padding=1)\nself.short = nn.Conv2d(1, 2, 1, stride=2)',
    'return F.relu(self.b(F.relu(self.a(x))) + self.short(x))',
  ],
  [
    'branches that are concatenated',
    'self.a = nn.Conv2d(1, 2, 1)\nself.b = nn.Conv2d(1, 1, (3, 7), padding=(1, 3))\nself.c = nn.AvgPool2d(5, 1, padding=2)\nself.d = nn.Conv2d(4, 1, 3, stride=2)',
    'return self.d(torch.cat([self.a(x), self.b(x), self.c(x)], 1))',
  ],
  [
    'dilated convolutions beside each other',
    'self.a = nn.Conv2d(1, 2, 3, padding=2, dilation=2)\nself.b = nn.Conv2d(1, 2, 3, padding=5, dilation=5)',
    'return self.a(x) + self.b(x)',
  ],
  [
    'a dense block of depthwise convolutions',
    'self.a = nn.Conv2d(1, 2, 3, padding=1)\nself.b = nn.Conv2d(3, 3, 3, padding=1, groups=3)\nself.c = nn.Conv2d(6, 1, 1)',
    'x = torch.cat([x, self.a(x)], 1)\nx = torch.cat([x, self.b(x)], 1)\nreturn self.c(x)',
  ],
];

describe('the support of the gradient that the engine computes is the receptive field', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await createTestEngine(2);
  });
  afterAll(() => engine.dispose());

  test.each(networks)('of %s', async (_, layers, forward) => {
    const source = sourceOf(layers, forward);
    const { graph } = traceModel({ file: 'net.py', text: source, target: 'Net', inputShape: ['N', 1, size, size] });
    const output = graph.nodes[graph.outputs[0] ?? NaN];
    const [, channels = 0, rows = 0, columns = 0] = output?.type.shape.map(Number) ?? [];
    const field = computeReceptiveFields(graph).get(output?.id ?? NaN);
    if (field?.kind !== 'window') throw new Error('Every one of them has a window');

    const compiled = compileCase(caseOf(source));
    for (const step of [0, 1, 2]) {
      const [row, column] = [Math.floor(rows / 2) - step, Math.floor(columns / 2) + step];
      const values = (name: string) => valuesOf(name, { channels, rows, columns, row, column }, compiled.layout.slots);
      const results = await runCase(engine, caseOf(source), compiled, values);
      expect(boxOf(results.get('grad:x') ?? new Float32Array())).toEqual(
        [row, column].map((place, axis) => {
          const first = (field.start[axis] ?? NaN) + place * (field.jump[axis] ?? NaN);
          return [first, first + (field.size[axis] ?? NaN) - 1];
        }),
      );
    }
  });
});

function sourceOf(layers: string, forward: string): string {
  const indented = (lines: string) =>
    lines
      .split('\n')
      .map((line) => `        ${line}\n`)
      .join('');
  return `import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
${indented(layers)}
    def forward(self, x):
${indented(forward)}`;
}

function caseOf(source: string): OpCase {
  return { name: 'net', x: [1, 1, size, size], source, mode: 'eval', steps: 1, values: '', loss: 'weighted' };
}

interface Place {
  readonly channels: number;
  readonly rows: number;
  readonly columns: number;
  readonly row: number;
  readonly column: number;
}

/** Everything is positive, so that nothing cancels; the loss is the sum over the channels at one place. */
function valuesOf(
  name: string,
  { channels, rows, columns, row, column }: Place,
  slots: readonly StateSlot[],
): Float32Array {
  if (name === 'x0') return new Float32Array(size * size).fill(1);
  if (name === 'weights') {
    const weights = new Float32Array(channels * rows * columns);
    for (let channel = 0; channel < channels; channel++) weights[(channel * rows + row) * columns + column] = 1;
    return weights;
  }
  const slot = slots.find((each) => `state/${each.name}` === name);
  return new Float32Array(elementCount(slot?.tensor.shape ?? [])).fill(0.1);
}

/** [[top, bottom], [left, right]] of what is not zero. */
function boxOf(gradient: Float32Array): [number, number][] {
  const hits = [...gradient.keys()].filter((i) => gradient[i] !== 0);
  const box = (places: readonly number[]): [number, number] => [Math.min(...places), Math.max(...places)];
  return [box(hits.map((i) => Math.floor(i / size))), box(hits.map((i) => i % size))];
}
