import { OpError } from '../../../../ops/op';
import type { Interpreter } from '../../../runtime/interpreter';
import { tuple, type ClassValue, type InstanceValue, type TensorValue, type Value } from '../../../runtime/values';
import { applyOp } from '../../tensor-calls';
import { readArguments } from '../../read-arguments';
import { fansOf, makeWeight } from '../add-weight';
import { defineLayer, knownSize, weightOf } from '../define-layer';
import { asShown, formatKerasShape, isKerasTensor, kerasTensor, shownShape, type KerasTensor } from '../keras-tensor';
import { layerState, type LayerBehaviour } from '../layer-state';
import { checkedByKeras, torchCall } from '../torch-call';

const callArguments = [
  'query',
  'value',
  'key?',
  'query_mask?',
  'value_mask?',
  'key_mask?',
  'attention_mask?',
  'return_attention_scores?',
  'training?',
  'use_causal_mask?',
];

/** Attention in several heads: softmax(Q·Kᵀ / √key_dim)·V. Source: Vaswani et al., 2017; keras.layers.MultiHeadAttention. */
const multiHeadAttention = defineLayer({
  name: 'MultiHeadAttention',
  signature:
    "num_heads, key_dim, value_dim=None, dropout=0.0, use_bias=True, output_shape=None, attention_axes=None, flash_attention=None, kernel_initializer='glorot_uniform', bias_initializer='zeros', kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None, kernel_constraint=None, bias_constraint=None, seed=None",
  make(args) {
    const heads = args.positiveInteger('num_heads');
    const keySize = args.positiveInteger('key_dim');
    const valueSize = args.isNone('value_dim') ? keySize : args.positiveInteger('value_dim');
    const useBias = args.boolean('use_bias');
    const outputs = args.isNone('output_shape') ? undefined : args.integers('output_shape');
    const p = args.number('dropout');
    const values = args.initializer('kernel_initializer');
    const overAxes = !args.isNone('attention_axes');
    const build = (layer: InstanceValue, interpreter: Interpreter, tensors: readonly KerasTensor[]): void => {
      const features = tensors.map((tensor) => knownSize(shownShape(tensor).map(known), -1, args.title));
      const [query = 1, value = 1, key = value] = features;
      const output = outputs ? (outputs.at(-1) ?? query) : query;
      const parts: readonly (readonly [string, number, number])[] = [
        ['query', query, heads * keySize],
        ['key', key, heads * keySize],
        ['value', value, heads * valueSize],
        ['attention_output', heads * valueSize, output],
      ];
      for (const [name, from, to] of parts) {
        const init = values(fansOf([from, to]));
        makeWeight(interpreter, layer, { name: `${name}/kernel`, shape: [to, from], order: [1, 0], init });
        if (useBias) {
          makeWeight(interpreter, layer, { name: `${name}/bias`, shape: [to], init: { kind: 'constant', value: 0 } });
        }
      }
    };
    return {
      call(layer, interpreter, positional, keyword) {
        const given = readArguments(interpreter, args.title, callArguments, positional, keyword);
        const tensors = [given['query'], given['value'], given['key']].filter(isKerasTensor);
        const [query, value, key = value] = tensors;
        if (!query || !value || !key)
          return interpreter.refuse('MultiHeadAttention is to be called with query and value tensors.');
        if (overAxes || tensors.some((tensor) => shownShape(tensor).length !== 3)) {
          return interpreter.fail(
            'MultiHeadAttention over other inputs than (None, length, features) is not supported yet.',
          );
        }
        return checkedByKeras(interpreter, () => {
          if (!hasWeights(interpreter, layer)) build(layer, interpreter, tensors);
          const project = (name: string, x: TensorValue): TensorValue => {
            const bias = useBias ? [weightOf(interpreter, layer, `${name}/bias`)] : [];
            const kernel = weightOf(interpreter, layer, `${name}/kernel`);
            return torchCall(interpreter, 'torch.nn.functional.linear', [x, kernel, ...bias]);
          };
          const split = (name: string, x: KerasTensor, size: number, order: readonly number[]): TensorValue => {
            const node = project(name, asShown(interpreter, x));
            const [batch = 'N', length = 1] = node.type.shape;
            const inHeads = applyOp(interpreter, 'reshape', { shape: [batch, length, heads, size] }, node);
            return torchCall(interpreter, 'torch.permute', [inHeads, order]);
          };
          const q = split('query', query, keySize, [0, 2, 1, 3]);
          const k = split('key', key, keySize, [0, 2, 3, 1]);
          const v = split('value', value, valueSize, [0, 2, 1, 3]);
          const products = torchCall(interpreter, 'torch.matmul', [q, k]);
          const scaled = applyOp(interpreter, 'scale', { factor: 1 / Math.sqrt(keySize) }, products);
          const scores = torchCall(interpreter, 'torch.nn.functional.softmax', [scaled], { dim: -1 });
          const kept = p > 0 ? applyOp(interpreter, 'dropout', { p, training: 'mode' }, scores) : scores;
          const mixed = torchCall(interpreter, 'torch.permute', [
            torchCall(interpreter, 'torch.matmul', [kept, v]),
            [0, 2, 1, 3],
          ]);
          const [batch = 'N', length = 1] = mixed.type.shape;
          const joined = applyOp(interpreter, 'reshape', { shape: [batch, length, heads * valueSize] }, mixed);
          const output = kerasTensor(interpreter, project('attention_output', joined));
          const wanted = given['return_attention_scores'];
          return wanted?.kind === 'boolean' && wanted.value
            ? tuple([output, kerasTensor(interpreter, scores)])
            : output;
        });
      },
    };
  },
});

