import { describe, expect, it } from 'vitest';
import { hoverText } from '../../../src/core/hints/hover-text';
import { inlayHints } from '../../../src/core/hints/inlay-hints';
import type { ModelAnalysis, ValueShape } from '../../../src/core/analysis/model-analysis';
import { madeAnalysis, madeCall, madeFile, madeModel, rangeOf, tensor } from './made-analysis';

const text = `class Net(nn.Module):
    def __init__(self):
        self.body = nn.Sequential(
            nn.Conv2d(3, 8, 3),  # wide
            nn.ReLU(), nn.MaxPool2d(2),
        )

    def forward(self, x):
        x = self.body(x); y = x
        x = F.relu(x)
        return torch.flatten(
            x, 1)
`;
const lines = text.split('\n');

/** The text with its hints, as it looks in the editor. */
function shown(models: readonly ModelAnalysis[]): string[] {
  const hints = inlayHints(madeAnalysis({ models }), lines);
  return lines.flatMap((line, index) =>
    hints
      .filter((hint) => hint.line === index + 1)
      .map(({ column, label }) => `${line.slice(0, column)} ${label}${line.slice(column)}`.trim()),
  );
}

function statement(code: string, ...values: ValueShape[]) {
  return {
    kind: 'statement',
    range: rangeOf(text, code),
    values: values.map((value) => ({ path: '', value })),
  } as const;
}

function layer(code: string, output: ValueShape, path: string) {
  const made = rangeOf(text, code);
  return madeCall({ name: code, path, made, called: made, output });
}

describe('inlay hints', () => {
  it('stand at the end of a statement, the last line where it has several', () => {
    const mentions = [
      statement('x = F.relu(x)', tensor('N', 8, 15, 15)),
      statement('return torch.flatten(\n            x, 1)', tensor('N', 1800)),
    ];
    expect(shown([madeModel({ mentions })])).toEqual(['x = F.relu(x) → (N, 8, 15, 15)', 'x, 1) → (N, 1800)']);
  });

  it('stand behind each layer of a Sequential, before its comment, one at most in a line', () => {
    const calls = [
      layer('nn.Conv2d(3, 8, 3)', tensor('N', 8, 30, 30), 'body.0'),
      layer('nn.ReLU()', tensor('N', 8, 30, 30), 'body.1'),
      layer('nn.MaxPool2d(2)', tensor('N', 8, 15, 15), 'body.2'),
    ];
    expect(shown([madeModel({ calls })])).toEqual([
      'nn.Conv2d(3, 8, 3), → (N, 8, 30, 30)  # wide',
      'nn.ReLU(), nn.MaxPool2d(2), → (N, 8, 15, 15)',
    ]);
  });

  it('stand behind a layer that is called where it is made, as in Keras', () => {
    const called = rangeOf(text, 'F.relu(x)');
    const made = { ...called, endColumn: called.endColumn - 3 };
    const dense = madeCall({ name: 'Dense', path: 'dense', made, called, output: tensor('N', 8) });
    expect(shown([madeModel({ framework: 'keras', calls: [dense] })])).toEqual(['x = F.relu(x) → (None, 8)']);
  });

  it('leave out layers that a function makes for others', () => {
    const code = 'torch.flatten(\n            x, 1)';
    expect(shown([madeModel({ calls: [layer(code, tensor('N', 8), 'conv')] })])).toEqual([]);
  });

  it('leave out layers that are called elsewhere too', () => {
    const inSequential = layer('nn.Conv2d(3, 8, 3)', tensor('N', 8, 30, 30), 'body.0');
    const elsewhere = { ...inSequential, path: 'conv', called: rangeOf(text, 'F.relu(x)') };
    expect(shown([madeModel({ calls: [inSequential, elsewhere] })])).toEqual([]);
  });

  it('show the first and the last shape of a line that is run many times', () => {
    const mentions = [
      statement('x = F.relu(x)', tensor('N', 64, 56, 56), tensor('N', 128, 28, 28), tensor('N', 512, 7, 7)),
    ];
    expect(shown([madeModel({ mentions })])).toEqual(['x = F.relu(x) → (N, 64, 56, 56) … (N, 512, 7, 7)']);
  });

  it('belong to the first model that a line is part of', () => {
    const [first, second] = [8, 16].map((size) =>
      madeModel({ mentions: [statement('x = F.relu(x)', tensor('N', size))] }),
    );
    expect(shown([first ?? madeModel(), second ?? madeModel()])).toEqual(['x = F.relu(x) → (N, 8)']);
  });

  it('do not stand on a line with a problem', () => {
    const mentions = [statement('x = F.relu(x)', tensor('N', 8))];
    const problems = [{ range: rangeOf(text, 'F.relu(x)'), message: 'No.', related: [] }];
    expect(shown([madeModel({ mentions, problems })])).toEqual([]);
  });

  it('show a question mark where the knowledge ends, and nothing after it', () => {
    const unknown = (code: string): ValueShape => ({ kind: 'unknown', reason: 'no', range: rangeOf(text, code) });
    const mentions = [
      statement('x = F.relu(x)', unknown('F.relu(x)')),
      statement('return torch.flatten(\n            x, 1)', unknown('F.relu(x)')),
    ];
    const unknowns = [{ range: rangeOf(text, 'F.relu(x)'), reason: 'no' }];
    expect(shown([madeModel({ mentions, unknowns })])).toEqual(['x = F.relu(x) → ?']);
  });

  it('leave a statement out behind which more code stands, and values that are no tensors', () => {
    const mentions = [
      statement('x = self.body(x)', tensor('N', 8)),
      statement('x = F.relu(x)', { kind: 'other', text: '3' }),
    ];
    expect(shown([madeModel({ mentions })])).toEqual([]);
  });

  it('are about the outermost call of the statement: that is what the tooltip explains', () => {
    const mentions = [statement('x = F.relu(x)', tensor('N', 8))];
    const called = rangeOf(text, 'F.relu(x)');
    const calls = [
      madeCall({ kind: 'function', name: 'inner', called: { ...called, startColumn: called.startColumn + 2 } }),
      madeCall({ kind: 'function', name: 'relu', called }),
    ];
    const analysis = madeAnalysis({ models: [madeModel({ mentions, calls })] });
    const [hint] = inlayHints(analysis, lines);
    expect(hint?.about).toEqual(called);
    const tooltip = hint && hoverText(analysis, hint.about, { batchSize: 1, placeOf: () => '' });
    expect(tooltip?.markdown).toContain('relu  → (N, 10)');
  });

  it('leave out what stands in another file', () => {
    const elsewhere = { ...rangeOf(text, 'x = F.relu(x)'), file: '/work/blocks.py' };
    const mentions = [{ ...statement('x = F.relu(x)', tensor('N', 8)), range: elsewhere }];
    expect(madeFile).not.toBe(elsewhere.file);
    expect(shown([madeModel({ mentions })])).toEqual([]);
  });
});
