import { GradientSums } from './gradient-sums';
import type { GraphNode, NodeId } from './graph/graph';
import type { GraphBuilder } from './graph/graph-builder';
import { addLowered, isSource, type Surroundings } from './graph/lower';
import { opNamed } from './ops/table';

/**
 * Reverse-mode differentiation: adds to the graph the nodes that compute d(loss)/d(x) for each x of `wrt`. The graph must
 * be lowered. Returns the gradient's node for each x that the loss depends on; gradients of several uses are summed.
 * `seed`: what the gradients are multiplied by, of the loss's shape; absent: 1.
 */
export function differentiate(
  builder: GraphBuilder,
  loss: NodeId,
  wrt: readonly NodeId[],
  seed?: NodeId,
): Map<NodeId, NodeId> {
  const dependent = dependents(builder, loss, new Set(wrt));
  const gradients = new GradientSums(builder);
  if (!dependent.has(loss)) return new Map();
  gradients.add(loss, seed ?? builder.constant(1, builder.shapeOf(loss)), {});

  for (let id = loss; id >= 0; id--) {
    const node = builder.node(id);
    const outputGradient = isSource(node.op) ? undefined : gradients.total(id);
    if (outputGradient === undefined) continue;
    const op = opNamed(node.op);
    if (!op.gradient) throw new GradientError(node);
    const { path, source } = node;
    const provenance = { ...(path === undefined ? {} : { path }), ...(source === undefined ? {} : { source }) };
    const inputGradients = op.gradient({
      node,
      attrs: node.attrs,
      outputGradient,
      needs: node.inputs.map((input) => dependent.has(input)),
      add: (name, attrs, inputs) => addLowered(builder, name, attrs, inputs, provenance, surroundings),
      typeOf: (other) => builder.typeOf(other),
      numberOf: (other) => builder.numberOf(other),
    });
    node.inputs.forEach((input, index) => {
      const gradient = inputGradients[index];
      if (gradient !== undefined && dependent.has(input)) gradients.add(input, gradient, provenance);
    });
  }
  return new Map(
    [...new Set(wrt)].flatMap((id): [NodeId, NodeId][] => {
      const gradient = gradients.total(id);
      return gradient === undefined ? [] : [[id, gradient]];
    }),
  );
}

/** A gradient is made of plain arithmetic: it draws no random numbers and changes no buffer. */
const surroundings: Surroundings = {
  mode: 'train',
  nodeId: -1,
  nextKey: () => -1,
  random() {
    throw new Error('A gradient rule drew random numbers');
  },
  updateBuffer() {
    throw new Error('A gradient rule changed a buffer');
  },
};

/** A gradient would have to pass through an op that has no rule for it. */
export class GradientError extends Error {
  override readonly name = 'GradientError';

  constructor(readonly node: GraphNode) {
    super(`${node.op} has no gradient rule`);
  }
}

/** Nodes up to `last` that depend on one of `sources`, those included. */
function dependents(builder: GraphBuilder, last: NodeId, sources: ReadonlySet<NodeId>): Set<NodeId> {
  const found = new Set<NodeId>();
  for (let id = 0; id <= last; id++) {
    if (sources.has(id) || builder.node(id).inputs.some((input) => found.has(input))) found.add(id);
  }
  return found;
}
