import { differentiate } from '../autodiff';
import { UserError } from '../errors';
import { formatShape } from '../graph/dim';
import type { Graph, GraphNode, NodeId } from '../graph/graph';
import type { GraphBuilder } from '../graph/graph-builder';
import { lowerGraph } from '../graph/lower';
import type { Mode } from '../ops/op';
import { sameShape } from '../ops/shapes';
import type { LossConfig } from './config';
import { plainLoss } from './defaults';
import { defaultHead, type Head } from './head';
import { hostImages, type ImageSource } from './image-source';
import { addLossHead, hasSoftTargets } from './loss-head';
import { firstLossScale, lossScaleSlot } from './loss-scale';

/** A lowered graph with what is wanted of it. */
export interface ComputationGraph {
  readonly graph: Graph;
  /** What the host reads, by name: `loss`, `correct`, `logits`. */
  readonly outputs: Readonly<Record<string, NodeId>>;
  /** Values that go into the state, by slot name: `grad:conv1.weight`, `bn1.running_mean`. A map: one node may go into several. */
  readonly stores: ReadonlyMap<string, NodeId>;
}

export interface TrainingGraphOptions {
  readonly loss?: LossConfig;
  /** Absent: multi-class. */
  readonly head?: Head;
  /** Images are mixed with others of their batch (see MixingConfig), and their targets with those. */
  readonly mixed?: boolean;
  /** The graph was made for training alone: what it gives after its scores are those of auxiliary classifiers. */
  readonly auxiliary?: boolean;
  /** Parameters (state_dict names) that are not trained. */
  readonly frozen?: ReadonlySet<string>;
  /** Absent: the host's. */
  readonly images?: ImageSource;
  /** Absent: the batch is computed at once. */
  readonly part?: BatchPart;
  /** Whether the gradients are those of a loss that is multiplied by the state's scale (see loss-scale.ts). */
  readonly scaled?: boolean;
}

/**
 * A part of a batch, whose gradients are added to those of the parts before it. Its input `share` [] is the part's share in
 * the batch's mean loss; batch normalisation normalises each part by itself.
 */
export interface BatchPart {
  /** The first part's gradients take the place of those of the batch before. */
  readonly first: boolean;
}

/**
 * One training step up to the gradients: forward, mean loss, backward, new running statistics. Inputs of the loss: see
 * `addLossHead`. Mixed images have two more: `partners`, picks of the other images, and `mix` f32 [N, 5], as
 * core/ops/data/mix-images.ts reads them.
 */
export function trainingGraph(graph: Graph, options: TrainingGraphOptions = {}): ComputationGraph {
  const {
    loss = plainLoss,
    head = defaultHead,
    mixed = false,
    auxiliary = false,
    frozen = new Set(),
    images = hostImages,
    part,
    scaled = false,
  } = options;
  const { builder, outputs, bufferUpdates } = withLoss(graph, 'train', { loss, head, mixed, auxiliary }, images);
  const parameters = trainableParameters(builder, frozen);
  const share = part && builder.input('share', { shape: [], dtype: 'f32' });
  const scale = scaled
    ? builder.buffer(lossScaleSlot, { shape: [], dtype: 'f32' }, { kind: 'constant', value: firstLossScale })
    : undefined;
  const seed =
    share !== undefined && scale !== undefined ? builder.add('multiply', {}, [share, scale]) : (scale ?? share);
  const gradients = differentiate(builder, outputs['loss'] ?? 0, parameters, seed);
  const stores = new Map<string, NodeId>();
  for (const id of parameters) {
    const gradient = gradients.get(id);
    if (gradient === undefined) continue;
    const slot = gradientSlot(pathOf(builder, id));
    stores.set(slot, part?.first === false ? addToSlot(builder, slot, gradient) : gradient);
  }
  for (const [buffer, value] of bufferUpdates) stores.set(pathOf(builder, buffer), value);
  return { graph: builder.finish(Object.values(outputs)), outputs, stores };
}

/** The gradient and what the slot holds. */
function addToSlot(builder: GraphBuilder, slot: string, gradient: NodeId): NodeId {
  const sum = builder.buffer(slot, builder.typeOf(gradient), { kind: 'constant', value: 0 });
  return builder.add('add', {}, [sum, gradient]);
}

/** Forward and the plain loss, as in evaluation: nothing is stored. */
export function evaluationGraph(
  graph: Graph,
  images: ImageSource = hostImages,
  head: Head = defaultHead,
): ComputationGraph {
  const plain = { loss: plainLoss, head, mixed: false, auxiliary: false };
  const { builder, outputs } = withLoss(graph, 'eval', plain, images);
  return { graph: builder.finish(Object.values(outputs)), outputs, stores: new Map() };
}

