import type { Mode } from '../ops/op';
import { opNamed } from '../ops/table';
import type { NodeId } from './graph';
import type { Graph } from './graph';
import { GraphBuilder } from './graph-builder';

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

/** Replaces the layers whose work depends on the mode (dropout, batch norm) by what they compute in that mode. */
export function lowerGraph(graph: Graph, mode: Mode): LoweredGraph {
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
    const op = isSource(node.op) ? undefined : opNamed(node.op);
    if (!op?.lower) {
      idOf.set(node.id, builder.copy(node, inputs));
      continue;
    }
    const provenance = {
      ...(node.path === undefined ? {} : { path: node.path }),
      ...(node.source === undefined ? {} : { source: node.source }),
    };
    const lowered = op.lower({
      mode,
      node: { ...node, inputs },
      attrs: node.attrs,
      key: node.id,
      add: (name, attrs, ids) => builder.add(name, attrs, ids, provenance),
      typeOf: (id) => builder.typeOf(id),
      random: () => (random ??= builder.input('random', { shape: [4], dtype: 'i32' })),
      updateBuffer(buffer, value) {
        const root = [...bufferUpdates].find(([, latest]) => latest === buffer)?.[0] ?? buffer;
        bufferUpdates.set(root, value);
      },
    });
    idOf.set(node.id, lowered);
  }
  return { builder, outputs: graph.outputs.map((id) => idOf.get(id) ?? id), idOf, bufferUpdates };
}

/** Nodes without inputs that every graph may hold: their types are their own. */
export function isSource(op: string): boolean {
  return op === 'input' || op === 'parameter' || op === 'buffer';
}
