import { describe, expect, test } from 'vitest';
import type { Graph, Shape } from '../../../src/core/graph/graph';
import { SourceError } from '../../../src/core/python/source-error';
import { traceModel, type TraceRequest } from '../../../src/core/python/trace-model';

const header = `import torch
import torch.nn as nn
import torch.nn.functional as F
`;

interface Options extends Partial<Omit<TraceRequest, 'file' | 'text'>> {
  readonly files?: Readonly<Record<string, string>>;
}

function trace(text: string, { files = {}, ...options }: Options = {}): { graph: Graph; target: string } {
  return traceModel({
    file: '/project/model.py',
    text,
    target: null,
    inputShape: ['N', 3, 8, 8],
    readModule: (dottedName) => {
      const content = files[dottedName];
      return content === undefined ? undefined : { file: `/project/${dottedName}.py`, text: content };
    },
    ...options,
  });
}

function errorOf(text: string, options: Options = {}): SourceError {
  try {
    trace(text, options);
  } catch (error) {
    if (error instanceof SourceError) return error;
    throw error;
  }
  throw new Error('No error was thrown');
}

/** A model whose `__init__` and `forward` have these lines. */
function model(init: string, forward: string): string {
  const indent = (lines: string): string => lines.trim().replace(/^/gm, '        ');
  return `${header}
class Net(nn.Module):
    def __init__(self):
        super().__init__()
${indent(init || 'pass')}

    def forward(self, x):
${indent(forward)}
`;
}

function ops(graph: Graph): string[] {
  return graph.nodes.filter(({ op }) => !['parameter', 'buffer', 'input'].includes(op)).map(({ op }) => op);
}

function outputShape(graph: Graph): Shape | undefined {
  return graph.nodes[graph.outputs[0] ?? -1]?.type.shape;
}

