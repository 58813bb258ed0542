import { OpError } from '../../../../ops/op';
import type { ClassValue } from '../../../runtime/values';
import { activate, elementwise } from '../activations';
import { makeWeight } from '../add-weight';
import { defineLayer, oneTensorCall, weightOf } from '../define-layer';
import { asShown, kerasTensor, nodeAxis, shownShape } from '../keras-tensor';
import { channelsSecond } from './normalization';
import { rearrange } from '../rearrange';
import { torchCall } from '../torch-call';

const activationLayer = defineLayer({
  name: 'Activation',
  signature: 'activation',
  make(args) {
    const activation = args.activation();
    return { call: oneTensorCall((_layer, interpreter, input) => activate(interpreter, activation, input)) };
  },
});

/** max(x, 0), with a slope below the threshold and a limit above where given. Source: keras.layers.ReLU. */
const relu = defineLayer({
  name: 'ReLU',
  signature: 'max_value=None, negative_slope=0.0, threshold=0.0',
  make(args) {
    const limit = args.isNone('max_value') ? undefined : args.number('max_value');
    const slope = args.number('negative_slope');
    const threshold = args.number('threshold');
    if (limit !== undefined && limit < 0) throw new OpError(`ReLU: max_value cannot be negative, got ${limit}.`);
    if (slope < 0) throw new OpError(`ReLU: negative_slope cannot be negative, got ${slope}.`);
    if (threshold < 0) throw new OpError(`ReLU: threshold cannot be negative, got ${threshold}.`);
    return {
      call: oneTensorCall((_layer, interpreter, input) => {
        if (threshold !== 0) return interpreter.fail('ReLU with a threshold is not supported yet.');
        if (limit === 6 && slope === 0) return elementwise(interpreter, 'torch.nn.functional.relu6', input);
        const positive =
          slope === 0
            ? elementwise(interpreter, 'torch.nn.functional.relu', input)
            : elementwise(interpreter, 'torch.nn.functional.leaky_relu', input, slope);
        return limit === undefined ? positive : elementwise(interpreter, 'torch.clamp', positive, null, limit);
      }),
    };
  },
});

const leakyRelu = defineLayer({
  name: 'LeakyReLU',
  signature: 'negative_slope=0.3, alpha=None',
  make(args) {
    // Keras 2 called it alpha.
    const slope = args.number(args.isNone('alpha') ? 'negative_slope' : 'alpha');
    if (slope < 0) throw new OpError(`LeakyReLU: negative_slope cannot be negative, got ${slope}.`);
    return {
      call: oneTensorCall((_layer, interpreter, input) =>
        elementwise(interpreter, 'torch.nn.functional.leaky_relu', input, slope),
      ),
    };
  },
});

const elu = defineLayer({
  name: 'ELU',
  signature: 'alpha=1.0',
  make(args) {
    const alpha = args.number('alpha');
    return {
      call: oneTensorCall((_layer, interpreter, input) =>
        elementwise(interpreter, 'torch.nn.functional.elu', input, alpha),
      ),
    };
  },
});

const softmax = defineLayer({
  name: 'Softmax',
  signature: 'axis=-1',
  make(args) {
    const [axis = -1, ...more] = args.integers('axis');
    return {
      call: oneTensorCall((_layer, interpreter, input) => {
        if (more.length > 0) return interpreter.fail('Softmax over several axes is not supported yet.');
        const rank = shownShape(input).length;
        if (axis >= rank || axis < -rank) throw new OpError(`Softmax: axis ${axis} is out of range.`);
        const dim = nodeAxis(input, axis);
        const result = torchCall(interpreter, 'torch.nn.functional.softmax', [input.keras.tensor], { dim });
        return kerasTensor(interpreter, result, input.keras.order);
      }),
    };
  },
});

/** A slope for every element but the batch; `shared_axes` share one. Source: keras.layers.PReLU. */
const prelu = defineLayer({
  name: 'PReLU',
  signature: "alpha_initializer='zeros', alpha_regularizer=None, alpha_constraint=None, shared_axes=None",
  make(args) {
    const shared = args.isNone('shared_axes') ? [] : args.integers('shared_axes');
    const values = args.initializer('alpha_initializer');
    return {
      build(layer, interpreter, [shape = []]) {
        const sizes = shape.slice(1).map((size, index) => {
          if (shared.includes(index + 1)) return 1;
          if (size === null) throw new OpError('PReLU: the sizes of its input must be known, or in shared_axes.');
          return size;
        });
        makeWeight(interpreter, layer, { name: 'alpha', shape: sizes, init: values({ fanIn: 1, fanOut: 1 }) });
      },
      call: oneTensorCall((layer, interpreter, input) => {
        const alpha = weightOf(interpreter, layer, 'alpha');
        const sizes = alpha.type.shape;
        if (sizes.slice(0, -1).every((size) => size === 1)) {
          const { tensor, order } = channelsSecond(interpreter, input, -1, 'PReLU');
          const slopes = torchCall(interpreter, 'torch.reshape', [alpha, [sizes.at(-1) as number]]);
          return kerasTensor(interpreter, torchCall(interpreter, 'torch.nn.functional.prelu', [tensor, slopes]), order);
        }
        // max(x, 0) + alpha · min(x, 0)
        const x = asShown(interpreter, input);
        const positive = torchCall(interpreter, 'torch.nn.functional.relu', [x]);
        const negative = torchCall(interpreter, 'torch.clamp', [x, null, 0]);
        const scaled = torchCall(interpreter, 'torch.mul', [negative, alpha]);
        const sum = torchCall(interpreter, 'torch.add', [positive, scaled]);
        // Back to the layout that it came in.
        const order = input.keras.order;
        return kerasTensor(
          interpreter,
          rearrange(
            interpreter,
            sum,
            order.map((_, axis) => order.indexOf(axis)),
          ),
          order,
        );
      }),
    };
  },
});

export const activationClasses: ReadonlyMap<string, ClassValue> = new Map([
  ['Activation', activationLayer],
  ['ReLU', relu],
  ['LeakyReLU', leakyRelu],
  ['ELU', elu],
  ['Softmax', softmax],
  ['PReLU', prelu],
]);
