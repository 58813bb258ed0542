import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { analyzeFile } from '../../../src/core/analysis/analyze-file';
import { analyzeModel } from '../../../src/core/analysis/analyze-model';
import { formatSizes, formatValueShape } from '../../../src/core/analysis/format-value-shape';
import type { ModelAnalysis } from '../../../src/core/analysis/model-analysis';

const file = '/project/net.py';
const head = 'import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n';

function analyze(
  code: string,
  input?: readonly number[],
  modules: Readonly<Record<string, string>> = {},
): ModelAnalysis {
  return analyzeModel({
    file,
    text: head + code,
    target: null,
    readModule: (name) => {
      const text = modules[name];
      return text === undefined ? undefined : { file: `/project/${name}.py`, text };
    },
    ...(input ? { inputs: { '*': { shape: ['N', ...input], origin: { kind: 'given' } } } } : {}),
  });
}

/** A class with these lines in `__init__` (from line 7 on) and in `forward`. */
function net(init: readonly string[], forward: readonly string[]): string {
  return [
    'class Net(nn.Module):',
    '    def __init__(self):',
    '        super().__init__()',
    ...init.map((line) => `        ${line}`),
    '    def forward(self, x):',
    ...forward.map((line) => `        ${line}`),
    '',
  ].join('\n');
}

function outputs(analysis: ModelAnalysis): string[] {
  return analysis.calls
    .filter(({ kind, leaf }) => kind === 'module' && leaf)
    .map(({ path: name, output }) => `${name} ${formatValueShape(output)}`);
}

describe('an analysis goes on after an error', () => {
  test('what is refused is told at the argument, with the call and a fix; what follows is unknown', () => {
    const analysis = analyze(
      net(
        ['self.a = nn.Conv2d(3, 6, 5)', 'self.b = nn.Conv2d(8, 16, 5)', 'self.c = nn.ReLU()'],
        ['x = self.a(x)', 'y = self.b(x)', 'return self.c(y), x'],
      ),
      [3, 32, 32],
    );
    const [problem, ...more] = analysis.problems;
    expect(more).toEqual([]);
    expect(problem).toMatchObject({
      range: { startLine: 8, startColumn: 27, endColumn: 28 },
      path: 'b',
      message: 'Conv2d expects 8 input channels, its input of shape (N, 6, 28, 28) has 6.',
      related: [{ range: { startLine: 12 }, message: 'Called here with (N, 6, 28, 28).' }],
      fix: { title: 'Change in_channels to 6', text: '6' },
    });
    expect(outputs(analysis)).toEqual(['a (N, 6, 28, 28)', 'b unknown', 'c unknown']);
    expect(formatValueShape(analysis.output)).toBe('[unknown, (N, 6, 28, 28)]');
    expect(analysis.unknowns).toEqual([]);
    expect(analysis.graph).toBeUndefined();
  });

  test('several independent mistakes are all told', () => {
    const analysis = analyze(
      net(
        ['self.a = nn.Conv2d(4, 6, 5)', 'self.b = nn.Linear(7, 2)', 'self.c = nn.Conv2d(3, 8 / 2, 3)'],
        ['return self.a(x), self.b(x)'],
      ),
      [3, 32, 32],
    );
    expect(analysis.problems.map(({ range }) => range.startLine).sort()).toEqual([7, 8, 9]);
  });

  test('a line that makes several layers gets no fix: what mends one may break another', () => {
    const analysis = analyze(
      net(
        ['self.layers = nn.ModuleList([nn.Conv2d(3, 3, 3) for _ in range(2)])', 'self.last = nn.Conv2d(4, 1, 1)'],
        ['for layer in self.layers:', '    x = layer(x)', 'return self.last(x)'],
      ),
      [5, 8, 8],
    );
    expect(analysis.problems[0]).toMatchObject({ range: { startLine: 7 }, argument: { argument: 'in_channels' } });
    expect(analysis.problems[0]?.fix).toBeUndefined();
  });

  test('what fails after something that was not followed is no mistake', () => {
    const analysis = analyze(
      'from nowhere import helper\n' +
        net(
          ['helper.build(self)', 'self.size = helper.size', 'self.a = nn.Conv2d(3, 4, 3)'],
          ['x = self.a(x)', 'return self.made_by_helper(x)'],
        ),
      [3, 8, 8],
    );
    expect(analysis.problems).toEqual([]);
    expect(analysis.unknowns.map(({ reason }) => reason)).toContain("The module 'nowhere' was not found.");
  });

  test('a mistake in a block of another file is told at the call in this one', () => {
    const blocks = `${head}def block(i, o):\n    return nn.Sequential(nn.Conv2d(i, o, 3), nn.BatchNorm2d(o + 1))\n`;
    const analysis = analyze(
      `from blocks import block\n${net(['self.a = block(3, 4)'], ['return self.a(x)'])}`,
      [3, 8, 8],
      { blocks },
    );
    const [problem] = analysis.problems;
    expect(problem).toMatchObject({ range: { file, startLine: 8 }, message: expect.stringContaining('5') as string });
    expect(problem?.related.map(({ range }) => range.file)).toContain('/project/blocks.py');
  });

  test('endless loops and recursion end with a reason', () => {
    const loop = analyze(net(['self.a = nn.ReLU()'], ['while True:', '    x = self.a(x)', 'return x']), [3, 8, 8]);
    expect(loop.problems).toEqual([]);
    expect(loop.unknowns[0]?.reason).toMatch(/an endless loop\?/);
    const deep = analyze(net(['self.a = nn.ReLU()'], ['return self.forward(x)']), [3, 8, 8]);
    expect(deep.unknowns[0]?.reason).toMatch(/too deep/);
  });
});

