import type { Graph } from '../core/graph/graph';
import type { OptimizerConfig } from '../core/train/config';
import { momentNames } from '../core/train/optimizer';
import { evaluationGraph, trainingGraph } from '../core/train/training-graph';
import { buildPlan } from './build-plan';
import { layoutState } from './layout-state';
import type { Plan, StateLayout } from './plan';

/** Plans of one model for any batch size, over one state. */
export interface ModelPlans {
  readonly layout: StateLayout;
  /** Forward, loss, backward and the optimiser's step. Inputs images, targets, hyper, and random where the model drops out. */
  training(batchSize: number): Plan;
  /** Forward and loss. Inputs images, targets. */
  evaluation(batchSize: number): Plan;
}

/** `optimizer` undefined: only evaluation, with no room for gradients. */
export function modelPlans(graph: Graph, optimizer?: OptimizerConfig, frozen?: ReadonlySet<string>): ModelPlans {
  const moments = optimizer ? momentNames(optimizer) : [];
  const layout = layoutState(graph, { moments, gradients: optimizer !== undefined });
  return {
    layout,
    training(batchSize) {
      if (!optimizer) throw new Error('No optimiser was given');
      return buildPlan({ name: 'train', computation: trainingGraph(graph, frozen), batchSize, layout, optimizer });
    },
    evaluation(batchSize) {
      return buildPlan({ name: 'evaluate', computation: evaluationGraph(graph), batchSize, layout });
    },
  };
}
