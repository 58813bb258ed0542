import { describe, expect, it } from 'vitest';
import { checkHead } from '../../../src/core/hints/check-head';
import type { FileAnalysis } from '../../../src/core/analysis/file-analysis';
import { distinctProblems, quickFixes } from '../../../src/core/hints/quick-fixes';
import type { ModelAnalysis, Problem } from '../../../src/core/analysis/model-analysis';
import { madeAnalysis, madeCall, madeDeclaration, madeModel, rangeOf, tensor } from './made-analysis';

const text = `class Net(nn.Module):
    def __init__(self, num_classes=10):
        self.conv = nn.Conv2d(3, 10, 1)
        self.fc = nn.Linear(10 * 10, 10)
        self.named = nn.Linear(in_features=10, out_features=10)
        self.variable = nn.Linear(10, num_classes)
`;

function head(code: string, name = 'Linear', output = tensor('N', 10)) {
  return madeCall({ name, path: 'head', made: rangeOf(text, code), called: rangeOf(text, code), output });
}

function warnings(
  calls: ModelAnalysis['calls'],
  options: { classes?: number; analysis?: Partial<FileAnalysis>; model?: Partial<ModelAnalysis> } = {},
) {
  const analysis = madeAnalysis({ models: [madeModel({ calls, ...options.model })], ...options.analysis });
  return checkHead(analysis, { text, classCounts: { Net: options.classes ?? 4 } });
}

describe('a head that disagrees with the data', () => {
  it('is told, with the number replaced by the fix', () => {
    const [warning] = warnings([head('nn.Linear(10 * 10, 10)')]);
    expect(warning?.message).toBe(
      'This layer gives 10 scores, but the data set last used with Net has 4 classes. Change it to 4.',
    );
    expect(warning?.fix?.title).toBe('Change 10 to 4');
    expect(warning?.fix?.text).toBe('4');
    expect(warning?.fix?.range).toEqual(rangeOf(text, '10', ', 10)'));
  });

  it('finds the number behind its name, too', () => {
    const code = 'nn.Linear(in_features=10, out_features=10)';
    const [warning] = warnings([head(code)]);
    expect(warning?.fix?.range.endColumn).toBe(rangeOf(text, code).endColumn - 1);
  });

  it('takes a convolution for the head where nothing linear follows', () => {
    const [warning] = warnings([head('nn.Conv2d(3, 10, 1)', 'Conv2d', tensor('N', 10, 1, 1))]);
    expect(warning?.fix?.range).toEqual(rangeOf(text, '10', 'Conv2d(3'));
  });

  it('underlines the layer, and offers no fix, where the number is no number', () => {
    const code = 'nn.Linear(10, num_classes)';
    const [warning] = warnings([head(code)]);
    expect(warning?.range).toEqual(rangeOf(text, code));
    expect(warning?.fix).toBeUndefined();
  });

  it('is not told where the numbers agree, no data set is known, or the model takes the number itself', () => {
    const calls = [head('nn.Linear(10 * 10, 10)')];
    expect(warnings(calls, { classes: 10 })).toEqual([]);
    expect(checkHead(madeAnalysis({ models: [madeModel({ calls })] }), { text, classCounts: {} })).toEqual([]);
    expect(warnings(calls, { analysis: { declarations: [madeDeclaration({ takesClassCount: true })] } })).toEqual([]);
  });

  it('is not told where the output is not one of scores, or not known', () => {
    const calls = [head('nn.Linear(10 * 10, 10)')];
    expect(warnings(calls, { model: { output: tensor('N', 10, 8, 8) } })).toEqual([]);
    expect(warnings(calls, { model: { output: { kind: 'unknown', reason: 'no' } } })).toEqual([]);
    // Something between the layer and the output changes their number.
    expect(warnings(calls, { model: { output: tensor('N', 20) } })).toEqual([]);
  });
});

describe('quick fixes', () => {
  const range = rangeOf(text, '10 * 10');
  const problem: Problem = {
    range,
    message: 'Expected 1800 features.',
    related: [],
    fix: { title: 'Change in_features to 1800', range, text: '1800' },
  };

  it('replace what is wrong', () => {
    const analysis = madeAnalysis({ models: [madeModel({ problems: [problem] })] });
    expect(quickFixes(analysis, problem)).toEqual([
      { kind: 'replace', title: 'Change in_features to 1800', range, text: '1800' },
    ]);
  });

  it('offer another input, second, where the code does not say what goes in', () => {
    for (const kind of ['setting', 'symbolic'] as const) {
      const input = { shape: ['N', 3, 32, 32], origin: { kind } };
      const analysis = madeAnalysis({ models: [madeModel({ problems: [problem], input })] });
      expect(quickFixes(analysis, problem).map((fix) => fix.kind)).toEqual(['replace', 'setInputShape']);
    }
  });

  it('are those of one problem where models share it', () => {
    expect(distinctProblems([problem, { ...problem }, { ...problem, message: 'Another.' }])).toHaveLength(2);
  });
});
