import { OpError, OpUnsupported } from '../../../../ops/op';
import type { Interpreter } from '../../../runtime/interpreter';
import type { InstanceValue, TensorValue, Value } from '../../../runtime/values';
import { applyOp } from '../../tensor-calls';
import { makeWeight } from '../add-weight';
import { defineLayer, knownSize, oneTensorCall, requireSize, weightOf } from '../define-layer';
import { formatKerasShape, kerasTensor, nodeAxis, shownShape, type KerasTensor } from '../keras-tensor';
import { layerState } from '../layer-state';
import { rearrange } from '../rearrange';
import { torchCall } from '../torch-call';

/**
 * gamma and beta are trained, the moving mean and variance are not: all four of the channels' size.
 * Source: keras.layers.BatchNormalization.
 */
export const batchNormalizationClass = defineLayer({
  name: 'BatchNormalization',
  signature:
    "axis=-1, momentum=0.99, epsilon=0.001, center=True, scale=True, beta_initializer='zeros', gamma_initializer='ones', moving_mean_initializer='zeros', moving_variance_initializer='ones', beta_regularizer=None, gamma_regularizer=None, beta_constraint=None, gamma_constraint=None, synchronized=False, renorm=False, virtual_batch_size=None, fused=None",
  make(args) {
    const [axis = -1, ...more] = args.integers('axis');
    if (more.length > 0) throw new OpUnsupported('BatchNormalization over several axes is not supported yet.');
    const [scale, center] = [args.boolean('scale'), args.boolean('center')];
    const momentum = args.number('momentum');
    const eps = args.number('epsilon');
    const values = (name: string) => args.initializer(`${name}_initializer`);
    const specs = [
      { name: 'gamma', made: scale, trainable: true, values: values('gamma') },
      { name: 'beta', made: center, trainable: true, values: values('beta') },
      { name: 'moving_mean', made: true, trainable: false, values: values('moving_mean') },
      { name: 'moving_variance', made: true, trainable: false, values: values('moving_variance') },
    ];
    return {
      build(layer, interpreter, [shape]) {
        const size = knownSize(shape, axis, args.title);
        for (const { name, made, trainable, values: first } of specs) {
          if (!made) continue;
          makeWeight(interpreter, layer, {
            name,
            shape: [size],
            trainable,
            init: first({ fanIn: size, fanOut: size }),
          });
        }
      },
      call: oneTensorCall((layer, interpreter, input, keyword) => {
        const { tensor, order } = channelsSecond(interpreter, input, axis, args.title);
        const size = weightOf(interpreter, layer, 'moving_mean').type.shape[0];
        requireSize(
          tensor.type.shape[1],
          size,
          `BatchNormalization expects ${size ?? '?'} channels, its input has shape ${formatKerasShape(shownShape(input))}.`,
        );
        const weights = stateTensors(interpreter, layer, scale, center);
        // Keras' momentum is the weight of the old statistics, the op's that of the newest batch.
        const attrs = { eps, momentum: 1 - momentum, affine: scale || center, trackRunningStats: true };
        const stays = isFrozen(interpreter, layer, keyword);
        const result = stays
          ? torchCall(interpreter, 'torch.nn.functional.batch_norm', frozenArguments(tensor, weights), {
              training: false,
              eps,
            })
          : applyOp(interpreter, 'batch_norm', attrs, tensor, ...weights);
        return kerasTensor(interpreter, result, order);
      }),
    };
  },
});

/** The op takes both or none: what the layer has not is the constant that changes nothing. */
function stateTensors(
  interpreter: Interpreter,
  layer: InstanceValue,
  scale: boolean,
  center: boolean,
): readonly TensorValue[] {
  const mean = weightOf(interpreter, layer, 'moving_mean');
  const statistics = [mean, weightOf(interpreter, layer, 'moving_variance')];
  if (!scale && !center) return statistics;
  const constant = (value: number): TensorValue => ({
    ...mean,
    data: { kind: 'initial', init: { kind: 'constant', value } },
  });
  return [
    scale ? weightOf(interpreter, layer, 'gamma') : constant(1),
    center ? weightOf(interpreter, layer, 'beta') : constant(0),
    ...statistics,
  ];
}

function frozenArguments(x: TensorValue, weights: readonly TensorValue[]): readonly (TensorValue | null)[] {
  const [first, second, third, fourth] = weights;
  if (third && fourth) return [x, third, fourth, first ?? null, second ?? null];
  return [x, first ?? null, second ?? null, null, null];
}

/** Called with training=False, or not trainable: it normalises with its moving statistics even in training. */
function isFrozen(interpreter: Interpreter, layer: InstanceValue, keyword: ReadonlyMap<string, Value>): boolean {
  const given = keyword.get('training');
  if (!layerState(interpreter, layer).trainable) return true;
  return given?.kind === 'boolean' && !given.value;
}

/** The input with the shown axis as the node's axis 1, and the order that shows it. */
export function channelsSecond(
  interpreter: Interpreter,
  input: KerasTensor,
  axis: number,
  title: string,
): { readonly tensor: TensorValue; readonly order: readonly number[] } {
  const rank = shownShape(input).length;
  const wanted = axis < 0 ? axis + rank : axis;
  if (wanted < 0 || wanted >= rank) {
    throw new OpError(
      `${title}: axis ${axis} is out of range for an input of shape ${formatKerasShape(shownShape(input))}.`,
    );
  }
  const at = nodeAxis(input, wanted);
  const { tensor, order } = input.keras;
  if (at === 1 || rank < 2) return { tensor, order };
  const axes = [
    0,
    at,
    ...Array.from({ length: rank }, (_, index) => index).filter((index) => index !== 0 && index !== at),
  ];
  return { tensor: rearrange(interpreter, tensor, axes), order: order.map((old) => axes.indexOf(old)) };
}
