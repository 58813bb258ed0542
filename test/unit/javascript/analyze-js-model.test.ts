import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { analyzeModel } from '../../../src/core/analysis/analyze-model';
import type { ModelAnalysis } from '../../../src/core/analysis/model-analysis';

const folder = path.join(import.meta.dirname, '../../fixtures/javascript');

function analyzeFile(file: string): ModelAnalysis {
  return analyzeModel({ file, text: readFileSync(path.join(folder, file), 'utf8'), target: null });
}

/** `conv2d_Conv2D1 5 → N×6×6×4`: a layer, the line where it is made, its output as TensorFlow.js shows it. */
function callsOf({ calls }: ModelAnalysis): string[] {
  return calls
    .filter(({ parent }) => parent !== undefined)
    .map(({ path: layer, made, output }) => {
      const shape = output.kind === 'tensor' ? output.shape.join('×') : output.kind;
      return `${layer} ${made?.startLine} → ${shape}`;
    });
}

describe('what is known of TensorFlow.js code in the editor', () => {
  test('every layer has its shape at its line', () => {
    const analysis = analyzeFile('digits-sequential.js');
    expect(analysis).toMatchObject({ framework: 'tensorflow.js', className: 'Sequential', problems: [], unknowns: [] });
    expect(analysis.input).toMatchObject({ shape: ['N', 28, 28, 1], origin: { kind: 'code' } });
    expect(analysis.totals.parameters).toBe(5_994);
    expect(callsOf(analysis)).toEqual([
      'conv2d_Conv2D1 10 → N×24×24×8',
      'max_pooling2d_MaxPooling2D1 19 → N×12×12×8',
      'conv2d_Conv2D2 21 → N×8×8×16',
      'max_pooling2d_MaxPooling2D2 29 → N×4×4×16',
      'flatten_Flatten1 30 → N×256',
      'dense_Dense1 31 → N×10',
    ]);
  });

  test('the layers before one that does not fit keep their shapes', () => {
    const analysis = analyzeFile('broken-kernel.js');
    expect(callsOf(analysis)).toEqual([
      'conv2d_Conv2D1 5 → N×6×6×4',
      'max_pooling2d_MaxPooling2D1 6 → N×3×3×4',
      'conv2d_Conv2D2 7 → unknown',
    ]);
    expect(analysis.problems).toHaveLength(1);
    expect(analysis.problems[0]).toMatchObject({ range: { startLine: 7, startColumn: 12 } });
    expect(analysis.graph).toBeUndefined();
  });

  test('a layer that could not be made is said once, and what comes after it is not known', () => {
    const analysis = analyzeFile('broken-option.js');
    expect(analysis.problems.map(({ message, range }) => [range.startLine, message])).toEqual([
      [5, "Error: tf.layers.conv2d needs the option 'filters'."],
    ]);
    expect(analysis.unknowns).toEqual([]);
    expect(analysis.output.kind).toBe('unknown');
  });

  test('recurrent layers count their parameters as TensorFlow.js does', () => {
    const text = `const model = tf.sequential({layers: [
      tf.layers.lstm({ units: 16, inputShape: [20, 8], returnSequences: true, name: 'long' }),
      tf.layers.gru({ units: 4, name: 'short' }),
    ]});`;
    const analysis = analyzeModel({ file: 'model.js', text, target: 'model' });
    expect(callsOf(analysis)).toEqual(['long 2 → N×20×16', 'short 3 → N×4']);
    // 4·(16·(8 + 16) + 16), and 3·(4·(16 + 4) + 4): one bias.
    expect(analysis.calls.map(({ parameters }) => parameters).slice(1)).toEqual([1_600, 252]);
  });

  test('a layer that is not supported is no problem', () => {
    const text = `export function build() {
  const model = tf.sequential();
  model.add(tf.layers.dense({ units: 2, inputShape: [3], name: 'first' }));
  model.add(tf.layers.categoryEncoding({ numTokens: 4 }));
  model.add(tf.layers.dense({ units: 1 }));
  return model;
}`;
    const analysis = analyzeModel({ file: 'model.js', text, target: null });
    expect(analysis.problems).toEqual([]);
    expect(analysis.unknowns.map(({ range, reason }) => [range.startLine, reason])).toEqual([
      [4, 'tf.layers.categoryEncoding is not supported yet.'],
    ]);
    expect(callsOf(analysis)[0]).toBe('first 3 → N×2');
    expect(analysis.output.kind).toBe('unknown');
  });
});
