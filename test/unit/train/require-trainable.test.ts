import { describe, expect, test } from 'vitest';
import type { Graph } from '../../../src/core/graph/graph';
import { traceModel } from '../../../src/core/python/trace-model';
import { requireTrainable } from '../../../src/core/train/require-trainable';
import { canCompute } from '../../../src/engine/wasm/encode/can-compute';

function graphOf(layers: string, forward: string): Graph {
  const text = [
    'import torch',
    'import torch.nn as nn',
    'class Net(nn.Module):',
    '    def __init__(self):',
    '        super().__init__()',
    `        ${layers}`,
    '    def forward(self, x):',
    `        return ${forward}`,
    '',
  ].join('\n');
  return traceModel({ file: '/models/net.py', text, target: 'Net', inputShape: ['N', 3, 8, 8] }).graph;
}

describe('what an engine (here: one without matrix_exp) cannot train is told before a run begins', () => {
  test('layers with gradients and kernels are trained', () => {
    const graph = graphOf(
      'self.conv = nn.Conv2d(3, 4, 3); self.bn = nn.BatchNorm2d(4); self.drop = nn.Dropout(); self.fc = nn.Linear(144, 2)',
      'self.fc(torch.flatten(self.drop(torch.relu(self.bn(self.conv(x)))), 1))',
    );
    expect(() => requireTrainable(graph, canCompute)).not.toThrow();
  });

  test.each([
    ['self.act = nn.Identity()', 'torch.matrix_exp(x)', 'net.py:8: matrix_exp can be read, but not trained yet.'],
    ['self.act = nn.Identity()', 'x.double()', 'can be read, but not trained yet on numbers that are no float32.'],
  ])('%s; return %s', (layers, forward, message) => {
    const graph = graphOf(layers, forward);
    expect(() => requireTrainable(graph, (op) => op !== 'matrix_exp' && canCompute(op))).toThrow(message);
  });
});
