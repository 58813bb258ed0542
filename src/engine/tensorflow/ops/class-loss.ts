import { numberAttribute } from '../../steps/attributes';
import type { OpCall } from '../tensor-op';
import type { Tensor } from '../tensorflow-module';
import { classMeans, readClasses, weightedLosses } from './classes';

/** A loss of scores and class indices, with weights of the classes if there are any. Formulas: PyTorch, torch.nn. */
type ClassLoss = (call: OpCall, scores: Tensor, targets: Tensor, weights: Tensor | undefined) => Tensor;

export const classLosses: Readonly<Record<string, ClassLoss>> = {
  nll_loss(call, scores, targets, weights) {
    const { tf, attrs } = call;
    const classes = readClasses(tf, scores, targets, false, numberAttribute(attrs, 'ignoreIndex'));
    return classMeans(call, weightedLosses(tf, classes, classes.shares, weights), { classes, weights });
  },
  multi_margin_loss(call, scores, targets, weights) {
    const { tf, attrs } = call;
    const { scores: rows, shares } = readClasses(tf, scores, targets, false, null);
    const own = tf.sum(tf.mul(rows, shares), 1, true);
    const margins = tf.relu(tf.add(tf.sub(rows, own), numberAttribute(attrs, 'margin')));
    const powers = attrs['p'] === 2 ? tf.square(margins) : margins;
    const others = tf.mul(powers, tf.sub(1, shares));
    const weighted = weights ? tf.mul(others, tf.sum(tf.mul(shares, tf.reshape(weights, [1, -1])), 1, true)) : others;
    return classMeans(call, tf.mean(weighted, 1), undefined);
  },
  multilabel_margin_loss(call, scores, targets) {
    const { tf } = call;
    const classes = scores.shape.at(-1) ?? 1;
    const [rows, list] = [tf.reshape(scores, [-1, classes]), tf.reshape(targets, [-1, classes])];
    // The first −1 ends the list of labels.
    const listed = tf.equal(tf.cumsum(tf.cast(tf.less(list, 0), 'int32'), 1), 0);
    const hot = tf.mul(
      tf.cast(tf.oneHot(tf.maximum(list, tf.scalar(0, 'int32')), classes), 'float32'),
      tf.expandDims(tf.cast(listed, 'float32'), 2),
    );
    const isLabel = tf.max(hot, 1);
    // Of each label (dimension 1) against each other class (dimension 2).
    const own = tf.sum(tf.mul(hot, tf.expandDims(rows, 1)), 2, true);
    const margins = tf.relu(tf.sub(tf.add(1, tf.expandDims(rows, 1)), own));
    const counted = tf.mul(tf.expandDims(tf.cast(listed, 'float32'), 2), tf.expandDims(tf.sub(1, isLabel), 1));
    return classMeans(call, tf.div(tf.sum(tf.mul(margins, counted), [1, 2]), classes), undefined);
  },
};
