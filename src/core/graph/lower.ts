import type { Mode } from '../ops/op';
import { opNamed } from '../ops/table';
import type { Attributes, Graph, GraphNode, NodeId } from './graph';
import { GraphBuilder, type Provenance } from './graph-builder';

export interface LoweredGraph {
  /** Still open: losses and gradients are added to it. */
  readonly builder: GraphBuilder;
  /** The new ids of the graph's outputs. */
  readonly outputs: readonly NodeId[];
  /** New id of every node of the graph; a lowered layer's is the node that gives its value. */
  readonly idOf: ReadonlyMap<NodeId, NodeId>;
  /** Buffers that change in this mode: their nodes in the new graph and the nodes that make their next values. */
  readonly bufferUpdates: ReadonlyMap<NodeId, NodeId>;
}

/**
 * Replaces ops that have a `lower` rule by what they are computed with: layers whose work depends on the mode (dropout,
 * batch norm), and ops that are made of simpler ones. `replaceInput`: adds what stands in an input's place.
 */
export function lowerGraph(
  graph: Graph,
  mode: Mode,
  replaceInput?: (builder: GraphBuilder, input: GraphNode) => NodeId,
): LoweredGraph {
  const builder = new GraphBuilder(graph.name);
  const idOf = new Map<NodeId, NodeId>();
  const bufferUpdates = new Map<NodeId, NodeId>();
  let random: NodeId | undefined;

  for (const node of graph.nodes) {
    const inputs = node.inputs.map((id) => {
      const mapped = idOf.get(id);
      if (mapped === undefined) throw new Error(`Node ${node.id} of ${graph.name} stands before its input ${id}`);
      // A layer used twice goes on from the running statistics that its first use made.
      return bufferUpdates.get(mapped) ?? mapped;
    });
    if (node.op === 'input' && replaceInput) {
      idOf.set(node.id, replaceInput(builder, node));
      continue;
    }
    if (isSource(node.op) || !opNamed(node.op).lower) {
      idOf.set(node.id, builder.copy(node, inputs));
      continue;
    }
    const provenance = {
      ...(node.path === undefined ? {} : { path: node.path }),
      ...(node.source === undefined ? {} : { source: node.source }),
    };
    let keys = 0;
    const surroundings: Surroundings = {
      mode,
      nodeId: node.id,
      nextKey: () => node.id + nestedKeys * keys++,
      random: () => (random ??= builder.input('random', { shape: [6], dtype: 'i32' })),
      updateBuffer(buffer, value) {
        const root = [...bufferUpdates].find(([, latest]) => latest === buffer)?.[0] ?? buffer;
        bufferUpdates.set(root, value);
      },
    };
    idOf.set(node.id, addLowered(builder, node.op, node.attrs, inputs, provenance, surroundings));
  }
  return { builder, outputs: graph.outputs.map((id) => idOf.get(id) ?? id), idOf, bufferUpdates };
}

/** What lowering rules may ask for beyond their own op. */
export interface Surroundings {
  readonly mode: Mode;
  /** Id of the layer that all this comes from. */
  readonly nodeId: NodeId;
  /** A number of its own for every op that may draw random numbers. */
  nextKey(): number;
  random(): NodeId;
  updateBuffer(buffer: NodeId, value: NodeId): void;
}

/** Adds an op as what it is computed with: by its lowering rule and those of the ops that this names, until none is left. */
export function addLowered(
  builder: GraphBuilder,
  name: string,
  attrs: Attributes,
  inputs: readonly NodeId[],
  provenance: Provenance,
  surroundings: Surroundings,
): NodeId {
  const op = opNamed(name);
  if (!op.lower) return builder.add(name, attrs, inputs, provenance);
  const type = op.inferType(
    inputs.map((id) => builder.typeOf(id)),
    attrs,
  );
  return op.lower({
    mode: surroundings.mode,
    node: { id: surroundings.nodeId, op: name, attrs, inputs, type, ...provenance },
    attrs,
    key: surroundings.nextKey(),
    // A rule that names its own op says that it is computed as it is.
    add: (other, otherAttrs, ids) =>
      other === name
        ? builder.add(other, otherAttrs, ids, provenance)
        : addLowered(builder, other, otherAttrs, ids, provenance, surroundings),
    typeOf: (id) => builder.typeOf(id),
    numberOf: (id) => builder.numberOf(id),
    random: () => surroundings.random(),
    updateBuffer: (buffer, value) => surroundings.updateBuffer(buffer, value),
  });
}

/** Nodes without inputs that every graph may hold: their types are their own. */
export function isSource(op: string): boolean {
  return op === 'input' || op === 'parameter' || op === 'buffer';
}

/** More than a graph has nodes: keys of ops within one layer never meet those of another. */
const nestedKeys = 2 ** 20;
