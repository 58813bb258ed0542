import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Graph, GraphNode } from '../../../src/core/graph/graph';
import { traceModel } from '../../../src/core/python/trace-model';
import { readPythonModule } from '../../../src/node/read-python-module';

/** What torch 1.13 says of a model; made by test/fixtures/torch/zoo_shapes.py and model_styles.py. */
interface TorchRecord {
  readonly file: string;
  readonly target: string;
  readonly inputShape: readonly number[];
  readonly stateDict: readonly (readonly [string, readonly number[]])[];
  /** Number of trained values. */
  readonly parameters: number;
  /** Leaf modules in order of their calls: path, class, output shape. */
  readonly calls: readonly (readonly [string, string, readonly number[]])[];
  readonly outputShape: readonly number[];
}

const root = path.resolve(import.meta.dirname, '../../..');

/** Tests that our Graphs of the models in a folder say what PyTorch said of them. */
export function compareWithTorch(folder: string, fixture: string): void {
  const records = JSON.parse(readFileSync(path.join(root, 'test/fixtures', fixture), 'utf8')) as TorchRecord[];

  describe.each(records)('$file $target is what PyTorch builds', (record) => {
    const file = path.join(root, folder, record.file);
    const text = readFileSync(file, 'utf8');
    const trace = (inputShape: readonly (number | string)[]): Graph =>
      traceModel({ file, text, target: record.target, inputShape, readModule: readPythonModule }).graph;
    const graph = trace(record.inputShape);

    test('parameters and buffers have its names, shapes and order', () => {
      const state = graph.nodes.filter(isState);
      expect(state.map((node) => [node.path, node.type.shape])).toEqual(record.stateDict);
      expect(graph.nodes.slice(0, state.length).every(isState)).toBe(true);
    });

    test('every layer that computes has its output shape, in its order', () => {
      // Identity computes nothing, so it stands in no Graph.
      const calls = record.calls.filter(([, type]) => type !== 'Identity');
      const leaves = new Set(calls.map(([name]) => name));
      const computed = graph.nodes.filter((node) => !isState(node) && node.path !== '' && leaves.has(node.path ?? ''));
      expect(computed.map((node) => [node.path, node.type.shape])).toEqual(
        calls.map(([name, , shape]) => [name, shape]),
      );
    });

    test('the output and the number of parameters agree', () => {
      expect(outputShape(graph)).toEqual(record.outputShape);
      const count = graph.nodes
        .filter((node) => node.op === 'parameter')
        .reduce(
          (total, { type }) => total + type.shape.reduce<number>((product, size) => product * Number(size), 1),
          0,
        );
      expect(count).toBe(record.parameters);
    });

    test('a symbolic batch size gives the same shapes', () => {
      expect(outputShape(trace(['N', ...record.inputShape.slice(1)]))).toEqual(['N', ...record.outputShape.slice(1)]);
    });

    test('every node has a module path and a place in the source', () => {
      const made = graph.nodes.filter((node) => node.op !== 'input' && node.op !== 'constant');
      expect(made.filter((node) => node.path === undefined || node.source === undefined)).toEqual([]);
    });
  });
}

function isState(node: GraphNode): boolean {
  return node.op === 'parameter' || node.op === 'buffer';
}

function outputShape(graph: Graph): unknown {
  return graph.outputs.map((id) => graph.nodes[id]?.type.shape)[0];
}
