import type { OpCall } from '../tensor-op';
import type { Tensor, Tensorflow } from '../tensorflow-module';

/** Scores of places as rows, and what of each class a place is. */
export interface Classes {
  /** [places, classes] */
  readonly scores: Tensor;
  /** Of the same shape: one-hot, or probabilities. */
  readonly shares: Tensor;
  /** 1 for each place [places, 1] that counts, 0 where the target is ignored. */
  readonly counts: Tensor;
}

/** Scores [N, C, …] or [C]; targets [N, …] or [], or of the scores' shape where they are probabilities. */
export function readClasses(
  tf: Tensorflow,
  scores: Tensor,
  targets: Tensor,
  soft: boolean,
  ignored: number | null,
): Classes {
  const rows = classesLast(tf, scores);
  const [places = 1, classes = 1] = rows.shape;
  if (soft) return { scores: rows, shares: classesLast(tf, targets), counts: tf.ones([places, 1]) };
  const labels = tf.reshape(targets, [places]);
  const kept = ignored === null ? tf.ones([places]) : tf.cast(tf.notEqual(labels, ignored), 'float32');
  const shares = tf.cast(tf.oneHot(labels, classes), 'float32');
  return { scores: rows, shares, counts: tf.reshape(kept, [places, 1]) };
}

/** −Σ w·share·score of each place [places]. */
export function weightedLosses(
  tf: Tensorflow,
  { scores, counts }: Classes,
  shares: Tensor,
  weights: Tensor | undefined,
): Tensor {
  const weighted = weights ? tf.mul(shares, tf.reshape(weights, [1, -1])) : shares;
  return tf.neg(tf.sum(tf.mul(tf.mul(weighted, counts), scores), 1));
}

/** Losses [places] reduced; `weighting`: a mean is of the weights of the classes that targets name, ignored ones left out. */
export function classMeans(
  { tf, attrs }: OpCall,
  losses: Tensor,
  weighting: { readonly classes: Classes; readonly weights: Tensor | undefined } | undefined,
): Tensor {
  switch (attrs['reduction']) {
    case 'none':
      return losses;
    case 'sum':
      return tf.sum(losses);
    default: {
      if (!weighting) return tf.mean(losses);
      const { classes, weights } = weighting;
      const named = weights
        ? tf.sum(tf.mul(classes.shares, tf.reshape(weights, [1, -1])), 1, true)
        : tf.onesLike(classes.counts);
      return tf.div(tf.sum(losses), tf.sum(tf.mul(named, classes.counts)));
    }
  }
}

function classesLast(tf: Tensorflow, x: Tensor): Tensor {
  if (x.rank === 1) return tf.reshape(x, [1, -1]);
  const [images = 1, classes = 1] = x.shape;
  return tf.reshape(tf.transpose(tf.reshape(x, [images, classes, -1]), [0, 2, 1]), [-1, classes]);
}
