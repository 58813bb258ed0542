import { makeWeight } from '../add-weight';
import { defineLayer, oneTensorCall, weightOf } from '../define-layer';
import { asShown, kerasTensor } from '../keras-tensor';
import { torchCall } from '../torch-call';

/** Indices (None, …) → vectors (None, …, output_dim). Source: keras.layers.Embedding. */
export const embeddingClass = defineLayer({
  name: 'Embedding',
  signature:
    "input_dim, output_dim, embeddings_initializer='uniform', embeddings_regularizer=None, embeddings_constraint=None, mask_zero=False, weights=None, lora_rank=None",
  make(args) {
    const [count, size] = [args.positiveInteger('input_dim'), args.positiveInteger('output_dim')];
    const values = args.initializer('embeddings_initializer');
    return {
      build(layer, interpreter) {
        makeWeight(interpreter, layer, {
          name: 'embeddings',
          shape: [count, size],
          init: values({ fanIn: count, fanOut: size }),
        });
      },
      call: oneTensorCall((layer, interpreter, input) => {
        const x = asShown(interpreter, input);
        // Keras turns what it is given into whole numbers.
        const indices = x.type.dtype === 'f32' ? torchCall(interpreter, 'torch.Tensor.long', [x]) : x;
        const table = weightOf(interpreter, layer, 'embeddings');
        return kerasTensor(interpreter, torchCall(interpreter, 'torch.nn.functional.embedding', [indices, table]));
      }),
    };
  },
});
