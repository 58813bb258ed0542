import { activate } from '../activations';
import { fansOf, makeWeight } from '../add-weight';
import { defineLayer, knownSize, oneTensorCall, requireSize, weightOf } from '../define-layer';
import { asShown, formatKerasShape, kerasTensor, shownShape } from '../keras-tensor';
import { torchCall } from '../torch-call';

/** y = activation(x·kernel + bias) on the last axis. Source: keras.layers.Dense. */
export const denseClass = defineLayer({
  name: 'Dense',
  signature:
    "units, activation=None, use_bias=True, kernel_initializer='glorot_uniform', bias_initializer='zeros', kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None, kernel_constraint=None, bias_constraint=None, lora_rank=None",
  make(args) {
    const units = args.positiveInteger('units');
    const useBias = args.boolean('use_bias');
    const activation = args.activation();
    const kernelValues = args.initializer('kernel_initializer');
    const biasValues = args.initializer('bias_initializer');
    return {
      build(layer, interpreter, [shape]) {
        const features = knownSize(shape, -1, args.title);
        const fans = fansOf([features, units]);
        makeWeight(interpreter, layer, {
          name: 'kernel',
          shape: [units, features],
          order: [1, 0],
          init: kernelValues(fans),
        });
        if (useBias) makeWeight(interpreter, layer, { name: 'bias', shape: [units], init: biasValues(fans) });
      },
      call: oneTensorCall((layer, interpreter, input) => {
        const kernel = weightOf(interpreter, layer, 'kernel');
        const shape = shownShape(input);
        requireSize(
          shape.length < 2 ? undefined : shape.at(-1),
          kernel.type.shape[1],
          `Dense expects ${kernel.type.shape[1] ?? '?'} features on the last axis of its input, got shape ${formatKerasShape(shape)}.`,
        );
        const bias = useBias ? [weightOf(interpreter, layer, 'bias')] : [];
        const result = torchCall(interpreter, 'torch.nn.functional.linear', [
          asShown(interpreter, input),
          kernel,
          ...bias,
        ]);
        return activate(interpreter, activation, kerasTensor(interpreter, result));
      }),
    };
  },
});
