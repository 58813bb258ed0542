import { OpError } from '../../../../ops/op';
import type { Interpreter } from '../../../runtime/interpreter';
import type { ClassValue, InstanceValue, TensorValue } from '../../../runtime/values';
import { makeWeight } from '../add-weight';
import { defineLayer, knownSize, oneTensorCall, weightOf } from '../define-layer';
import { arranged, asShown, kerasTensor, shownShape } from '../keras-tensor';
import type { LayerArguments } from '../layer-arguments';
import { torchCall } from '../torch-call';
import { channelsSecond } from './normalization';

/** Over the axes given (the last one), for every element of the others. Source: keras.layers.LayerNormalization. */
const layerNormalization = defineLayer({
  name: 'LayerNormalization',
  signature:
    "axis=-1, epsilon=0.001, center=True, scale=True, rms_scaling=False, beta_initializer='zeros', gamma_initializer='ones', beta_regularizer=None, gamma_regularizer=None, beta_constraint=None, gamma_constraint=None",
  make(args) {
    const given = args.integers('axis');
    const eps = args.number('epsilon');
    const rms = args.boolean('rms_scaling');
    const affine = readAffine(args);
    return {
      build(layer, interpreter, [shape = []]) {
        const axes = given.map((axis) => (axis < 0 ? axis + shape.length : axis));
        const sizes = [...axes].sort((a, b) => a - b).map((axis) => knownSize(shape, axis, args.title));
        affine.build(interpreter, layer, sizes);
      },
      call: oneTensorCall((layer, interpreter, input) => {
        const rank = shownShape(input).length;
        const axes = given.map((axis) => (axis < 0 ? axis + rank : axis)).sort((a, b) => a - b);
        if (axes.some((axis) => axis < 0 || axis >= rank))
          throw new OpError(`LayerNormalization: axis ${given.join(', ')} is out of range.`);
        if (rms) return interpreter.fail('LayerNormalization with rms_scaling is not supported yet.');
        // The normalised axes last, as PyTorch wants them.
        const moved = [
          ...Array.from({ length: rank }, (_, axis) => axis).filter((axis) => !axes.includes(axis)),
          ...axes,
        ];
        const order = moved.map((_, axis) => moved.indexOf(axis));
        const x = arranged(interpreter, input, order);
        const sizes = x.type.shape.slice(rank - axes.length);
        const [gamma, beta] = affine.weights(interpreter, layer);
        const result = torchCall(interpreter, 'torch.nn.functional.layer_norm', [
          x,
          sizes.map((dim) => ({ dim })),
          gamma ?? null,
          beta ?? null,
          eps,
        ]);
        return kerasTensor(interpreter, result, order);
      }),
    };
  },
});

/** Over groups of channels and all places. Source: keras.layers.GroupNormalization. */
const groupNormalization = defineLayer({
  name: 'GroupNormalization',
  signature:
    "groups=32, axis=-1, epsilon=0.001, center=True, scale=True, beta_initializer='zeros', gamma_initializer='ones', beta_regularizer=None, gamma_regularizer=None, beta_constraint=None, gamma_constraint=None",
  make(args) {
    const wanted = args.integer('groups');
    const axis = args.integer('axis');
    const eps = args.number('epsilon');
    const affine = readAffine(args);
    return {
      build(layer, interpreter, [shape]) {
        const channels = knownSize(shape, axis, args.title);
        const groups = wanted === -1 ? channels : wanted;
        if (groups < 1 || groups > channels || channels % groups !== 0) {
          throw new OpError(`GroupNormalization: ${channels} channels cannot be divided into ${groups} groups.`);
        }
        affine.build(interpreter, layer, [channels]);
      },
      call: oneTensorCall((layer, interpreter, input) => {
        const { tensor, order } = channelsSecond(interpreter, input, axis, args.title);
        const channels = tensor.type.shape[1];
        const groups = wanted === -1 && typeof channels === 'number' ? channels : wanted;
        const [gamma, beta] = affine.weights(interpreter, layer);
        const result = torchCall(interpreter, 'torch.nn.functional.group_norm', [
          tensor,
          groups,
          gamma ?? null,
          beta ?? null,
          eps,
        ]);
        return kerasTensor(interpreter, result, order);
      }),
    };
  },
});

/** x / ‖x‖ along the axis. Source: keras.layers.UnitNormalization. */
const unitNormalization = defineLayer({
  name: 'UnitNormalization',
  signature: 'axis=-1',
  make(args) {
    const axes = args.integers('axis');
    return {
      call: oneTensorCall((_layer, interpreter, input) => {
        const [axis = -1, ...more] = axes;
        if (more.length > 0) return interpreter.fail('UnitNormalization over several axes is not supported yet.');
        const x = asShown(interpreter, input);
        return kerasTensor(interpreter, torchCall(interpreter, 'torch.nn.functional.normalize', [x], { dim: axis }));
      }),
    };
  },
});

const rmsNormalization = defineLayer({
  name: 'RMSNormalization',
  signature: 'axis=-1, epsilon=1e-06',
  make(args) {
    const [axis = -1] = args.integers('axis');
    const eps = args.number('epsilon');
    return {
      build(layer, interpreter, [shape]) {
        const init = { kind: 'constant', value: 1 } as const;
        makeWeight(interpreter, layer, { name: 'scale', shape: [knownSize(shape, axis, args.title)], init });
      },
      call: oneTensorCall((layer, interpreter, input) => {
        if (axis !== -1)
          return interpreter.fail('RMSNormalization along another axis than the last is not supported yet.');
        const scale = weightOf(interpreter, layer, 'scale');
        const x = asShown(interpreter, input);
        const result = torchCall(interpreter, 'torch.nn.functional.rms_norm', [
          x,
          [scale.type.shape[0] as number],
          scale,
          eps,
        ]);
        return kerasTensor(interpreter, result);
      }),
    };
  },
});

export const moreNormalizationClasses: ReadonlyMap<string, ClassValue> = new Map([
  ['LayerNormalization', layerNormalization],
  ['GroupNormalization', groupNormalization],
  ['UnitNormalization', unitNormalization],
  ['RMSNormalization', rmsNormalization],
]);

interface Affine {
  build(interpreter: Interpreter, layer: InstanceValue, sizes: readonly number[]): void;
  /** gamma and beta, undefined where the layer has them not. */
  weights(interpreter: Interpreter, layer: InstanceValue): readonly (TensorValue | undefined)[];
}

function readAffine(args: LayerArguments): Affine {
  const has = { gamma: args.boolean('scale'), beta: args.boolean('center') };
  const values = { gamma: args.initializer('gamma_initializer'), beta: args.initializer('beta_initializer') };
  const names = ['gamma', 'beta'] as const;
  return {
    build(interpreter, layer, sizes) {
      for (const name of names) {
        if (has[name])
          makeWeight(interpreter, layer, { name, shape: sizes, init: values[name]({ fanIn: 1, fanOut: 1 }) });
      }
    },
    weights: (interpreter, layer) => names.map((name) => (has[name] ? weightOf(interpreter, layer, name) : undefined)),
  };
}
