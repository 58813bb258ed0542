import { describe, expect, it } from 'vitest';
import { hoverText } from '../../../src/core/hints/hover-text';
import type { FileAnalysis } from '../../../src/core/analysis/file-analysis';
import type { ModuleCall } from '../../../src/core/analysis/model-analysis';
import { madeAnalysis, madeCall, madeDeclaration, madeFile, madeModel, rangeOf, tensor } from './made-analysis';

const text = `class Net(nn.Module):
    # input: (3, 224, 224)
    def __init__(self):
        self.conv1 = nn.Conv2d(3, 64, kernel_size=7, stride=2, padding=3)
        self.relu = nn.ReLU()

    def forward(self, x):
        x = self.relu(self.conv1(x))
        return torch.cat([x, x], 1)
`;

const conv = madeCall({
  name: 'Conv2d',
  path: 'conv1',
  made: rangeOf(text, 'nn.Conv2d(3, 64, kernel_size=7, stride=2, padding=3)'),
  called: rangeOf(text, 'self.conv1(x)'),
  inputs: [tensor('N', 3, 224, 224)],
  output: tensor('N', 64, 112, 112),
  parameters: 9472,
  parameterFormula: '64·(3·7² + 1)',
  flops: 236_027_904,
  activationBytes: 3_211_264,
  receptiveField: { kind: 'window', size: [7, 7], jump: [2, 2], start: [-3, -3] },
  formulas: [
    { name: 'H', text: '⌊(224 + 2·3 − 7)/2⌋ + 1 = 112' },
    { name: 'W', text: '⌊(224 + 2·3 − 7)/2⌋ + 1 = 112' },
  ],
});
const conv1Module = {
  path: 'conv1',
  name: 'Conv2d',
  leaf: true,
  made: rangeOf(text, 'nn.Conv2d(3, 64, kernel_size=7, stride=2, padding=3)'),
  assigned: rangeOf(text, 'self.conv1'),
  parameters: 9472,
};
const input = {
  shape: ['N', 3, 224, 224],
  origin: { kind: 'comment', range: rangeOf(text, '# input: (3, 224, 224)') },
} as const;
const cat = madeCall({
  kind: 'function',
  name: 'cat',
  called: rangeOf(text, 'torch.cat([x, x], 1)'),
  inputs: [tensor('N', 64, 112, 112), tensor('N', 64, 112, 112)],
  output: tensor('N', 128, 112, 112),
});

function analysisOf(calls: readonly ModuleCall[], model = {}): FileAnalysis {
  return madeAnalysis({ models: [madeModel({ calls, modules: [conv1Module], input, ...model })] });
}

/** The hover at the first place of `code`. */
function hoverAt(
  analysis: FileAnalysis,
  code: string,
  options: { word?: string; batchSize?: number; uri?: string } = {},
) {
  const { startLine, startColumn } = rangeOf(text, code);
  return hoverText(
    analysis,
    { file: madeFile, line: startLine, column: startColumn, ...(options.word ? { word: options.word } : {}) },
    {
      batchSize: options.batchSize ?? 1,
      placeOf: (range) => `line ${range.startLine}`,
      ...(options.uri ? { documentUri: options.uri } : {}),
    },
  );
}

const convText = `\`\`\`text
Conv2d  (N, 3, 224, 224) → (N, 64, 112, 112)
\`\`\`
H, W: ⌊(224 + 2·3 − 7)/2⌋ + 1 = 112  
Parameters: 64·(3·7² + 1) = 9,472  
FLOPs: 236 M for one image  
Activations: 3.06 MiB for one image  
Receptive field: 7 × 7, jump 2  
Module: \`conv1\`

Input (N, 3, 224, 224): the comment (line 2)`;

