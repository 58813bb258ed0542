import type { Arguments, TensorArgument } from '../arguments';
import {
  OpError,
  type CallResult,
  type FunctionBinding,
  type ModuleBinding,
  type ModuleBlueprint,
  type StateTensorSpec,
} from '../op';
import { f32 } from '../shapes';
import type { MultiheadAttentionAttributes } from './multihead-attention';

/** What the constructor decides. */
type Settings = Omit<MultiheadAttentionAttributes, 'keyPaddingMask' | 'attentionMask' | 'averageWeights'>;

/** `nn.MultiheadAttention`; its forward gives the output and the weights, or None. */
export const multiheadAttentionModule: ModuleBinding = {
  name: 'MultiheadAttention',
  signature:
    'embed_dim, num_heads, dropout=0.0, bias=True, add_bias_kv=False, add_zero_attn=False, kdim=None, vdim=None, batch_first=False, device=None, dtype=None',
  build: buildAttention,
  call: {
    signature:
      'query, key, value, key_padding_mask=None, need_weights=True, attn_mask=None, average_attn_weights=True, is_causal=False',
    build: (args, { attrs, tensors }) => callAttention(attrs as Settings, args, [...tensors.values()]),
  },
};

/** `F.multi_head_attention_forward`, for code that holds the parameters itself. */
export const attentionForward: FunctionBinding = {
  names: ['torch.nn.functional.multi_head_attention_forward'],
  signature:
    'query, key, value, embed_dim_to_check, num_heads, in_proj_weight, in_proj_bias, bias_k, bias_v, add_zero_attn, dropout_p, out_proj_weight, out_proj_bias, training=True, key_padding_mask=None, need_weights=True, attn_mask=None, use_separate_proj_weight=False, q_proj_weight=None, k_proj_weight=None, v_proj_weight=None, static_k=None, static_v=None, average_attn_weights=True, is_causal=False',
  build(args) {
    args.requireDefault('static_k', null);
    args.requireDefault('static_v', null);
    const separate = args.boolean('use_separate_proj_weight');
    const weights = separate ? ['q_proj_weight', 'k_proj_weight', 'v_proj_weight'] : ['in_proj_weight'];
    const tensors = [...weights, 'in_proj_bias', 'bias_k', 'bias_v', 'out_proj_weight', 'out_proj_bias'];
    const settings: Settings = {
      ...readHeads(args.integer('embed_dim_to_check'), args.integer('num_heads')),
      batchFirst: false,
      bias: !args.isNone('in_proj_bias'),
      separate,
      biasKv: !args.isNone('bias_k') && !args.isNone('bias_v'),
      zeroAttention: args.boolean('add_zero_attn'),
      dropout: args.number('dropout_p'),
      training: args.training('training'),
    };
    return callAttention(
      settings,
      args,
      tensors.flatMap((name) => args.optionalTensor(name) ?? []),
    );
  },
};

function buildAttention(args: Arguments): ModuleBlueprint {
  const heads = readHeads(args.integer('embed_dim'), args.integer('num_heads'));
  const { embedDim } = heads;
  const [keyDim, valueDim] = [readFeatures(args, 'kdim', embedDim), readFeatures(args, 'vdim', embedDim)];
  const bias = args.boolean('bias');
  const separate = keyDim !== embedDim || valueDim !== embedDim;
  const biasKv = args.boolean('add_bias_kv');
  const attrs: Settings = {
    ...heads,
    batchFirst: args.boolean('batch_first'),
    bias,
    separate,
    biasKv,
    zeroAttention: args.boolean('add_zero_attn'),
    dropout: args.number('dropout'),
    training: 'mode',
  };
  const matrix = (name: string, rows: number, columns: number): StateTensorSpec =>
    parameter(name, [rows, columns], { kind: 'uniform', bound: Math.sqrt(6 / (rows + columns)) });
  const zero = { kind: 'constant', value: 0 } as const;
  const kv = { kind: 'normal', mean: 0, std: Math.sqrt(1 / embedDim) } as const;
  const tensors: StateTensorSpec[] = [
    ...(separate
      ? [
          matrix('q_proj_weight', embedDim, embedDim),
          matrix('k_proj_weight', embedDim, keyDim),
          matrix('v_proj_weight', embedDim, valueDim),
        ]
      : [matrix('in_proj_weight', 3 * embedDim, embedDim)]),
    ...(bias ? [parameter('in_proj_bias', [3 * embedDim], zero)] : []),
    ...(biasKv ? [parameter('bias_k', [1, 1, embedDim], kv), parameter('bias_v', [1, 1, embedDim], kv)] : []),
    parameter('out_proj.weight', [embedDim, embedDim], { kind: 'uniform', bound: 1 / Math.sqrt(embedDim) }),
    ...(bias ? [parameter('out_proj.bias', [embedDim], zero)] : []),
  ];
  const absent = [
    ...(separate ? ['in_proj_weight'] : ['q_proj_weight', 'k_proj_weight', 'v_proj_weight']),
    ...(bias ? [] : ['in_proj_bias']),
    ...(biasKv ? [] : ['bias_k', 'bias_v']),
  ];
  const attributes = {
    kdim: keyDim,
    vdim: valueDim,
    head_dim: embedDim / heads.heads,
    _qkv_same_embed_dim: !separate,
  };
  return { op: 'multihead_attention', attrs, attributes, tensors, absent: { parameters: absent } };
}

function callAttention(settings: Settings, args: Arguments, parameters: readonly TensorArgument[]): CallResult {
  const [padding, mask] = [args.optionalTensor('key_padding_mask'), args.optionalTensor('attn_mask')];
  if (args.boolean('is_causal') && !mask) {
    throw new OpError('MultiheadAttention: is_causal=True is a hint about attn_mask, which is missing.');
  }
  const attrs: MultiheadAttentionAttributes = {
    ...settings,
    keyPaddingMask: padding !== undefined,
    attentionMask: mask !== undefined,
    averageWeights: args.boolean('average_attn_weights'),
  };
  const sequences = ['query', 'key', 'value'].map((name) => args.tensor(name));
  const inputs = [...sequences, ...parameters, padding, mask].flatMap((tensor) => (tensor ? [tensor.id] : []));
  const needWeights = args.boolean('need_weights');
  return [
    { op: 'multihead_attention', attrs, inputs },
    needWeights ? { op: 'multihead_attention_weights', attrs, inputs } : null,
  ];
}

function readHeads(embedDim: number, heads: number): { readonly embedDim: number; readonly heads: number } {
  if (embedDim <= 0 || heads <= 0) {
    throw new OpError(`MultiheadAttention: embed_dim and num_heads must be positive, got ${embedDim} and ${heads}.`);
  }
  if (embedDim % heads !== 0) {
    throw new OpError(`MultiheadAttention: embed_dim=${embedDim} is not divisible by num_heads=${heads}.`);
  }
  return { embedDim, heads };
}

function readFeatures(args: Arguments, name: string, otherwise: number): number {
  return args.isNone(name) ? otherwise : args.positiveInteger(name);
}

function parameter(name: string, shape: readonly number[], init: StateTensorSpec['init']): StateTensorSpec {
  return { name, kind: 'parameter', type: f32(shape), init, input: true };
}
