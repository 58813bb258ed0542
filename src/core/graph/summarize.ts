import { opNamed } from '../ops/table';
import type { Dim } from './dim';
import { productOfDims, substituteDim } from './dim';
import type { Graph, GraphNode } from './graph';
import { isSource } from './lower';

/** One computed node, for a batch of one. */
export interface SummaryRow {
  /** Module path, `` where the node stands in forward itself. */
  readonly path: string;
  /** `Conv2d` */
  readonly title: string;
  /** Sizes that depend on unknown ones stay symbolic; the batch size is 'N'. */
  readonly outputShape: readonly Dim[];
  /** Trained numbers that the node reads and no node before it has read (a shared layer counts once). */
  readonly parameters: number;
  /** Floating-point operations for one image; a multiply-add is 2. */
  readonly flops: number;
}

export interface GraphSummary {
  readonly rows: readonly SummaryRow[];
  /** All trained numbers, those that no node reads included. */
  readonly parameters: number;
  /** Parameters and buffers that are floats, in bytes of float32. */
  readonly stateBytes: number;
  readonly flops: number;
  readonly inputShape: readonly Dim[];
  readonly outputShapes: readonly (readonly Dim[])[];
}

export function summarizeGraph(graph: Graph): GraphSummary {
  const counted = new Set<number>();
  const rows: SummaryRow[] = [];
  for (const node of graph.nodes) {
    if (isSource(node.op) || node.op === 'constant') continue;
    const op = opNamed(node.op);
    const inputTypes = node.inputs.map((id) => nodeAt(graph, id).type);
    let parameters = 0;
    for (const id of node.inputs) {
      if (nodeAt(graph, id).op !== 'parameter' || counted.has(id)) continue;
      counted.add(id);
      parameters += elementsOf(nodeAt(graph, id));
    }
    const flops = op.flops ? forOneImage(op.flops(inputTypes, node.type, node.attrs)) : 0;
    rows.push({ path: node.path ?? '', title: op.title, outputShape: node.type.shape, parameters, flops });
  }
  const sum = (nodes: readonly GraphNode[]) => nodes.reduce((total, node) => total + elementsOf(node), 0);
  const state = graph.nodes.filter((node) => node.op === 'parameter' || node.op === 'buffer');
  return {
    rows,
    parameters: sum(state.filter((node) => node.op === 'parameter')),
    stateBytes: 4 * sum(state.filter((node) => node.type.dtype === 'f32')),
    flops: rows.reduce((total, row) => total + row.flops, 0),
    inputShape: graph.nodes.find((node) => node.op === 'input')?.type.shape ?? [],
    outputShapes: graph.outputs.map((id) => nodeAt(graph, id).type.shape),
  };
}

function nodeAt(graph: Graph, id: number): GraphNode {
  const node = graph.nodes[id];
  if (!node) throw new Error(`No node ${id} in ${graph.name}`);
  return node;
}

function elementsOf(node: GraphNode): number {
  return forOneImage(productOfDims(node.type.shape));
}

function forOneImage(dim: Dim): number {
  const value = substituteDim(dim, { N: 1 });
  return typeof value === 'number' ? value : Number.NaN;
}