describe('the hover of a layer', () => {
  it('says shapes, formulas, parameters, cost and receptive field, and where the input comes from', () => {
    expect(hoverAt(analysisOf([conv]), 'nn.Conv2d')?.markdown).toBe(convText);
  });

  it('says the same where the layer is assigned, made and called', () => {
    const analysis = analysisOf([conv]);
    for (const code of ['self.conv1 =', 'kernel_size=7', 'self.conv1(x)']) {
      expect(hoverAt(analysis, code)?.markdown).toBe(convText);
    }
    expect(hoverAt(analysis, 'self.conv1 =')?.range).toEqual(rangeOf(text, 'self.conv1'));
  });

  it('tells activation memory for the batch that is set', () => {
    expect(hoverAt(analysisOf([conv]), 'nn.Conv2d', { batchSize: 32 })?.markdown).toContain(
      'Activations: 98.0 MiB for a batch of 32',
    );
  });

  it('takes the innermost of calls in each other', () => {
    const relu = madeCall({ name: 'ReLU', path: 'relu', called: rangeOf(text, 'self.relu(self.conv1(x))') });
    const analysis = analysisOf([relu, conv]);
    expect(hoverAt(analysis, 'self.conv1(x)')?.markdown).toContain('Conv2d  (N, 3');
    expect(hoverAt(analysis, 'self.relu(self')?.markdown).toContain('ReLU  ');
  });

  it('is a table where one line makes layers of different shapes', () => {
    const calls = Array.from({ length: 15 }, (_, index) => ({
      ...conv,
      path: `layers.${index}`,
      inputs: [tensor('N', 2 ** index, 8, 8)],
    }));
    const markdown = hoverAt(analysisOf(calls), 'nn.Conv2d')?.markdown ?? '';
    const lines = markdown.split('\n');
    expect(lines.slice(0, 3)).toEqual(['```text', 'Conv2d  ×15', '```']);
    expect(lines[4]).toBe('| Path | Shapes | Parameters |');
    expect(lines[6]).toBe('| `layers.0` | `(N, 1, 8, 8) → (N, 64, 112, 112)` | 9,472 |');
    expect(lines.filter((line) => line.startsWith('| `'))).toHaveLength(12);
    expect(markdown).toContain('… and 3 more');
  });

  it('says one shape once, with all paths, where one line makes equal layers', () => {
    const calls = ['a', 'b', 'c', 'd', 'e', 'f'].map((path) => ({ ...conv, path }));
    expect(hoverAt(analysisOf(calls), 'nn.Conv2d')?.markdown).toContain('6 modules: `a`, `b`, `c`, `d` and 2 more');
  });

  it('says that the parameters of a layer that is called again are shared', () => {
    const analysis = analysisOf([conv, { ...conv, index: 1, repeated: true }]);
    expect(hoverAt(analysis, 'nn.Conv2d')?.markdown).toContain(
      'Called 2 times: its parameters are shared, and count once.',
    );
  });

  it('tells the range of receptive fields where paths differ, and the whole input', () => {
    const field = { kind: 'window', size: [43, 43], smallest: [11, 11], jump: [4, 8], start: [0, 0] } as const;
    const withField = (receptiveField: ModuleCall['receptiveField']) =>
      hoverAt(analysisOf([{ ...conv, ...(receptiveField ? { receptiveField } : {}) }]), 'nn.Conv2d')?.markdown;
    expect(withField(field)).toContain('Receptive field: 11 × 11 to 43 × 43, jump 4 × 8');
    expect(withField({ kind: 'global' })).toContain('Receptive field: the whole input');
  });

  it('says why an output is not known', () => {
    const output = {
      kind: 'unknown',
      reason: 'The size of `mask` is not known.',
      range: rangeOf(text, 'x = self'),
    } as const;
    expect(hoverAt(analysisOf([{ ...conv, output }]), 'nn.Conv2d')?.markdown).toContain(
      'Output not known: The size of \\`mask\\` is not known. (line 8)',
    );
  });

  it('tells problems of the layer that are underlined elsewhere, and not those that are underlined here', () => {
    const range = rangeOf(text, 'self.conv1(x)');
    const problem = { range, message: 'Expected 3 channels, got 1.', path: 'conv1', related: [] };
    const analysis = analysisOf([conv], { problems: [problem] });
    expect(hoverAt(analysis, 'nn.Conv2d')?.markdown).toContain('Expected 3 channels, got 1. (line 8)');
    expect(hoverAt(analysis, 'self.conv1(x)')?.markdown).not.toContain('Expected');
    const output = { kind: 'unknown', reason: problem.message } as const;
    const unknown = analysisOf([{ ...conv, output }], { problems: [problem] });
    expect(hoverAt(unknown, 'self.conv1(x)')?.markdown).not.toContain('Expected');
    expect(hoverAt(unknown, 'nn.Conv2d')?.markdown.match(/Expected/g)).toHaveLength(1);
  });

  it('speaks of a container only where that begins', () => {
    const code = 'nn.Sequential(\n    nn.ReLU(),\n    unknown,\n)';
    const made = rangeOf(`x = ${code}`, code);
    const sequential = madeCall({
      name: 'Sequential',
      path: 'body',
      leaf: false,
      made,
      called: rangeOf(text, 'self.relu(self'),
    });
    const analysis = analysisOf([sequential]);
    const at = (line: number) =>
      hoverText(analysis, { file: madeFile, line, column: 6 }, { batchSize: 1, placeOf: () => '' })?.markdown;
    expect(at(1)).toContain('Sequential');
    expect(at(3)).toBeUndefined();
  });

  it('says of a layer that is never called what is known all the same', () => {
    expect(hoverAt(analysisOf([]), 'self.conv1 =')?.markdown).toContain(
      'Made as `conv1`, and not called for this input.',
    );
  });
});

