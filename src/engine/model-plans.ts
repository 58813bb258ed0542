import { UserError } from '../core/errors';
import type { Graph } from '../core/graph/graph';
import { stateTensors } from '../core/rng/initialize';
import { defaultHead, type Head } from '../core/train/head';
import type { ClippingConfig, LossConfig, OptimizerConfig } from '../core/train/config';
import { momentNames } from '../core/train/optimizer';
import { hostImages, type ImageSource } from '../core/train/image-source';
import { oneGroup, type ParameterGrouping } from '../core/train/parameter-groups';
import { evaluationGraph, trainingGraph, type BatchPart } from '../core/train/training-graph';
import { buildPlan } from './build-plan';
import { layoutState } from './layout-state';
import type { UpdateConfig } from './optimizer-steps';
import type { HalfStorage, Plan, StateLayout } from './plan';

/** Plans of one model for any batch size, over one state. */
export interface ModelPlans {
  readonly layout: StateLayout;
  /** Forward, loss, backward and the optimiser's step. Inputs images or picks, those of the loss (core/train/loss-head.ts), hyper, random where the model drops out. */
  training(batchSize: number): Plan;
  /**
   * One of several parts of a batch, `images` of them: gradients are added up from part to part, and the last one ends with
   * the optimiser's step. Inputs as of training, and share; hyper only of the last.
   */
  trainingPart(images: number, place: 'first' | 'middle' | 'last'): Plan;
  /** Forward and loss. Inputs images or picks, and those of the loss. */
  evaluation(batchSize: number): Plan;
}

/** What training does beyond plain cross-entropy and one optimiser for all; absent: nothing. */
export interface TrainingOptions {
  readonly loss?: LossConfig;
  /** In evaluation too; absent: multi-class. */
  readonly head?: Head;
  /** Training images are mixed two by two. */
  readonly mixed?: boolean;
  readonly clipping?: ClippingConfig;
  readonly grouping?: ParameterGrouping;
  /** Parameters (state_dict names) that are not trained. */
  readonly frozen?: ReadonlySet<string>;
  /** What is computed in training, where that is another graph over the same state. */
  readonly trainingGraph?: Graph;
  /** Where images come from, in evaluation too. */
  readonly images?: ImageSource;
  /** Activations and gradients of training are kept in half, under a scaled loss; absent: whole. Evaluation is never in half. */
  readonly half?: HalfStorage | undefined;
}

/** `optimizer` undefined: only evaluation, with no room for gradients. */
export function modelPlans(
  graph: Graph,
  optimizer?: OptimizerConfig,
  {
    loss,
    head = defaultHead,
    mixed = false,
    clipping = { kind: 'none' },
    grouping = oneGroup,
    frozen,
    trainingGraph: ownGraph,
    images = hostImages,
    half,
  }: TrainingOptions = {},
): ModelPlans {
  if (ownGraph) requireSameState(graph, ownGraph);
  const moments = optimizer ? momentNames(optimizer) : [];
  const scaled = half !== undefined && optimizer !== undefined;
  const gradients = optimizer !== undefined;
  const layout = layoutState(graph, { moments, gradients, groupOf: grouping.groupOf, lossScale: scaled });
  const trainingPlan = (name: string, batchSize: number, update: UpdateConfig | undefined, part?: BatchPart): Plan => {
    const computation = trainingGraph(ownGraph ?? graph, {
      auxiliary: ownGraph !== undefined,
      ...(loss ? { loss } : {}),
      head,
      mixed,
      ...(frozen ? { frozen } : {}),
      images,
      scaled,
      ...(part ? { part } : {}),
    });
    return buildPlan({
      name,
      computation,
      batchSize,
      layout,
      ...(half ? { half } : {}),
      ...(update ? { update } : {}),
    });
  };
  const update = (): UpdateConfig => {
    if (!optimizer) throw new Error('No optimiser was given');
    return { optimizer, clipping, grouping, scaled };
  };
  return {
    layout,
    training: (batchSize) => trainingPlan('train', batchSize, update()),
    trainingPart: (images, place) =>
      trainingPlan(`train, ${place} part`, images, place === 'last' ? update() : undefined, {
        first: place === 'first',
      }),
    evaluation(batchSize) {
      return buildPlan({ name: 'evaluate', computation: evaluationGraph(graph, images, head), batchSize, layout });
    },
  };
}

/** Reading the code anew for another mode gives the same parameters, unless making the model asks for the mode. */
function requireSameState(graph: Graph, other: Graph): void {
  const stateOf = (each: Graph) =>
    JSON.stringify(stateTensors(each).map(({ name, kind, shape }) => [name, kind, shape]));
  if (stateOf(graph) === stateOf(other)) return;
  throw new UserError(
    `${graph.name} has other parameters in training than in evaluation.`,
    'Make its layers in __init__, whatever self.training is.',
  );
}
