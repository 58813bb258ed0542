import type { Dim } from '../graph/dim';
import type { NodeId } from '../graph/graph';
import type { GraphBuilder } from '../graph/graph-builder';
import type { LossConfig } from './config';
import type { Head } from './head';

export interface LossHead {
  /** Mean over the batch of scores [N, outputs]. */
  readonly lossOf: (scores: NodeId) => NodeId;
  /** How many rows are right: f32 []. */
  readonly correct: (scores: NodeId) => NodeId;
}

/**
 * Adds the inputs of a head, of which the host fills:
 *
 * - `targets` i32 [N] (multi-class) or `labels` f32 [N, outputs], 0 or 1: what images are, and what `correct` counts by;
 * - `softTargets` f32 [N, outputs], where `soft`: what the loss is of instead, in [0, 1];
 * - `classWeights` f32 [outputs], where classes are weighted: of the other heads the weight of a yes.
 *
 * A row of several yes and no is right where all of them are (scikit-learn's accuracy_score); a yes is a logit above 0.
 */
export function addLossHead(
  builder: GraphBuilder,
  head: Head,
  { labelSmoothing, classWeights }: LossConfig,
  [batch, outputs]: readonly [Dim, number],
  soft: boolean,
): LossHead {
  const shape = [batch, outputs];
  const weighted = classWeights !== 'none';
  const floats = (name: string, of: readonly Dim[]) => builder.input(name, { shape: of, dtype: 'f32' });
  if (head === 'multi-class') {
    const targets = builder.input('targets', { shape: [batch], dtype: 'i32' });
    const wanted = soft ? floats('softTargets', shape) : targets;
    const weights = weighted ? [floats('classWeights', [outputs])] : [];
    return {
      lossOf: (scores) => builder.add('cross_entropy', { labelSmoothing }, [scores, wanted, ...weights]),
      correct: (scores) => builder.add('count_correct', {}, [scores, targets]),
    };
  }
  const labels = floats('labels', shape);
  const wanted = soft ? floats('softTargets', shape) : labels;
  const weights = weighted ? [builder.add('expand', { shape }, [floats('classWeights', [outputs])])] : [];
  const attrs = { reduction: 'mean', given: weighted ? ['pos_weight'] : [] };
  return {
    lossOf: (scores) => builder.add('binary_cross_entropy_with_logits', attrs, [scores, wanted, ...weights]),
    correct(scores) {
      const yes = builder.add('with_number', { function: 'greater', number: 0, numberFirst: false }, [scores]);
      const right = builder.add('equal_to', {}, [builder.add('cast', { dtype: 'f32' }, [yes]), labels]);
      const all = builder.add('amin', { dims: [1], keepDims: false }, [builder.add('cast', { dtype: 'f32' }, [right])]);
      return builder.add('sum', { dims: [0], keepDims: false }, [all]);
    },
  };
}

/** Whether a head's loss is of targets that the host has worked out: mixed ones, or smoothed where the op does not smooth. */
export function hasSoftTargets(head: Head, { labelSmoothing }: LossConfig, mixed: boolean): boolean {
  return mixed || (head !== 'multi-class' && labelSmoothing > 0);
}
