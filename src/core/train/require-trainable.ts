import { UserError } from '../errors';
import { formatShape } from '../graph/dim';
import type { Graph, GraphNode } from '../graph/graph';
import { isSource } from '../graph/lower';
import { opNamed } from '../ops/table';
import { sameShape } from '../ops/shapes';

/**
 * Throws a UserError that names the first layer or function that can be read but not trained yet: it has no gradient
 * rule, or is used in a way that the engines have no kernel for.
 */
export function requireTrainable(graph: Graph): void {
  for (const node of graph.nodes) {
    const obstacle = isSource(node.op) || node.op === 'constant' ? undefined : obstacleOf(graph, node);
    if (obstacle === undefined) continue;
    const { source, path } = node;
    const place = source ? `${source.file.replace(/^.*[\\/]/, '')}:${source.startLine}: ` : '';
    const where = path ? ` (in ${path})` : '';
    throw new UserError(
      `${place}${opNamed(node.op).title}${where} can be read, but not trained yet${obstacle}.`,
      'Train a model without it; its shapes are shown all the same.',
    );
  }
}

/** Why a node cannot be trained, for the end of a sentence; undefined: it can. */
function obstacleOf(graph: Graph, node: GraphNode): string | undefined {
  const op = opNamed(node.op);
  if (!op.gradient && !op.lower && !op.viewOffset) return '';
  const types = node.inputs.map((id) => graph.nodes[id]?.type);
  const [first, second] = types;
  if (types.some((type) => type?.dtype !== 'f32')) return ' on numbers that are no float32';
  if ((node.op === 'add' || node.op === 'multiply') && first && second && !sameShape(first.shape, second.shape)) {
    return ` with shapes that are broadcast: ${formatShape(first.shape)} and ${formatShape(second.shape)}`;
  }
  if (imageOps.has(node.op) && first?.shape.length !== 4) return ' without a batch';
  const { paddingMode } = node.attrs;
  if (typeof paddingMode === 'string') return ` with padding_mode='${paddingMode}'`;
  return undefined;
}

const imageOps: ReadonlySet<string> = new Set(['conv2d', 'max_pool2d', 'avg_pool2d', 'adaptive_avg_pool2d']);
