import { describe, expect, it } from 'vitest';
import type { FileAnalysis } from '../../../src/core/analysis/file-analysis';
import { lensTitles } from '../../../src/core/hints/lens-titles';
import { madeAnalysis, madeDeclaration, madeModel } from './made-analysis';

function shown(analysis: Partial<FileAnalysis>): string[] {
  return lensTitles(madeAnalysis(analysis)).map(({ line, title, action }) => `${line}: ${title} [${action.kind}]`);
}

const totals = {
  parameters: 25_557_032,
  frozenParameters: 0,
  stateBytes: 4,
  receptiveField: { kind: 'window', size: [427, 427], jump: [32, 32], start: [-213, -213] },
} as const;

describe('lenses', () => {
  it('stand over a model: train, summary, size, receptive field and input', () => {
    expect(shown({ models: [madeModel({ totals })] })).toEqual([
      '1: ▷ Train [train]',
      '1: Look Inside [lookInside]',
      '1: Summary [summary]',
      '1: 25.6 M parameters [summary]',
      '1: Receptive field 427 × 427 [summary]',
      '1: input (3, 32, 32) [setInputShape]',
    ]);
  });

  it('say which builder a class is shown for, over the class and over the builder', () => {
    const model = madeModel({
      target: 'resnet18',
      className: 'ResNet',
      modules: [
        { path: 'layer1.0', name: 'BasicBlock', leaf: false, parameters: 73_984 },
        { path: 'layer1.1', name: 'BasicBlock', leaf: false, parameters: 73_984 },
      ],
    });
    const declarations = [
      madeDeclaration({ name: 'BasicBlock', line: 3, requiredArguments: ['planes'], usedByAnother: true }),
      madeDeclaration({ name: 'ResNet', line: 30, requiredArguments: ['block'], usedByAnother: true }),
      madeDeclaration({ name: 'resnet18', kind: 'function', line: 60 }),
      madeDeclaration({ name: 'resnet50', kind: 'function', line: 64 }),
    ];
    const titles = shown({ models: [model], declarations });
    expect(titles).toContain('3: 74.0 k parameters, the first of 2 in resnet18 [none]');
    expect(titles).toContain('30: as resnet18 [chooseTarget]');
    expect(titles).toContain('60: ▷ Train [train]');
    expect(titles).not.toContain('60: as resnet18 [chooseTarget]');
    expect(titles.filter((title) => title.startsWith('64'))).toEqual([
      '64: ▷ Train [train]',
      '64: Show Shapes [showTarget]',
    ]);
  });

  it('say that sizes are not given, and count problems', () => {
    const problem = {
      range: { file: '', startLine: 1, startColumn: 0, endLine: 1, endColumn: 1 },
      message: 'No.',
      related: [],
    };
    const input = { shape: ['N', 3, 'H', 'W'], origin: { kind: 'symbolic' } } as const;
    const titles = shown({ models: [madeModel({ input, problems: [problem] })] });
    expect(titles).toContain('1: input of any size [setInputShape]');
    expect(titles).toContain('1: 1 problem [none]');
  });

  it('do not offer to train Keras models, nor another input than that of their code', () => {
    const input = { shape: ['N', 28, 28, 1], origin: { kind: 'code' } } as const;
    const titles = shown({ framework: 'keras', models: [madeModel({ framework: 'keras', input })] });
    expect(titles).toEqual(['1: Summary [summary]', '1: 1.00 k parameters [summary]', '1: input (28, 28, 1) [none]']);
  });

  it('say why a model was not read, in short, with the line in the tooltip', () => {
    const reason = `The module '${'x'.repeat(100)}' was not found.`;
    const [train, failure] = lensTitles(madeAnalysis({ models: [], failures: [{ target: 'Net', reason, line: 7 }] }));
    expect(train?.title).toBe('▷ Train');
    expect(failure?.title).toMatch(/^Not read: The module 'x+…$/);
    expect(failure?.tooltip).toBe(`Line 7: ${reason}`);
  });

  it('leave alone what needs arguments and is in no model', () => {
    const declarations = [madeDeclaration({ name: 'Block', requiredArguments: ['planes'] })];
    expect(shown({ models: [], declarations })).toEqual([]);
  });
});
