import { differentiate } from '../autodiff';
import { UserError } from '../errors';
import type { Graph, NodeId } from '../graph/graph';
import { lowerGraph } from '../graph/lower';
import type { ComputationGraph } from '../train/training-graph';

/** Name of the plan output that holds a node's value. */
export function valueOutput(node: NodeId): string {
  return `value:${node}`;
}

/** Name of the plan output that holds a gradient: of a node, or of the input image. */
export function gradientOutput(node: NodeId | 'images'): string {
  return `gradient:${node}`;
}

/** Name of the plan input that says what the gradients are weighted with. */
export const seedInput = 'seed';

/** In evaluation mode, the values of these nodes of a model's graph. */
export function activationsGraph(graph: Graph, nodes: readonly NodeId[]): ComputationGraph {
  const { builder, idOf } = lowerGraph(graph, 'eval');
  const outputs = Object.fromEntries(nodes.map((node) => [valueOutput(node), mapped(idOf, node)]));
  return { graph: builder.finish(Object.values(outputs)), outputs, stores: new Map() };
}

/**
 * In evaluation mode, the gradients of Σ seed ⊙ value(`of`) with respect to `wrt`, and the values of `of` and of the nodes in
 * `wrt`. The plan input `seed` has the shape of `of`. What `of` does not depend on has no output.
 * @throws UserError where an op on the way cannot be differentiated.
 */
export function gradientsGraph(graph: Graph, of: NodeId, wrt: readonly (NodeId | 'images')[]): ComputationGraph {
  const { builder, idOf } = lowerGraph(graph, 'eval');
  const target = mapped(idOf, of);
  const { shape, dtype } = builder.typeOf(target);
  if (dtype !== 'f32') throw new UserError('Only a layer of real numbers has gradients.', 'Choose another layer.');
  const seed = builder.input(seedInput, { shape, dtype });
  const images = imagesNode(graph);
  const ids = wrt.map((node) => mapped(idOf, node === 'images' ? images : node));
  const gradients = differentiate(builder, target, ids, seed);
  const outputs: Record<string, NodeId> = { [valueOutput(of)]: target };
  wrt.forEach((node, index) => {
    const id = ids[index] ?? 0;
    const gradient = gradients.get(id);
    if (gradient !== undefined) outputs[gradientOutput(node)] = gradient;
    if (node !== 'images') outputs[valueOutput(node)] = id;
  });
  return { graph: builder.finish(Object.values(outputs)), outputs, stores: new Map() };
}

/** The node that images come in at. */
export function imagesNode({ nodes, name }: Graph): NodeId {
  const input = nodes.find(({ op, attrs }) => op === 'input' && attrs['name'] === 'images');
  if (!input) throw new UserError(`${name} takes no images.`);
  return input.id;
}

function mapped(idOf: ReadonlyMap<NodeId, NodeId>, node: NodeId): NodeId {
  const id = idOf.get(node);
  if (id === undefined) throw new UserError(`The model has no layer number ${node}.`, 'Open the panel again.');
  return id;
}
