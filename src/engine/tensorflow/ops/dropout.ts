import { booleanAttribute, numberAttribute } from '../../steps/attributes';
import type { TensorOp } from '../tensor-op';
import { count } from './along';
import { dropoutFactors } from './random';

export const dropoutOps: Readonly<Record<string, TensorOp>> = {
  dropout_apply(call) {
    const { tf, attrs, shape } = call;
    const perChannel = booleanAttribute(attrs, 'perChannel');
    const drawnFor = perChannel ? shape.slice(0, 2) : shape;
    const [p, key] = [numberAttribute(attrs, 'p'), numberAttribute(attrs, 'key')];
    const factors = dropoutFactors(call, 1, p, key, count(drawnFor));
    const aligned = perChannel ? [...drawnFor, ...shape.slice(2).map(() => 1)] : shape;
    return tf.mul(call.input(0), tf.tensor(factors, aligned, 'float32'));
  },
};