/** Attention of one head on [query, value, key]: softmax(score(Q, K))·V. Source: keras.layers.Attention. */
function plainAttention(name: string, isAdditive: boolean): ClassValue {
  return defineLayer({
    name,
    signature: isAdditive ? 'use_scale=True, dropout=0.0' : "use_scale=False, score_mode='dot', dropout=0.0, seed=None",
    make(args): LayerBehaviour {
      const useScale = args.boolean('use_scale');
      return {
        build(layer, interpreter, [shape]) {
          if (!useScale) return;
          const size = isAdditive ? [knownSize(shape, -1, name)] : [];
          makeWeight(interpreter, layer, { name: 'scale', shape: size, init: { kind: 'constant', value: 1 } });
        },
        call(_layer, interpreter, positional) {
          const [inputs] = positional;
          const items: readonly Value[] = inputs?.kind === 'list' || inputs?.kind === 'tuple' ? inputs.items : [];
          const [query, value, key = value] = items.filter(isKerasTensor);
          if (!query || !value || !key)
            return interpreter.refuse(`${name} is to be called with a list [query, value].`);
          if (isAdditive) return interpreter.fail('AdditiveAttention is not supported yet.');
          return checkedByKeras(interpreter, () => {
            const [q, k, v] = [query, key, value].map((tensor) => asShown(interpreter, tensor));
            if (!q || !k || !v || q.type.shape.length !== 3 || k.type.shape.length !== 3) {
              throw new OpError(
                `${name} expects tensors (None, length, features), got ${formatKerasShape(shownShape(query))}.`,
              );
            }
            const transposed = torchCall(interpreter, 'torch.permute', [k, [0, 2, 1]]);
            const scores = torchCall(interpreter, 'torch.matmul', [q, transposed]);
            const weights = torchCall(interpreter, 'torch.nn.functional.softmax', [scores], { dim: -1 });
            return kerasTensor(interpreter, torchCall(interpreter, 'torch.matmul', [weights, v]));
          });
        },
      };
    },
  });
}

export const attentionClasses: ReadonlyMap<string, ClassValue> = new Map([
  ['MultiHeadAttention', multiHeadAttention],
  ['Attention', plainAttention('Attention', false)],
  ['AdditiveAttention', plainAttention('AdditiveAttention', true)],
]);

function hasWeights(interpreter: Interpreter, layer: InstanceValue): boolean {
  return layerState(interpreter, layer).weights.length > 0;
}

function known(size: number | string): number | null {
  return typeof size === 'number' ? size : null;
}