describe('nodes', () => {
  test('lines and paths are those of the layers and their calls', () => {
    const { graph } = trace(
      model(
        'self.conv = nn.Conv2d(3, 4, 3)\nself.seq = nn.Sequential(\n    nn.ReLU(),\n    nn.Flatten(),\n)',
        'x = self.conv(x)\nx = x + x\nreturn self.seq(x)',
      ),
    );
    expect(graph.nodes.map(({ op, path, source }) => [op, path, source?.startLine])).toEqual([
      ['parameter', 'conv.weight', 8],
      ['parameter', 'conv.bias', 8],
      ['input', undefined, undefined],
      ['conv2d', 'conv', 15],
      ['add', '', 16],
      // Layers of a Sequential share their call, so they point to where they are made.
      ['relu', 'seq.0', 10],
      ['flatten', 'seq.1', 11],
    ]);
    expect(graph.nodes[3]?.source).toEqual({
      file: '/project/model.py',
      startLine: 15,
      startColumn: 12,
      endLine: 15,
      endColumn: 24,
    });
  });

  test('arithmetic with numbers and tensors becomes add, scale and multiply', () => {
    expect(ops(trace(model('', 'return x * 2.0 + x * x')).graph)).toEqual(['scale', 'multiply', 'add']);
    expect(ops(trace(model('', 'return 1 - x / 2')).graph)).toEqual(['scale', 'scale', 'constant', 'add']);
    expect(ops(trace(model('', 'y = -x\ny *= 3\nreturn torch.mul(y, x) - x')).graph)).toEqual([
      'scale',
      'scale',
      'multiply',
      'scale',
      'add',
    ]);
  });

  test('a change in place is seen under every name of the tensor', () => {
    const { graph } = trace(model('', 'y = x * 2\nz = y\ny += x\nreturn z'));
    expect(graph.outputs.map((id) => graph.nodes[id]?.op)).toEqual(['add']);
    const relu = trace(
      model('self.act = nn.ReLU(inplace=True)', 'y = x * 2\nself.act(y)\nF.relu(y, inplace=True)\nreturn y + x'),
    );
    expect(ops(relu.graph)).toEqual(['scale', 'relu', 'relu', 'add']);
  });

  test('a view follows what is changed in place; what may be a copy is refused, not guessed', () => {
    const { graph } = trace(model('', 'y = x * 2\nv = y.view(-1)\ny += x\nreturn v * 1'));
    expect(ops(graph)).toEqual(['scale', 'reshape', 'add', 'reshape', 'scale']);
    const error = errorOf(model('', 'y = x * 2\nv = y.permute(0, 2, 3, 1).reshape(-1)\ny += x\nreturn v * 1'));
    expect(error.message).toBe(
      'model.py:14: This tensor may share its memory with one that was changed in place; this is not supported yet.',
    );
  });

  test('random tensors of forward are drawn in each step; those of other distributions, and those drawn before, stay errors', () => {
    const drawn = (forward: string) => trace(model('', forward)).graph.nodes.filter(({ op }) => op === 'random');
    expect(drawn('return x + torch.randn_like(x)')[0]?.attrs['distribution']).toEqual({
      kind: 'normal',
      mean: 0,
      std: 1,
    });
    expect(drawn('return x * torch.rand(8, 8)')[0]?.attrs['distribution']).toEqual({
      kind: 'uniform',
      low: 0,
      high: 1,
    });
    expect(drawn('return x * x.new_empty(8).bernoulli_(0.25)')[0]?.attrs['distribution']).toEqual({
      kind: 'bernoulli',
      p: 0.25,
    });
    expect(errorOf(model('', 'return x * torch.poisson(x)')).reason).toBe(
      'Random tensors in forward are not supported yet.',
    );
    expect(errorOf(model('self.noise = torch.randn(8)', 'return x + self.noise')).reason).toBe(
      'A random tensor that is neither parameter nor buffer of a module is not supported yet.',
    );
  });

  test('torch.no_grad() in forward stays an error where a model is to be trained', () => {
    expect(errorOf(model('', 'with torch.no_grad():\n    x = x * 2\nreturn x')).reason).toBe(
      'torch.no_grad() in forward is not supported yet.',
    );
  });

  test('sizes can be symbolic, in views and in conditions', () => {
    const { graph } = trace(
      model(
        '',
        'n, c, h, w = x.size()\nif h != w or x.shape[0] == 0:\n    raise ValueError(h)\nreturn x.view(x.size(0) * c, h * w).reshape(n, -1)',
      ),
    );
    expect(outputShape(graph)).toEqual(['N', 192]);
  });

  test('frozen parameters stand as buffers, so that nothing trains them', () => {
    const { graph } = trace(
      model(
        'self.a = nn.Linear(8, 8)\nself.b = nn.Linear(8, 8)\nself.a.requires_grad_(False)',
        'return self.b(self.a(x))',
      ),
    );
    expect(graph.nodes.slice(0, 4).map(({ op, path }) => `${op} ${path ?? ''}`)).toEqual([
      'buffer a.weight',
      'buffer a.bias',
      'parameter b.weight',
      'parameter b.bias',
    ]);
  });

  test('torch.nn.init sets the first values', () => {
    const { graph } = trace(
      model(
        'self.c = nn.Conv2d(3, 8, 3)\nnn.init.kaiming_normal_(self.c.weight, mode="fan_out", nonlinearity="relu")\nnn.init.constant_(self.c.bias, 0.25)',
        'return self.c(x)',
      ),
    );
    expect(graph.nodes[0]?.attrs['init']).toEqual({ kind: 'normal', mean: 0, std: Math.SQRT2 / Math.sqrt(8 * 9) });
    expect(graph.nodes[1]?.attrs['init']).toEqual({ kind: 'constant', value: 0.25 });
  });

  test('dropout follows the mode where it is told self.training', () => {
    const { graph } = trace(
      model('self.d = nn.Dropout(0.3)', 'x = F.dropout(x, 0.1, self.training)\nreturn self.d(x)'),
    );
    expect(ops(graph)).toEqual(['dropout', 'dropout']);
  });

  test('several outputs are kept in order', () => {
    const { graph } = trace(model('', 'return {"a": x * 2, "b": (x, None)}'));
    expect(graph.outputs.map((id) => graph.nodes[id]?.op)).toEqual(['scale', 'input']);
  });
});

