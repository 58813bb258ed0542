import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { analyzeModel } from '../../../src/core/analysis/analyze-model';
import type { ModelAnalysis } from '../../../src/core/analysis/model-analysis';
import { readPythonModule } from '../../../src/node/read-python-module';

/** What torch 1.13 says of a model with one number broken; made by test/fixtures/torch/mutations.py. */
type Mutant = readonly [
  line: number,
  start: number,
  end: number,
  replacement: string,
  /** 'ok', or the exception's type. */
  outcome: string,
  /** First and last lines of where the layer that refuses was made, and of the call that fails. */
  refusedAt: readonly (readonly [number, number])[],
];

interface MutatedModel {
  readonly file: string;
  readonly target: string;
  readonly input: readonly number[];
  readonly mutants: readonly Mutant[];
}

const root = path.resolve(import.meta.dirname, '../../..');
const models = JSON.parse(readFileSync(path.join(root, 'test/fixtures/mutations.json'), 'utf8')) as MutatedModel[];

describe.each(models)('$file $target', ({ file, target, input, mutants }) => {
  const text = readFileSync(path.join(root, file), 'utf8');
  const lines = text.split('\n');

  function analyze(source: string, batch: number | 'N' = 'N'): ModelAnalysis {
    return analyzeModel({
      file: path.join(root, file),
      text: source,
      target,
      readModule: readPythonModule,
      inputs: { '*': { shape: [batch, ...input], origin: { kind: 'given' } } },
    });
  }

  test('is told to be right as it stands', () => {
    const { problems, output } = analyze(text);
    expect(problems).toEqual([]);
    expect(output.kind).not.toBe('unknown');
  });

  test(`each of ${mutants.length} broken numbers is told where PyTorch refuses it, and only there`, () => {
    const wrong = mutants.flatMap(([line, start, end, replacement, outcome, refusedAt]) => {
      const before = lines[line - 1] ?? '';
      const broken = [
        ...lines.slice(0, line - 1),
        before.slice(0, start) + replacement + before.slice(end),
        ...lines.slice(line),
      ].join('\n');
      let { problems } = analyze(broken);
      // What depends on the batch size is told where that is given: PyTorch was given three images, and one.
      for (const batch of [3, 1])
        if (outcome !== 'ok' && problems.length === 0) ({ problems } = analyze(broken, batch));
      const [problem] = problems;
      const told = problems.map(({ range }) => range.startLine);
      const isRight = told.some((at) => refusedAt.some(([first, last]) => first <= at && at <= last));
      if (outcome === 'ok' ? !problem : problem && (isRight || refusedAt.length === 0)) return [];
      return [
        {
          mutant: `${line}: ${before.trim()} (${before.slice(start, end)} → ${replacement})`,
          torch: `${outcome} ${refusedAt.map(([first]) => first).join(' or ')}`,
          told: problem ? `${problem.range.startLine}: ${problem.message}` : 'nothing',
        },
      ];
    });
    expect(wrong).toEqual([]);
  }, 120_000);
});
