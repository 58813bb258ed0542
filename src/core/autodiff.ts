import type { NodeId } from './graph/graph';
import type { GraphBuilder } from './graph/graph-builder';
import { isSource } from './graph/lower';
import { opNamed } from './ops/table';

/**
 * Reverse-mode differentiation: adds to the graph the nodes that compute d(loss)/d(x) for each x of `wrt`. The graph must
 * be lowered. Returns the gradient's node for each x that the loss depends on; gradients of several uses are summed.
 */
export function differentiate(builder: GraphBuilder, loss: NodeId, wrt: readonly NodeId[]): Map<NodeId, NodeId> {
  const dependent = dependents(builder, loss, new Set(wrt));
  const gradients = new Map<NodeId, NodeId>();
  if (!dependent.has(loss)) return gradients;
  gradients.set(loss, builder.constant(1, builder.shapeOf(loss)));

  for (let id = loss; id >= 0; id--) {
    const outputGradient = gradients.get(id);
    const node = builder.node(id);
    if (outputGradient === undefined || isSource(node.op)) continue;
    const op = opNamed(node.op);
    if (!op.gradient) throw new Error(`${op.name} has no gradient rule`);
    const provenance = node.path === undefined ? {} : { path: node.path };
    const inputGradients = op.gradient({
      node,
      attrs: node.attrs,
      outputGradient,
      needs: node.inputs.map((input) => dependent.has(input)),
      add: (name, attrs, inputs) => builder.add(name, attrs, inputs, provenance),
      typeOf: (other) => builder.typeOf(other),
    });
    node.inputs.forEach((input, index) => {
      const gradient = inputGradients[index];
      if (gradient === undefined || !dependent.has(input)) return;
      const sum = gradients.get(input);
      gradients.set(input, sum === undefined ? gradient : builder.add('add', {}, [sum, gradient], provenance));
    });
  }
  const wanted = new Set(wrt);
  return new Map([...gradients].filter(([id]) => wanted.has(id)));
}

/** Nodes up to `last` that depend on one of `sources`, those included. */
function dependents(builder: GraphBuilder, last: NodeId, sources: ReadonlySet<NodeId>): Set<NodeId> {
  const found = new Set<NodeId>();
  for (let id = 0; id <= last; id++) {
    if (sources.has(id) || builder.node(id).inputs.some((input) => found.has(input))) found.add(id);
  }
  return found;
}
