import { opNamed } from '../ops/table';
import { jumpOf, rangeAt, sizeOf } from './coverage';
import { followRule } from './follow-receptive-field-rule';
import type { Graph, GraphNode, NodeId, TensorType } from './graph';
import type { InputView } from './input-view';
import { partsAlong, uniteViews, viewOfInput } from './input-view';
import { isSource } from './lower';
import type { LocalField, ReceptiveField } from './receptive-field';

/**
 * The receptive field of every node that depends on the network's first input with height and width, where it is known.
 *
 * - A field is what may flow: the union over all paths from the input, as a box. Zeros between the taps of a dilated
 *   kernel count, borders do not (a field may begin in the padding).
 * - An element of a view (flatten) sees what it saw before; what mixes several places (a Linear after it, a global pool,
 *   attention) sees all of them.
 * - Where paths whose jumps differ meet (an odd map that was halved and doubled), the field is the box that holds both
 *   at every place.
 * - Normalisation does not widen a field, as in the literature; nor do integers and truth values (indices, masks):
 *   no gradient flows through them.
 */
export function computeReceptiveFields(graph: Graph): ReadonlyMap<NodeId, ReceptiveField> {
  return fieldsOf(viewsOf(graph));
}

/** The fields of all nodes, and that of the convolutional part. */
export function describeReceptiveFields(graph: Graph): {
  readonly fields: ReadonlyMap<NodeId, ReceptiveField>;
  readonly convolutional: ReceptiveField | undefined;
} {
  const views = viewsOf(graph);
  return { fields: fieldsOf(views), convolutional: convolutionalOf(views) };
}

/**
 * The field at the end of the convolutional part: of the last node whose elements still stand at places of their own
 * along every axis of the input, before a global pool or a classifier.
 */
export function convolutionalField(graph: Graph): ReceptiveField | undefined {
  return convolutionalOf(viewsOf(graph));
}

function fieldsOf(views: InputViews): ReadonlyMap<NodeId, ReceptiveField> {
  return new Map(
    [...views.keys()].flatMap((id) => {
      const field = receptiveFieldOf(views, id);
      return field ? [[id, field] as const] : [];
    }),
  );
}

function convolutionalOf(views: InputViews): ReceptiveField | undefined {
  for (const [id, view] of [...views].reverse()) {
    const isSpatial = view.axes.every(({ paths }, axis) => {
      const along = partsAlong(view, axis);
      return paths && along.length === 1 && along.every(({ dim }) => view.dims[dim]?.length === 1);
    });
    if (isSpatial) return receptiveFieldOf(views, id);
  }
  return undefined;
}

/** What the nodes so far see of the input; nodes that see nothing of it are not in there. */
export type InputViews = Map<NodeId, InputView>;

/** Adds a node of a growing graph, whose inputs were added before. `inputTypes` are theirs. */
export function extendReceptiveFields(views: InputViews, node: GraphNode, inputTypes: readonly TensorType[]): void {
  const view =
    node.op === 'input'
      ? views.size === 0
        ? viewOfInputNode(node)
        : undefined
      : viewAlong(
          node,
          inputTypes,
          node.inputs.map((id) => views.get(id)),
        );
  if (view) views.set(node.id, view);
}

/** What the network's input sees of itself; undefined where the node is no input with spatial dimensions. */
export function viewOfInputNode(node: GraphNode): InputView | undefined {
  const spatial = node.op === 'input' ? spatialDims(node) : [];
  return spatial.length > 0 ? viewOfInput(node.type.shape, spatial) : undefined;
}

/** What a node sees by those of its inputs that see something: `seen`, one for each of them. */
export function viewAlong(
  node: GraphNode,
  inputTypes: readonly TensorType[],
  seen: readonly (InputView | undefined)[],
): InputView | undefined {
  if (isSource(node.op) || !isFloat(node.type)) return undefined;
  const op = opNamed(node.op);
  const rule = op.receptiveField?.(inputTypes, node.attrs) ?? (op.viewOffset ? asReshape : undefined);
  const known = seen.filter((view) => view !== undefined);
  if (known.length === 0) return undefined;
  const { shape } = node.type;
  return rule ? followRule(rule, seen, shape) : uniteViews(known, shape);
}

const asReshape = { kind: 'reshape' } as const;

/** Undefined where the node sees nothing of the input or where it is not known what. */
export function receptiveFieldOf(views: InputViews, id: NodeId): ReceptiveField | undefined {
  const view = views.get(id);
  if (!view) return undefined;
  const { axes } = view;
  if (axes.every((axis) => axis.seesAll)) {
    const local = axes.every(({ paths }) => paths) ? localField(view) : undefined;
    return local ? { kind: 'global', local } : { kind: 'global' };
  }
  const field = localField(view);
  return field && { kind: 'window', ...field };
}

/** An axis that is seen as a whole has its length, from 0. Undefined where something of it is not known. */
function localField(view: InputView): LocalField | undefined {
  const axes = view.axes.map((axis, index) => {
    const whole = axis.seesAll && !view.axes.every(({ seesAll }) => seesAll);
    if (whole) {
      const { length } = axis;
      return typeof length === 'number' ? { size: length, smallest: length, jump: 0, start: 0 } : undefined;
    }
    if (!axis.paths) return undefined;
    const { all, smallest } = axis.paths;
    const step = partsAlong(view, index).at(-1)?.step ?? 0;
    return {
      size: sizeOf(all),
      smallest: sizeOf(smallest),
      jump: jumpOf(all) * step,
      start: Math.min(rangeAt(all, 0)[0], rangeAt(all, all.period - 1)[0]),
    };
  });
  if (!axes.every((axis) => axis !== undefined)) return undefined;
  const size = axes.map((axis) => axis.size);
  const smallest = axes.map((axis) => axis.smallest);
  return {
    size,
    ...(smallest.some((value, index) => value !== size[index]) ? { smallest } : {}),
    jump: axes.map(({ jump }) => jump),
    start: axes.map(({ start }) => start),
  };
}

/** Of images `[N, C, H, W]`, sequences `[N, C, L]` and volumes `[N, C, D, H, W]`: all after the channels. */
function spatialDims({ type }: GraphNode): readonly number[] {
  if (!isFloat(type) || type.shape.length < 3) return [];
  return type.shape.map((_, dim) => dim).slice(2);
}

function isFloat({ dtype }: TensorType): boolean {
  return dtype !== 'i32' && dtype !== 'i64' && dtype !== 'bool';
}

function viewsOf(graph: Graph): InputViews {
  const views: InputViews = new Map();
  for (const node of graph.nodes) {
    extendReceptiveFields(
      views,
      node,
      node.inputs.map((id) => typeAt(graph, id)),
    );
  }
  return views;
}

function typeAt(graph: Graph, id: NodeId): TensorType {
  const node = graph.nodes[id];
  if (!node) throw new Error(`No node ${id} in ${graph.name}`);
  return node.type;
}