/** How many classes a model tells apart; undefined where its output does not say. */
export function outputCount({ nodes, outputs: [output] }: Graph): number | undefined {
  const size = output === undefined ? undefined : nodes[output]?.type.shape.at(-1);
  return typeof size === 'number' ? size : undefined;
}

/** Name of the state slot that holds a parameter's gradient. */
export function gradientSlot(parameter: string): string {
  return `grad:${parameter}`;
}

/** What the losses of auxiliary classifiers weigh: 0.3 each in GoogLeNet (Szegedy et al., 2015), 0.4 as usual for Inception v3, which has one. */
const severalAuxiliaries = 0.3;
const oneAuxiliary = 0.4;

function withLoss(
  graph: Graph,
  mode: Mode,
  {
    loss: config,
    head,
    mixed,
    auxiliary,
  }: Required<Pick<TrainingGraphOptions, 'loss' | 'head' | 'mixed' | 'auxiliary'>>,
  images: ImageSource,
) {
  const { builder, outputs, bufferUpdates } = lowerGraph(graph, mode, gathering(images, mixed));
  const [logits, ...more] = outputs;
  if (logits === undefined || (more.length > 0 && !auxiliary)) {
    throw new UserError(
      `${graph.name} gives ${outputs.length} outputs.`,
      'To train a classifier, forward must return one tensor of scores (N, classes); in training, branching on self.training, it may return further scores after it.',
    );
  }
  const { shape } = builder.typeOf(logits);
  const other = more.map((id) => builder.shapeOf(id)).find((each) => !sameShape(each, shape));
  if (other) {
    throw new UserError(
      `In training, ${graph.name} gives scores of shape ${formatShape(shape)} and an output of shape ${formatShape(other)}.`,
      'All that forward returns in training must be scores of the same classes: those of the model, then those of auxiliary classifiers.',
    );
  }
  const [batch, classes] = shape;
  if (shape.length !== 2 || batch === undefined || typeof classes !== 'number') {
    throw new UserError(
      `${graph.name} gives a tensor of shape ${formatShape(shape)}.`,
      'To train a classifier, forward must return scores of shape (N, classes): flatten the maps and end in a Linear layer.',
    );
  }
  const { lossOf, correct } = addLossHead(builder, head, config, [batch, classes], hasSoftTargets(head, config, mixed));
  const factor = more.length > 1 ? severalAuxiliaries : oneAuxiliary;
  const loss = more.reduce(
    (sum, scores) => builder.add('add', {}, [sum, builder.add('scale', { factor }, [lossOf(scores)])]),
    lossOf(logits),
  );
  return {
    builder,
    bufferUpdates,
    outputs: {
      logits,
      loss,
      correct: correct(logits),
    } as Record<string, NodeId>,
  };
}

/** What takes the place of the input `images`; undefined: nothing does. */
function gathering(
  images: ImageSource,
  mixed: boolean,
): ((builder: GraphBuilder, input: GraphNode) => NodeId) | undefined {
  if (images.kind === 'host') return undefined;
  const { count, mean, std, erased } = images;
  const attributes = { mean, std, ...(erased && { erased }) };
  return (builder, { type, attrs }) => {
    const [batch, ...size] = type.shape;
    if (attrs['name'] !== 'images' || batch === undefined || size.length !== 3) {
      throw new UserError(
        `The model's input has the shape ${formatShape(type.shape)}.`,
        'To train on images, forward must take one tensor (N, channels, height, width).',
      );
    }
    const table = builder.residentInput('images', { shape: [count, ...size], dtype: 'u8' });
    const pickType = { shape: [batch, erased ? 8 : 4], dtype: 'i32' } as const;
    const own = builder.add('gather_images', attributes, [table, builder.input('picks', pickType)]);
    if (!mixed) return own;
    const others = builder.add('gather_images', attributes, [table, builder.input('partners', pickType)]);
    return builder.add('mix_images', {}, [own, others, builder.input('mix', { shape: [batch, 5], dtype: 'f32' })]);
  };
}

function trainableParameters(builder: GraphBuilder, frozen: ReadonlySet<string>): NodeId[] {
  const ids: NodeId[] = [];
  for (let id = 0; id < builder.size; id++) {
    const { op, path } = builder.node(id);
    if (op === 'parameter' && path !== undefined && !frozen.has(path)) ids.push(id);
  }
  return ids;
}

function pathOf(builder: GraphBuilder, id: NodeId): string {
  const { path } = builder.node(id);
  if (path === undefined) throw new Error(`Parameter or buffer ${id} has no path`);
  return path;
}