describe('the hover of functions and variables', () => {
  it('says what goes in and what comes out', () => {
    expect(hoverAt(analysisOf([cat]), 'torch.cat')?.markdown).toContain(
      'cat  (N, 64, 112, 112), (N, 64, 112, 112) → (N, 128, 112, 112)',
    );
  });

  it('says the shape of a variable', () => {
    const x = { kind: 'name', name: 'x', range: rangeOf(text, 'x', 'cat([') } as const;
    const analysis = analysisOf([cat], {
      mentions: [{ ...x, values: [{ path: '', value: tensor('N', 64, 112, 112) }] }],
    });
    const { startLine, startColumn } = x.range;
    const found = hoverText(
      analysis,
      { file: madeFile, line: startLine, column: startColumn },
      { batchSize: 1, placeOf: () => '' },
    );
    expect(found?.markdown.split('\n')[1]).toBe('x  (N, 64, 112, 112)');
    expect(found?.range).toEqual(x.range);
  });

  it('is a table where a variable has different shapes in different modules', () => {
    const values = [1, 2].map((size) => ({ path: `layer${size}`, value: tensor('N', size) }));
    const analysis = analysisOf([], {
      mentions: [{ kind: 'name', name: 'x', range: rangeOf(text, 'x', 'forward'), values }],
    });
    const { startLine, startColumn } = rangeOf(text, 'x', 'forward');
    const found = hoverText(
      analysis,
      { file: madeFile, line: startLine, column: startColumn },
      { batchSize: 1, placeOf: () => '' },
    );
    expect(found?.markdown).toContain('| `layer1` | `(N, 1)` |\n| `layer2` | `(N, 2)` |');
  });
});

