import { sizeAt, data, at, type Forward } from '../tensor64';
import { logSoftmaxAlong } from './activation';

export const lossForwards: Readonly<Record<string, Forward>> = {
  cross_entropy: ([logits, targets]) => {
    const classes = sizeAt(logits, 1);
    const logProbabilities = logSoftmaxAlong(logits, 1);
    const losses = [...data(targets)].map((target, n) => -at(logProbabilities, n * classes + target));
    return Float64Array.of(losses.reduce((sum, loss) => sum + loss, 0) / losses.length);
  },
};
