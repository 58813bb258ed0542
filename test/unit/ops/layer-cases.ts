import { readFileSync } from 'node:fs';
import { formatShape, substituteDim, type Dim } from '../../../src/core/graph/dim';
import type { Graph, GraphNode, Shape } from '../../../src/core/graph/graph';
import type { OpDefinition } from '../../../src/core/ops/op';
import { opNamed } from '../../../src/core/ops/table';
import { SourceError } from '../../../src/core/python/source-error';
import { traceModel } from '../../../src/core/python/trace-model';

/** A layer or a call and what torch 1.13 makes of it: test/fixtures/torch/layer_shapes_conv.py says how cases are written. */
export interface LayerCase {
  readonly group: string;
  readonly input: readonly number[];
  readonly code: string;
  /** Of each tensor that comes out, with its element type. */
  readonly shapes?: readonly Shape[];
  readonly types?: readonly string[];
  /** Names and shapes of the state_dict. */
  readonly state?: readonly (readonly [string, Shape])[];
  /** The exception, where torch refuses. */
  readonly raises?: string;
}

const fixture = new URL('../../fixtures/layer-shapes-conv.json', import.meta.url);
const cases = JSON.parse(readFileSync(fixture, 'utf8')) as readonly LayerCase[];

export function casesOf(...groups: readonly string[]): readonly LayerCase[] {
  return cases.filter(({ group }) => groups.includes(group));
}

/** What our front end makes of a case, as one line of text; the same for torch. */
export function outcomeOf(code: string, input: Shape): string {
  try {
    return describeGraph(graphOf(code, input));
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return error.refused ? 'refused' : `unknown: ${error.reason}`;
  }
}

export function graphOf(code: string, input: Shape): Graph {
  return traceModel({ file: 'case.py', text: modelOf(code), target: 'Net', inputShape: input }).graph;
}

/** The error of a case that cannot be traced. */
export function errorOf(code: string, input: Shape): SourceError {
  try {
    graphOf(code, input);
  } catch (error) {
    if (error instanceof SourceError) return error;
    throw error;
  }
  throw new Error(`${code} was traced`);
}

/** The node that gives the (first) output, and what its op says about it. */
export function lastNode(code: string, input: Shape) {
  const { nodes, outputs } = graphOf(code, input);
  const node = nodeAt(nodes, outputs[0] ?? -1);
  const op: OpDefinition = opNamed(node.op);
  const inputs = node.inputs.map((id) => nodeAt(nodes, id).type);
  return {
    node,
    formulas: (op.formulas?.(inputs, node.type, node.attrs) ?? []).map(({ name, text }) => `${name}: ${text}`),
    parameterFormula: op.parameterFormula?.(inputs, node.attrs),
    receptiveField: op.receptiveField?.(inputs, node.attrs),
    flops: op.flops?.(inputs, node.type, node.attrs),
  };
}

function nodeAt(nodes: readonly GraphNode[], id: number): GraphNode {
  const node = nodes[id];
  if (!node) throw new Error(`No node ${id}`);
  return node;
}

function outcomeOfTorch({ shapes = [], types = [], state = [], raises }: LayerCase): string {
  if (raises) return 'refused';
  const parts = state.map(([name, shape]) => `${name} ${formatShape(shape)}`);
  return [...shapes.map((shape, index) => `${types[index] ?? ''} ${formatShape(shape)}`), ...parts].join('; ');
}

/** The cases whose outcomes differ: `(input) code: ours, torch: theirs`. */
export function differences(all: readonly LayerCase[]): readonly string[] {
  return all.flatMap((layerCase) => {
    const [ours, theirs] = [outcomeOf(layerCase.code, layerCase.input), outcomeOfTorch(layerCase)];
    return ours === theirs ? [] : [`${formatShape(layerCase.input)} ${layerCase.code}: ${ours}, torch: ${theirs}`];
  });
}

/**
 * Traces each case that torch takes with symbols for batch and spatial sizes, puts the numbers in and compares with
 * torch's shapes. What is unknown with symbols is given back as `unknown`.
 */
export function symbolicDifferences(all: readonly LayerCase[]): {
  wrong: readonly string[];
  unknown: readonly string[];
} {
  const wrong: string[] = [];
  const unknown: string[] = [];
  for (const layerCase of all) {
    const { input, code, raises, shapes = [] } = layerCase;
    if (raises || input.length < 3 || input[0] !== 2) continue;
    // Given tensors have batches of 2.
    const batch: Dim = code.includes('grid') ? 2 : 'N';
    const symbols = ['D', 'H', 'W'].slice(5 - input.length);
    const values = Object.fromEntries([
      ['N', 2],
      ...symbols.map((name, axis) => [name, input[axis + 2] ?? 0]),
    ]) as Record<string, number>;
    const label = `${formatShape([batch, input[1] ?? 0, ...symbols])} ${code}`;
    try {
      const shape = [batch, input[1] ?? 0, ...symbols];
      const ours = outputsOf(graphOf(code, shape)).map(({ type }) =>
        type.shape.map((dim) => substituteDim(dim, values)),
      );
      if (JSON.stringify(ours) !== JSON.stringify(shapes))
        wrong.push(`${label}: ${JSON.stringify(ours)}, torch: ${JSON.stringify(shapes)}`);
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      if (error.refused) wrong.push(`${label}: refused (${error.reason})`);
      else unknown.push(`${label}: ${error.reason}`);
    }
  }
  return { wrong, unknown };
}

/** The Python model of a case: layers a, b, … and parameters p0, p1, … */
function modelOf(code: string): string {
  const [layers = '', expression = ''] = code.split('|').map((part) => part.trim());
  const names = ['a', 'b', 'c'];
  const made = layers.split(';').filter((layer) => layer.trim() !== '');
  const init = made.map((layer, index) => `self.${names[index] ?? ''} = ${layer.trim()}`);
  let parameters = 0;
  const forward = (expression || 'a(x)').replace(/\bP\(([\d, ]*)\)/g, (_, shape: string) => {
    init.push(`self.p${parameters} = nn.Parameter(torch.zeros(${shape}))`);
    return `self.p${parameters++}`;
  });
  return [
    'import torch',
    'import torch.nn.functional as F',
    'from torch import nn',
    '',
    'class Net(nn.Module):',
    '    def __init__(self):',
    '        super().__init__()',
    ...init.map((line) => `        ${line}`),
    '',
    '    def forward(self, x):',
    ...made.map((_, index) => `        ${names[index] ?? ''} = self.${names[index] ?? ''}`),
    `        return ${forward}`,
    '',
  ].join('\n');
}

function outputsOf(graph: Graph): readonly GraphNode[] {
  return graph.outputs.map((id) => nodeAt(graph.nodes, id));
}

function describeGraph(graph: Graph): string {
  const state = graph.nodes.filter(({ op }) => op === 'parameter' || op === 'buffer');
  return [
    ...outputsOf(graph).map(({ type }) => `${type.dtype} ${formatShape(type.shape)}`),
    ...state.map(({ path, type }) => `${path ?? ''} ${formatShape(type.shape)}`),
  ].join('; ');
}
