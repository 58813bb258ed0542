import { GradientError, differentiate } from '../autodiff';
import { UserError } from '../errors';
import type { Graph, GraphNode, NodeId } from '../graph/graph';
import { isSource, lowerGraph } from '../graph/lower';
import { isFloating } from '../ops/arithmetic/promote';
import { OpUnsupported, type Mode } from '../ops/op';
import { opNamed } from '../ops/table';

/**
 * Throws a UserError that names the first layer or function that can be read but not trained: an engine has no kernel for
 * something that it or its gradient is made of, or gradients would have to pass where there is no gradient rule.
 * `canCompute`: whether the engine has a kernel for an op. `trainingGraph`: what is computed in training, where that is
 * another graph.
 */
export function requireTrainable(graph: Graph, canCompute: (op: string) => boolean, trainingGraph = graph): void {
  for (const mode of ['train', 'eval'] as const) {
    for (const node of computedNodes(mode === 'train' ? trainingGraph : graph, mode)) {
      const obstacle = obstacleOf(node, canCompute);
      if (obstacle !== undefined) throw refusal(node, obstacle);
    }
  }
}

/** What is computed for the outputs in that mode, and in training for the gradients of all parameters. */
function computedNodes(graph: Graph, mode: Mode): readonly GraphNode[] {
  try {
    const { builder, outputs } = lowerGraph(graph, mode);
    const { nodes } = builder.finish(outputs);
    const parameters = nodes.filter(({ op }) => op === 'parameter').map(({ id }) => id);
    const wanted = new Set(outputs);
    for (const output of mode === 'train' ? outputs : []) {
      for (const gradient of differentiate(builder, output, parameters).values()) wanted.add(gradient);
    }
    return reaching(builder.finish(outputs).nodes, wanted);
  } catch (error) {
    if (error instanceof OpUnsupported) throw new UserError(error.message, advice, { cause: error });
    if (error instanceof GradientError) throw refusal(error.node, ': gradients do not pass through it');
    throw error;
  }
}

/** Why a node cannot be trained, for the end of a sentence; undefined: it can. */
function obstacleOf({ op, type }: GraphNode, canCompute: (op: string) => boolean): string | undefined {
  if (isFloating(type.dtype) && type.dtype !== 'f32') return ' on numbers that are no float32';
  return isSource(op) || opNamed(op).viewOffset || canCompute(op) ? undefined : '';
}

function refusal({ op, source, path }: GraphNode, obstacle: string): UserError {
  const place = source ? `${source.file.replace(/^.*[\\/]/, '')}:${source.startLine}: ` : '';
  const where = path ? ` (in ${path})` : '';
  const title = isSource(op) ? op : opNamed(op).title;
  return new UserError(`${place}${title}${where} can be read, but not trained yet${obstacle}.`, advice);
}

/** Nodes that the wanted ones depend on. */
function reaching(nodes: readonly GraphNode[], wanted: ReadonlySet<NodeId>): readonly GraphNode[] {
  const live = new Set(wanted);
  for (let id = nodes.length - 1; id >= 0; id--) {
    if (live.has(id)) for (const input of nodes[id]?.inputs ?? []) live.add(input);
  }
  return nodes.filter(({ id }) => live.has(id));
}

const advice = 'Train a model without it; its shapes are shown all the same.';