describe('the hover of a model', () => {
  const totals = {
    parameters: 11_689_512,
    frozenParameters: 0,
    stateBytes: 46_830_464,
    flops: 3_640_000_000,
    activationBytes: 41_500_000,
    receptiveField: { kind: 'window', size: [435, 435], jump: [32, 32], start: [-217, -217] },
  } as const;

  it('says its totals on its name, and nothing beside it', () => {
    const analysis = analysisOf([], { totals, output: tensor('N', 1000) });
    expect(hoverAt(analysis, 'Net', { word: 'Net' })?.markdown).toBe(`\`\`\`text
Net  (N, 3, 224, 224) → (N, 1000)
\`\`\`
Parameters: 11,689,512 (44.7 MiB with buffers)  
FLOPs: 3.64 G for one image  
Activations: 39.6 MiB for one image  
Receptive field: 435 × 435, jump 32 (convolutional part)

Input (N, 3, 224, 224): the comment (line 2)`);
    expect(hoverAt(analysis, 'nn.Module', { word: 'Module' })).toBeUndefined();
  });

  it('says how many blocks of a class it holds', () => {
    const modules = [0, 1].map((index) => ({ path: `layer.${index}`, name: 'Block', leaf: false, parameters: 73_984 }));
    const analysis = madeAnalysis({
      declarations: [madeDeclaration({ name: 'Block' }), madeDeclaration({ name: 'net', kind: 'function', line: 9 })],
      models: [madeModel({ target: 'net', modules })],
    });
    const markdown = hoverAt(analysis, 'Net', { word: 'Block' })?.markdown ?? '';
    expect(markdown).toContain('2 in `net`: `layer.0`, `layer.1`');
    expect(markdown).toContain('Parameters of `layer.0`: 73,984');
    expect(markdown).toContain('Shown for `net`');
  });

  it('says that sizes stay symbols, and offers to set them', () => {
    const symbolic = { shape: ['N', 3, 'H', 'W'], origin: { kind: 'symbolic' } } as const;
    const analysis = analysisOf([conv], { input: symbolic });
    const markdown = hoverAt(analysis, 'nn.Conv2d', { uri: 'file:///work/net.py' })?.markdown ?? '';
    const argument = encodeURIComponent(JSON.stringify([{ uri: 'file:///work/net.py', target: 'Net' }]));
    expect(markdown).toContain(
      `Input (N, 3, H, W): no sizes are given, so height and width stay symbols · ` +
        `[Set input shape](command:cnn-lab.setInputShape?${argument})`,
    );
  });

  it('writes shapes as Keras prints them, and offers no other input than that of the code', () => {
    const analysis = madeAnalysis({
      framework: 'keras',
      models: [
        madeModel({
          framework: 'keras',
          calls: [madeCall({ ...conv, inputs: [tensor('N', 28, 28, 1)], output: tensor('N', 24, 24, 8) })],
          input: { shape: ['N', 28, 28, 1], origin: { kind: 'code' } },
        }),
      ],
    });
    const markdown = hoverAt(analysis, 'nn.Conv2d', { uri: 'file:///work/net.py' })?.markdown ?? '';
    expect(markdown).toContain('Conv2d  (None, 28, 28, 1) → (None, 24, 24, 8)');
    expect(markdown).not.toContain('command:cnn-lab.setInputShape');
  });

  it('says which target is shown where there are several', () => {
    const models = ['resnet18', 'resnet50'].map((target) =>
      madeModel({ target, className: 'ResNet', calls: [conv], input }),
    );
    const analysis = madeAnalysis({
      models,
      declarations: ['resnet18', 'resnet50'].map((name) => madeDeclaration({ name, kind: 'function' })),
    });
    expect(hoverAt(analysis, 'nn.Conv2d', { uri: 'file:///work/net.py' })?.markdown).toMatch(
      /Shown for `resnet18` · \[Choose another\]\(command:cnn-lab\.chooseTarget\?/,
    );
  });

  it('knows nothing of other files and other lines', () => {
    const analysis = analysisOf([conv]);
    const options = { batchSize: 1, placeOf: () => '' };
    expect(hoverText(analysis, { file: '/work/other.py', line: 4, column: 25 }, options)).toBeUndefined();
    expect(hoverText(analysis, { file: madeFile, line: 6, column: 0 }, options)).toBeUndefined();
  });
});