describe('targets', () => {
  const two = `${header}
class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.fc = nn.Linear(8, width)
    def forward(self, x):
        return self.fc(x)

class Net(nn.Module):
    def __init__(self, in_channels=3, num_classes=10):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, 4, 3)
        self.block = Block(num_classes)
    def forward(self, x):
        return self.block(x)
`;

  test('null is the only model that is no part of another', () => {
    expect(trace(two).target).toBe('Net');
  });

  test('several models: the error lists them', () => {
    const error = errorOf(`${header}
class A(nn.Module):
    def forward(self, x): return x
class B(nn.Module):
    def forward(self, x): return x
`);
    expect(error.message).toBe('model.py:1: There are several models in this file.');
    expect(error.remedy).toBe('Say which one: A, B.');
  });

  test('no model at all', () => {
    expect(errorOf('x = 1\n').reason).toMatch(/^There is no model in this file/);
  });

  test('required arguments ask for an expression, which is then taken', () => {
    const error = errorOf(two, { target: 'Block' });
    expect(error.message).toBe('model.py:5: Block needs the argument width.');
    expect(error.remedy).toBe('Give an expression as the model, such as Block(width=…).');
    expect(outputShape(trace(two, { target: 'Block(5)' }).graph)).toEqual(['N', 3, 8, 5]);
    expect(outputShape(trace(two, { target: 'Block(width=2 * 3)' }).graph)).toEqual(['N', 3, 8, 6]);
  });

  test('an error in the expression says so', () => {
    expect(errorOf(two, { target: 'Block(1, 2)' }).message).toMatch(
      /^Block\(1, 2\) \(the model to be read\):1: TypeError: /,
    );
    expect(errorOf(two, { target: 'Nothing' }).message).toBe("model.py:1: 'Nothing' is not defined in this file.");
  });

  test('the number of classes and of channels can be given', () => {
    const { graph } = trace(two, { numClasses: 4, inputShape: ['N', 1, 8, 8] });
    expect(graph.nodes.find((node) => node.path === 'block.fc.weight')?.type.shape).toEqual([4, 8]);
    expect(graph.nodes[0]?.type.shape).toEqual([4, 3, 3, 3]);
    const adapted = trace(two, { adaptInput: true, inputShape: ['N', 1, 8, 8] });
    expect(adapted.graph.nodes[0]?.type.shape).toEqual([4, 1, 3, 3]);
  });

  test('an expression is called as it stands, whatever the data has', () => {
    const { graph } = trace(two, { target: 'Net()', numClasses: 4 });
    expect(graph.nodes.find((node) => node.path === 'block.fc.weight')?.type.shape).toEqual([10, 8]);
  });

  test('models are found in imported files', () => {
    const files = { blocks: two, '.parts': 'from .inner import width\n', '.inner': 'width = 6\n' };
    const text = 'from blocks import Block\nfrom .parts import width\nmodel = Block(width)\n';
    expect(outputShape(trace(text, { target: 'model', files }).graph)).toEqual(['N', 3, 8, 6]);
  });
});

