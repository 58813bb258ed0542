import { receptiveFieldOf, viewAlong, viewOfInputNode, type InputViews } from './compute-receptive-fields';
import type { Graph, GraphNode, NodeId, TensorType } from './graph';
import type { InputView } from './input-view';

/** What an element sees by one way from the input, or by several ways that see alike. */
export interface PathField {
  /** Pixels of the input; over its spatial dimensions, as in `ReceptiveField`. Null: by this way it sees the whole input. */
  readonly window: {
    readonly size: readonly number[];
    readonly jump: readonly number[];
    readonly start: readonly number[];
  } | null;
  /** How many ways there are; Infinity: more than a number can say. */
  readonly ways: number;
}

export interface PathFields {
  /** From the smallest to the whole input; those of the same size by where they begin. */
  readonly fields: readonly PathField[];
  /** False: there are more kinds, of sizes between those that are told. */
  readonly complete: boolean;
}

/**
 * What one element of a node sees by each single way through skips and branches, where the field that
 * `computeReceptiveFields` tells is the union of all. Undefined where it is not known of any way, or the node sees nothing of the
 * input. A way is a chain of nodes from the input, each an input of the next; a node that reads another one twice is two ways.
 */
export function pathFields(graph: Graph, node: NodeId, mostKinds = usualMostKinds): PathFields | undefined {
  const waysTo = new Map<NodeId, Ways>();
  let hasInput = false;
  for (const id of ancestorsOf(graph, node)) {
    const each = nodeAt(graph, id);
    const input = hasInput ? undefined : viewOfInputNode(each);
    if (input) {
      hasInput = true;
      waysTo.set(id, { kinds: new Map([[keyOf(input), { view: input, ways: 1 }]]), complete: true });
      continue;
    }
    const ways = extendWays(graph, each, waysTo, mostKinds);
    if (ways.kinds.size > 0) waysTo.set(id, ways);
  }
  const found = waysTo.get(node);
  if (!found) return undefined;
  const fields = new Map<string, PathField>();
  for (const { view, ways } of found.kinds.values()) {
    const window = windowOf(view);
    // Of a way that is not known nothing can be told, and so not of all.
    if (window === undefined) return undefined;
    const key = JSON.stringify(window);
    fields.set(key, { window, ways: ways + (fields.get(key)?.ways ?? 0) });
  }
  return { fields: [...fields.values()].sort(bySize), complete: found.complete };
}

/** Kinds of ways that are followed at once: deep networks with many branches have more, all between the smallest and the largest. */
const usualMostKinds = 256;

interface Ways {
  readonly kinds: Map<string, { readonly view: InputView; readonly ways: number }>;
  readonly complete: boolean;
}

function extendWays(graph: Graph, node: GraphNode, waysTo: ReadonlyMap<NodeId, Ways>, mostKinds: number): Ways {
  const types: TensorType[] = node.inputs.map((id) => nodeAt(graph, id).type);
  const kinds: Ways['kinds'] = new Map();
  let complete = true;
  node.inputs.forEach((id, position) => {
    const before = waysTo.get(id);
    if (!before) return;
    complete &&= before.complete;
    for (const { view, ways } of before.kinds.values()) {
      const alone = node.inputs.map((_, index) => (index === position ? view : undefined));
      const next = viewAlong(node, types, alone);
      if (!next) continue;
      const key = keyOf(next);
      kinds.set(key, { view: next, ways: ways + (kinds.get(key)?.ways ?? 0) });
    }
  });
  if (kinds.size <= mostKinds) return { kinds, complete };
  const sorted = [...kinds].sort(([, a], [, b]) => areaOf(a.view) - areaOf(b.view));
  const kept = [...sorted.slice(0, mostKinds / 2), ...sorted.slice(-mostKinds / 2)];
  return { kinds: new Map(kept), complete: false };
}

/** Null: the whole input; undefined: not known. */
function windowOf(view: InputView): PathField['window'] | undefined {
  const only: InputViews = new Map([[0, view]]);
  const field = receptiveFieldOf(only, 0);
  if (!field) return undefined;
  return field.kind === 'global' ? null : { size: field.size, jump: field.jump, start: field.start };
}

function areaOf(view: InputView): number {
  const window = windowOf(view);
  return window ? productOf(window.size) : Infinity;
}

function bySize(a: PathField, b: PathField): number {
  if (!a.window || !b.window) return Number(a.window === null) - Number(b.window === null);
  const [first, second] = [a.window, b.window];
  const byArea = productOf(first.size) - productOf(second.size);
  return byArea || first.start.reduce((sum, start, axis) => sum || start - (second.start[axis] ?? 0), 0);
}

function productOf(values: readonly number[]): number {
  return values.reduce((product, value) => product * value, 1);
}

/** Views are plain data: what is written alike sees alike. */
function keyOf(view: InputView): string {
  return JSON.stringify(view);
}

/** The node and all that it is computed from, in the Graph's order. */
function ancestorsOf(graph: Graph, node: NodeId): readonly NodeId[] {
  const found = new Set<NodeId>([node]);
  const left = [node];
  for (let id = left.pop(); id !== undefined; id = left.pop()) {
    for (const input of nodeAt(graph, id).inputs) {
      if (found.has(input)) continue;
      found.add(input);
      left.push(input);
    }
  }
  return [...found].sort((a, b) => a - b);
}

function nodeAt(graph: Graph, id: NodeId): GraphNode {
  const node = graph.nodes[id];
  if (!node) throw new Error(`No node ${id} in ${graph.name}`);
  return node;
}
