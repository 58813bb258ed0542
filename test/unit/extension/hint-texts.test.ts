import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { countSyntaxErrors } from '../../../src/analysis-thread/count-syntax-errors';
import { findModels } from '../../../src/core/python/find-models';
import { mayHoldModel } from '../../../src/extension/analysis/may-hold-model';
import { knownInputs } from '../../../src/extension/analysis/known-inputs';
import { inputComment } from '../../../src/extension/hints/input-comment';
import { parseInputShape } from '../../../src/extension/hints/parse-input-shape';

describe('an input shape that a person writes', () => {
  it.each(['3,224,224', '(3, 224, 224)', '[3,224,224]', '3 x 224 x 224', ' 3, 224, 224, '])(
    'is read from %s',
    (text) => {
      expect(parseInputShape(text)).toEqual([3, 224, 224]);
    },
  );

  it.each(['', '3,,2', 'three', '0, 1', '-1', '1.5', '1,2,3,4,5,6'])('is none in "%s"', (text) => {
    expect(parseInputShape(text)).toBeUndefined();
  });

  it('is what the setting takes', () => {
    const { contributes } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      contributes: { configuration: { properties: Record<string, { pattern?: string }> } };
    };
    const pattern = new RegExp(contributes.configuration.properties['cnn-lab.inputShape']?.pattern ?? 'none');
    for (const text of ['', '3,224,224', '(1, 28, 28)', '3 x 32 x 32', '784']) expect(text).toMatch(pattern);
    for (const text of ['three', '3,', '3;2']) expect(pattern.test(text) && !parseInputShape(text)).toBe(false);
  });
});

describe('the comment of an input shape', () => {
  const lines = ['import torch', '', '@register', 'class Net(nn.Module):', '    pass'];

  it('is written above the class, where it is found again', () => {
    const edit = inputComment(lines, [3, 224, 224], { comment: undefined, definition: 3 });
    expect(edit).toEqual({ kind: 'insert', line: 3, text: '# input: (3, 224, 224)' });
    const text = [...lines.slice(0, 3), edit.text, ...lines.slice(3)].join('\n');
    expect(findModels(text, 'net.py')[0]?.inputShape).toEqual([3, 224, 224]);
  });

  it('is indented as what it stands above', () => {
    expect(inputComment(['    class Net:'], [4], { comment: undefined, definition: 0 }).text).toBe('    # input: (4,)');
  });

  it('takes the place of the one that is there, and leaves the rest of its line', () => {
    const edit = inputComment(['    # input: (1, 28, 28)  MNIST'], [3, 32, 32], { comment: 0, definition: 4 });
    expect(edit).toEqual({ kind: 'replace', line: 0, text: '    # input: (3, 32, 32)  MNIST' });
    const short = inputComment(['x = 1  # input shape: 1x28x28'], [3, 32, 32], { comment: 0, definition: 4 });
    expect(short.text).toBe('x = 1  # input shape: (3, 32, 32)');
  });
});

describe('texts that are worth a look', () => {
  it('name what models are made of', () => {
    expect(mayHoldModel('import torch.nn as nn', 'python')).toBe(true);
    expect(mayHoldModel('from tensorflow import keras', 'python')).toBe(true);
    expect(mayHoldModel('import os\nprint(1)', 'python')).toBe(false);
    expect(mayHoldModel('model.add(tf.layers.dense({units: 1}))', 'javascript')).toBe(true);
    expect(mayHoldModel("import {layers} from '@tensorflow/tfjs'", 'typescript')).toBe(true);
    expect(mayHoldModel('const layers = map.getLayers()', 'javascript')).toBe(false);
    expect(mayHoldModel('const tf = 1', 'typescript')).toBe(false);
  });

  it('have more syntax errors while one types', () => {
    expect(countSyntaxErrors('x = f(1)\n', 'python')).toBe(0);
    expect(countSyntaxErrors('x = f(1\ny = 2\n', 'python')).toBeGreaterThan(0);
    expect(countSyntaxErrors('const x: number = f<string>(1);', 'typescript')).toBe(0);
    expect(countSyntaxErrors('const x = <div>{tf}</div>;', 'javascript')).toBe(0);
    expect(countSyntaxErrors('const x = {a: 1;', 'javascript')).toBeGreaterThan(0);
  });
});

describe('what is known besides the code', () => {
  it('is the data that a model was trained on, and the setting for all', () => {
    const data = { Net: { name: 'digits', path: '/d', imageShape: [1, 28, 28], classCount: 10 } };
    expect(knownInputs(data, [3, 32, 32])).toEqual({
      inputs: {
        '*': { shape: ['N', 3, 32, 32], origin: { kind: 'setting' } },
        Net: { shape: ['N', 1, 28, 28], origin: { kind: 'dataset', name: 'digits' } },
      },
      classCounts: { Net: 10 },
    });
    expect(knownInputs({}, undefined)).toEqual({ inputs: {}, classCounts: {} });
  });
});
