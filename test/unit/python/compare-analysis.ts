import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { analyzeModel } from '../../../src/core/analysis/analyze-model';
import type { ModelAnalysis, ValueShape } from '../../../src/core/analysis/model-analysis';
import { readPythonModule } from '../../../src/node/read-python-module';

/** Shape of a tensor, or of each of several values; null for what is none. */
type Shapes = readonly (Shapes | number | string | null)[] | null;

/** What torch 1.13 says of a model; made by test/fixtures/torch/model_styles.py. */
interface TorchRecord {
  readonly file: string;
  readonly target: string;
  /** Of one image. */
  readonly inputShape: readonly number[];
  readonly stateDict: readonly (readonly [string, readonly number[]])[];
  /** Number of trained values. */
  readonly parameters: number;
  /** Leaf modules in order of their calls: path, class, output shapes. */
  readonly calls: readonly (readonly [string, string, Shapes])[];
  readonly output: Shapes;
}

const root = path.resolve(import.meta.dirname, '../../..');

/** The analysis of a model in a folder, for images of that shape. */
export function analyze(
  folder: string,
  file: string,
  target: string,
  image: readonly number[],
  batch: number | 'N' = 2,
): ModelAnalysis {
  const name = path.join(root, folder, file);
  return analyzeModel({
    file: name,
    text: readFileSync(name, 'utf8'),
    target,
    readModule: readPythonModule,
    inputs: { '*': { shape: [batch, ...image], origin: { kind: 'setting' } } },
  });
}

/** Tests that our analyses of the models in a folder say what PyTorch said of them. */
export function compareAnalyses(folder: string, fixture: string): void {
  const records = JSON.parse(readFileSync(path.join(root, 'test/fixtures', fixture), 'utf8')) as TorchRecord[];

  describe.each(records)('$file $target is what PyTorch builds', (record) => {
    const analysis = analyze(folder, record.file, record.target, record.inputShape);

    test('nothing is refused or unknown', () => {
      expect(analysis.problems).toEqual([]);
      expect(analysis.unknowns).toEqual([]);
    });

    test('parameters and buffers have its names, shapes and order', () => {
      expect(analysis.state.map(({ name, shape }) => [name, shape])).toEqual(record.stateDict);
      expect(analysis.totals.parameters).toBe(record.parameters);
    });

    test('every layer has its output shape, in its order', () => {
      // nn.MultiheadAttention holds a Linear that is never called: it is one layer.
      const calls = analysis.calls.filter(
        ({ kind, leaf, name }) => kind === 'module' && (leaf || name === 'MultiheadAttention'),
      );
      expect(calls.map(({ path: at, name, output }) => [at, name, withBatch(shapesOf(output))])).toEqual(
        record.calls.map(([at, name, output]) => [at, name, output]),
      );
    });

    test('the output agrees', () => {
      // A comment in the code says the shape with a batch of its own.
      expect(withBatch(shapesOf(analysis.output))).toEqual(record.output);
    });

    test('a symbolic batch size gives the same shapes', () => {
      const symbolic = analyze(folder, record.file, record.target, record.inputShape, 'N');
      expect(withBatch(shapesOf(symbolic.output))).toEqual(record.output);
    });
  });
}

function shapesOf(value: ValueShape): Shapes {
  switch (value.kind) {
    case 'tensor':
      return [...value.shape];
    case 'several':
      return value.items.map(shapesOf);
    default:
      return null;
  }
}

/** The shapes with the batch that the record has. */
function withBatch(shapes: Shapes): Shapes {
  return shapes && shapes.map((item) => (item === 'N' ? 2 : Array.isArray(item) ? withBatch(item as Shapes) : item));
}
