import { opNamed } from '../ops/table';
import { addDims, substituteDim, type Dim } from './dim';
import type { Graph, NodeId, TensorType } from './graph';
import { isSource } from './lower';

/** Floating-point operations of the forward computation for one image; a multiply-add is 2. Symbolic where sizes are. */
export function countFlops(graph: Graph): Dim {
  return graph.nodes.reduce<Dim>((total, node) => {
    if (isSource(node.op)) return total;
    const inputs = node.inputs.map((id) => typeAt(graph, id));
    const flops = opNamed(node.op).flops?.(inputs, node.type, node.attrs) ?? 0;
    return addDims(total, substituteDim(flops, { N: 1 }));
  }, 0);
}

function typeAt(graph: Graph, id: NodeId): TensorType {
  const node = graph.nodes[id];
  if (!node) throw new Error(`No node ${id} in ${graph.name}`);
  return node.type;
}