describe('errors say file, line and what is wrong', () => {
  test.each<[string, string, string, string]>([
    ['a layer that is not supported', 'self.a = nn.Foo(3)', 'return self.a(x)', '8: nn.Foo is not supported yet.'],
    ['a function that is not supported', '', 'return F.foo(x)', '11: F.foo is not supported yet.'],
    [
      'a tensor method that is not supported',
      '',
      'y = x.frobnicate()\nreturn y',
      '11: Tensor.frobnicate is not supported yet.',
    ],
    [
      'an unsupported layer that forward does not use',
      'self.a = nn.Foo(3)',
      'return x',
      '8: nn.Foo is not supported yet.',
    ],
    [
      'an attribute that is not there',
      '',
      'return self.fc(x)',
      "11: AttributeError: 'Net' object has no attribute 'fc'",
    ],
    ['a name that is not there', '', 'return relu(x)', "11: NameError: name 'relu' is not defined"],
    ['what the model itself raises', 'raise ValueError(f"no {1 + 1}")', 'return x', '8: ValueError: no 2'],
    ['an assertion that fails', '', 'assert x.shape[1] == 4, "channels"\nreturn x', '11: AssertionError: channels'],
    ['a return that is missing', 'self.r = nn.ReLU()', 'self.r(x)', '10: forward returns nothing.'],
    [
      'brackets that are missing',
      'self.s = nn.Sequential(nn.ReLU)',
      'return self.s(x)',
      '8: TypeError: the class ReLU (its brackets are missing) is not a Module subclass',
    ],
    ['a module before super().__init__()', '', 'return x', ''],
  ])('%s', (name, init, forward, expected) => {
    if (expected === '') {
      const text = `${header}\nclass Net(nn.Module):\n    def __init__(self):\n        self.fc = nn.Linear(8, 2)\n    def forward(self, x):\n        return x\n`;
      expect(errorOf(text).message).toBe(
        'model.py:7: AttributeError: cannot assign module before Module.__init__() call',
      );
      return;
    }
    expect(name && errorOf(model(init, forward)).message).toBe(`model.py:${expected}`);
  });

  test('a float where a whole number belongs', () => {
    const error = errorOf(model('self.c = nn.Conv2d(3, 10 / 2, 3)', 'return self.c(x)'));
    expect(error.message).toMatch(/^model\.py:8: .*out_channels must be an int, got 5\.0/);
  });

  test('a shape that does not fit points to the call', () => {
    const error = errorOf(model('self.c = nn.Conv2d(1, 4, 3)', 'x = x * 2\nreturn self.c(x)'));
    expect(error.line).toBe(12);
    expect(error.reason).toMatch(/channels/);
  });

  test('a shape that does not fit in a Sequential points to the layer', () => {
    const error = errorOf(
      model('self.s = nn.Sequential(\n    nn.Flatten(),\n    nn.Linear(100, 10),\n)', 'return self.s(x)'),
    );
    expect(error.line).toBe(10);
    expect(error.reason).toMatch(/192/);
  });

  test('a condition on a value that is not known is refused', () => {
    const error = errorOf(`import mystery\n${model('if mystery.flag:\n    self.c = nn.ReLU()', 'return x')}`);
    expect(error.message).toBe(
      "model.py:9: This condition is not known: The module 'mystery' was not found (model.py:1).",
    );
    expect(errorOf(model('', 'if x.sum() > 0:\n    x = -x\nreturn x')).line).toBe(11);
  });

  test('a branch on self.training is refused', () => {
    const error = errorOf(model('', 'if self.training:\n    return x * 2\nreturn x'));
    expect(error.message).toBe('model.py:11: A branch on self.training is not supported yet.');
  });

  test('a branch whose other half decides needs no mode', () => {
    expect(
      ops(trace(model('self.aux = False', 'if self.training and self.aux:\n    return x * 2\nreturn -x')).graph),
    ).toEqual(['scale']);
  });

  test('a call that might change the model is refused where it is not known', () => {
    const error = errorOf(
      `import mystery\n${model('self.c = nn.Linear(8, 8)\nmystery.prepare(self.c)', 'return self.c(x)')}`,
    );
    expect(error.message).toBe("model.py:1: The module 'mystery' was not found.");
  });

  test('Python that is not Python', () => {
    expect(errorOf(model('self.c = nn.Conv2d(3, 4, 3', 'return x')).message).toMatch(
      /^model\.py:\d+: SyntaxError: invalid syntax/,
    );
    expect(errorOf(`${model('', 'return x')}\nx = = 3\n`).message).toMatch(/^model\.py:13: SyntaxError: /);
  });

  test('endless loops and recursion end', () => {
    expect(errorOf(model('while True:\n    pass', 'return x')).reason).toMatch(/takes too long/);
    expect(errorOf(model('', 'return self.forward(x)')).reason).toMatch(/too deep/);
  });

  test('an error in an imported file names that file', () => {
    const files = { parts: 'import torch.nn as nn\n\ndef make():\n    return nn.Foo()\n' };
    const error = errorOf(`from parts import make\n${model('self.c = make()', 'return self.c(x)')}`, { files });
    expect(error.message).toBe('parts.py:4: nn.Foo is not supported yet.');
    expect(error.file).toBe('/project/parts.py');
  });
});

describe('what does not matter does not break', () => {
  test('code at the top level that cannot be followed', () => {
    const { graph } = trace(`
import numpy as np, matplotlib.pyplot as plt
from sklearn.datasets import load_digits
%matplotlib inline
digits = load_digits()
plt.figure(figsize=(3, 3))
for i, row in enumerate(digits.data):
    plt.plot(row)
with open('x.txt') as f:
    lines = f.read().splitlines()
while True:
    pass
${model('print(np.pi)\nself.c = nn.Linear(8, 2)', 'return self.c(x)')}
if __name__ == '__main__':
    nonsense()
`);
    expect(outputShape(graph)).toEqual(['N', 3, 8, 2]);
  });

  test('what such code may have changed is not known any more', () => {
    const error = errorOf(
      `import mystery\nwidth = 8\nfor _ in mystery.items:\n    width += 1\n${model('self.c = nn.Linear(8, width)', 'return self.c(x)')}`,
    );
    expect(error.message).toBe("model.py:1: The module 'mystery' was not found.");
  });
});