describe('what stands where', () => {
  test('variables and statements of forward have their shapes; one line may have several', () => {
    const analysis = analyze(
      net(
        ['self.a = nn.Conv2d(3, 3, 3)', 'self.n = 2'],
        ['for _ in range(self.n):', '    x = self.a(x)', 'y = x.flatten(1)', 'return y'],
      ),
      [3, 8, 8],
    );
    const statements = analysis.mentions.filter(({ kind }) => kind === 'statement');
    const shapes = statements.map(({ range, values }) => [
      range.startLine,
      ...values.map(({ value }) => formatValueShape(value)),
    ]);
    expect(shapes).toEqual([
      [11, '(N, 3, 6, 6)', '(N, 3, 4, 4)'],
      [12, '(N, 48)'],
      [13, '(N, 48)'],
    ]);
    expect(analysis.mentions.find(({ kind, name }) => kind === 'name' && name === 'y')?.values).toHaveLength(1);
  });

  test('shared modules are counted once', () => {
    const analysis = analyze(net(['self.a = nn.Conv2d(3, 3, 3, padding=1)'], ['return self.a(self.a(x))']), [3, 8, 8]);
    expect(analysis.calls.map(({ repeated }) => repeated)).toEqual([false, false, true]);
    expect(analysis.totals.parameters).toBe(84);
    expect(analysis.calls[1]).toMatchObject({ parameterFormula: '3·(3·3² + 1)' });
    expect(analysis.calls[1]?.formulas[0]).toEqual({ name: 'H', text: '8 + 2·1 − 3 + 1 = 8' });
  });
});

describe('the input', () => {
  test.each([
    ['# input: (3, 20, 30)\nnet = nn.Sequential(nn.Conv2d(3, 4, 3))', '(N, 3, 20, 30)', 'comment'],
    ['net = nn.Sequential(nn.Conv2d(3, 4, 3))\nnet(torch.randn(8, 3, 16, 16))', '(N, 3, 16, 16)', 'call'],
    ['net = nn.Sequential(nn.Conv2d(3, 4, 3))', '(N, 3, H, W)', 'symbolic'],
    ['net = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))', '(N, 784)', 'symbolic'],
    ['net = nn.Sequential(nn.Conv1d(2, 4, 3))', '(N, 2, L)', 'symbolic'],
  ])('%s', (code, shape, origin) => {
    const { input } = analyze(code);
    expect([formatSizes(input.shape), input.origin.kind]).toEqual([shape, origin]);
  });

  test('without sizes only what compares two numbers of the code is a mistake', () => {
    const certain = analyze('net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Conv2d(5, 4, 3))');
    expect(certain.problems).toHaveLength(1);
    const open = analyze('net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(100, 4))');
    expect(open.problems).toEqual([]);
    expect(open.unknowns).toHaveLength(1);
  });
});

test('a file is shown by as many models as its classes need, the chosen one first', () => {
  const resnet = path.resolve(import.meta.dirname, '../../../samples/models/resnet.py');
  const request = {
    file: resnet,
    text: readFileSync(resnet, 'utf8'),
    language: 'python',
    inputs: {},
    classCounts: {},
  } as const;
  const all = analyzeFile({ ...request, target: null }, () => undefined);
  const shown = all.models.map(({ target, modules }) => [target, modules.some(({ name }) => name === 'Bottleneck')]);
  expect(shown).toEqual([
    ['resnet18', false],
    ['resnet50', true],
  ]);
  expect(analyzeFile({ ...request, target: 'resnet50' }, () => undefined).models.map(({ target }) => target)).toEqual([
    'resnet50',
    'resnet18',
  ]);
});
