import { analyzeModel } from '../../../src/core/analysis/analyze-model';
import type { ModelAnalysis } from '../../../src/core/analysis/model-analysis';
import { formatValueShape } from '../../../src/core/analysis/format-value-shape';
import type { Graph, Shape } from '../../../src/core/graph/graph';
import { SourceError } from '../../../src/core/python/source-error';
import { traceModel } from '../../../src/core/python/trace-model';

const header = `import keras
import tensorflow as tf
from keras import layers, ops
`;

/** Reads a model of the given code; images are RGB with 32 × 32 pixels where it does not say its input. */
export function traceKeras(text: string, target: string | null = 'model', inputShape: Shape = ['N', 3, 32, 32]): Graph {
  return traceModel({ file: 'model.py', text, target, inputShape }).graph;
}

/** The code with what all tests import above it. */
export function withImports(code: string): string {
  return `${header}${code}\n`;
}

export function analyzeKeras(text: string, target = 'model'): ModelAnalysis {
  return analyzeModel({ file: 'model.py', text, target, language: 'python' });
}

/** What a layer gives for a symbolic input of that shape: shapes as Keras writes them, and how many values its weights have. */
export function layerResult(layer: string, input: string): { shape: string; trained: number; other: number } {
  const text = withImports(`i = keras.Input(${input})\nmodel = keras.Model(i, ${layer}(i))`);
  const analysis = analyzeKeras(text);
  const [problem] = [
    ...analysis.problems.map(({ message }) => message),
    ...analysis.unknowns.map(({ reason }) => reason),
  ];
  if (problem !== undefined) throw new Error(problem);
  const count = (trained: boolean): number =>
    analysis.state
      .filter((entry) => entry.trained === trained)
      .reduce((sum, { shape }) => sum + shape.reduce<number>((product, size) => product * Number(size), 1), 0);
  return { shape: formatValueShape(analysis.output, 'keras'), trained: count(true), other: count(false) };
}

/** Shapes of all layer calls, `conv2d (None, 26, 26, 32)`. */
export function layerShapes(analysis: ModelAnalysis): readonly string[] {
  return analysis.calls
    .filter(({ kind, path }) => kind === 'module' && path !== '')
    .map(({ path, output }) => `${path} ${formatValueShape(output, 'keras')}`);
}

/** Values of parameters and of buffers. */
export function weightCounts(graph: Graph): { readonly trained: number; readonly other: number } {
  const count = (op: string): number =>
    graph.nodes
      .filter((node) => node.op === op)
      .reduce((sum, { type }) => sum + type.shape.reduce<number>((product, size) => product * Number(size), 1), 0);
  return { trained: count('parameter'), other: count('buffer') };
}

/** The error that reading the code ends with. */
export function kerasError(text: string, target = 'model'): SourceError {
  try {
    traceKeras(text, target);
  } catch (error) {
    if (error instanceof SourceError) return error;
    throw error;
  }
  throw new Error('No error was thrown');
}
