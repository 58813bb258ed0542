import type { Graph } from '../core/graph/graph';
import type { ClippingConfig, LossConfig, OptimizerConfig } from '../core/train/config';
import { momentNames } from '../core/train/optimizer';
import { oneGroup, type ParameterGrouping } from '../core/train/parameter-groups';
import { evaluationGraph, trainingGraph } from '../core/train/training-graph';
import { buildPlan } from './build-plan';
import { layoutState } from './layout-state';
import type { Plan, StateLayout } from './plan';

/** Plans of one model for any batch size, over one state. */
export interface ModelPlans {
  readonly layout: StateLayout;
  /** Forward, loss, backward and the optimiser's step. Inputs images, targets, hyper, random where the model drops out, classWeights where the loss has them. */
  training(batchSize: number): Plan;
  /**
   * One of several parts of a batch, `images` of them: gradients are added up from part to part, and the last one ends with
   * the optimiser's step. Inputs as of training, and share; hyper only of the last.
   */
  trainingPart(images: number, place: 'first' | 'middle' | 'last'): Plan;
  /** Forward and loss. Inputs images, targets. */
  evaluation(batchSize: number): Plan;
}

/** What training does beyond plain cross-entropy and one optimiser for all; absent: nothing. */
export interface TrainingOptions {
  readonly loss?: LossConfig;
  readonly clipping?: ClippingConfig;
  readonly grouping?: ParameterGrouping;
  /** Parameters (state_dict names) that are not trained. */
  readonly frozen?: ReadonlySet<string>;
}

/** `optimizer` undefined: only evaluation, with no room for gradients. */
export function modelPlans(
  graph: Graph,
  optimizer?: OptimizerConfig,
  { loss, clipping = { kind: 'none' }, grouping = oneGroup, frozen }: TrainingOptions = {},
): ModelPlans {
  const moments = optimizer ? momentNames(optimizer) : [];
  const layout = layoutState(graph, { moments, gradients: optimizer !== undefined, groupOf: grouping.groupOf });
  return {
    layout,
    training(batchSize) {
      if (!optimizer) throw new Error('No optimiser was given');
      const computation = trainingGraph(graph, { ...(loss ? { loss } : {}), ...(frozen ? { frozen } : {}) });
      return buildPlan({ name: 'train', computation, batchSize, layout, update: { optimizer, clipping, grouping } });
    },
    trainingPart(images, place) {
      if (!optimizer) throw new Error('No optimiser was given');
      const part = { first: place === 'first' };
      const computation = trainingGraph(graph, { ...(loss ? { loss } : {}), ...(frozen ? { frozen } : {}), part });
      const update = place === 'last' ? { update: { optimizer, clipping, grouping } } : {};
      return buildPlan({ name: `train, ${place} part`, computation, batchSize: images, layout, ...update });
    },
    evaluation(batchSize) {
      return buildPlan({ name: 'evaluate', computation: evaluationGraph(graph), batchSize, layout });
    },
  };
}
