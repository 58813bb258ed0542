import { isSource } from '../graph/lower';
import type { Graph, GraphNode, NodeId } from '../graph/graph';
import { opNamed } from '../ops/table';

/** A node of a model as something to look at. */
export interface InspectableLayer {
  readonly id: NodeId;
  readonly path: string;
  /** `Conv2d`, `ReLU`, `add`. */
  readonly title: string;
  readonly op: string;
  /** Without the batch. */
  readonly shape: readonly number[];
  /** Of its weights, where they can be looked at as filters; null where there are none. */
  readonly weightShape: readonly number[] | null;
  /** Nodes that it reads and that depend on the input. */
  readonly inputs: readonly NodeId[];
  readonly source: { readonly file: string; readonly line: number } | null;
}

/** Layers whose weight `[out, …]` has one filter for each output channel. */
const filterOps: ReadonlySet<string> = new Set(['conv1d', 'conv2d', 'conv3d', 'linear']);

/** In order of computation, all nodes that depend on the input, hold real numbers of known sizes and have the batch first. */
export function describeLayers(graph: Graph): readonly InspectableLayer[] {
  const depends = new Set<NodeId>();
  const layers: InspectableLayer[] = [];
  for (const node of graph.nodes) {
    if (node.op === 'input') depends.add(node.id);
    if (isSource(node.op) || !node.inputs.some((id) => depends.has(id))) continue;
    depends.add(node.id);
    const [batch, ...shape] = node.type.shape;
    if (batch !== 'N' || node.type.dtype !== 'f32' || !shape.every((size) => typeof size === 'number')) continue;
    const { id, path = '', op, source } = node;
    layers.push({
      id,
      path,
      title: opNamed(op).title,
      op,
      shape,
      weightShape: filterShape(graph, node),
      inputs: node.inputs.filter((input) => depends.has(input)),
      source: source ? { file: source.file, line: source.startLine } : null,
    });
  }
  return layers;
}

/** The node that holds a layer's filters; undefined where it has none, or computes them from others. */
export function filterWeights({ nodes }: Graph, { op, inputs }: GraphNode): GraphNode | undefined {
  const weight = nodes[inputs[1] ?? -1];
  return filterOps.has(op) && (weight?.op === 'parameter' || weight?.op === 'buffer') ? weight : undefined;
}

function filterShape(graph: Graph, node: GraphNode): readonly number[] | null {
  const shape = filterWeights(graph, node)?.type.shape;
  return shape?.every((size) => typeof size === 'number') ? shape : null;
}
