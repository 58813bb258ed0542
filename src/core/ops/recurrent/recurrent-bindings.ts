import type { Arguments } from '../arguments';
import { OpError, type CallResult, type LayerState, type ModuleBinding, type StateTensorSpec } from '../op';
import { f32 } from '../shapes';
import type { RecurrentAttributes } from './recurrent';

export type Cell = 'lstm' | 'gru' | 'rnn';

/** How many vectors of hidden_size a step computes from input and state. */
export const gatesOf: Readonly<Record<Cell, number>> = { lstm: 4, gru: 3, rnn: 1 };

const afterLayers = 'bias=True, batch_first=False, dropout=0.0, bidirectional=False, device=None, dtype=None';
const signatures: Readonly<Record<Cell, string>> = {
  lstm: 'input_size, hidden_size, num_layers=1, bias=True, batch_first=False, dropout=0.0, bidirectional=False, proj_size=0, device=None, dtype=None',
  gru: `input_size, hidden_size, num_layers=1, ${afterLayers}`,
  rnn: `input_size, hidden_size, num_layers=1, nonlinearity='tanh', ${afterLayers}`,
};

/** `nn.LSTM` and its like; forward gives the output and the last states: `(output, (h_n, c_n))` or `(output, h_n)`. */
export function recurrentModule(cell: Cell, name: string): ModuleBinding {
  return {
    name,
    signature: signatures[cell],
    build(args) {
      const attrs = readAttributes(cell, name, args);
      const mode = cell === 'rnn' ? `RNN_${readNonlinearity(name, args).toUpperCase()}` : name;
      const attributes = { mode, proj_size: attrs.projSize };
      return { op: cell, attrs, attributes, tensors: parametersOf(attrs), absent: { parameters: [] } };
    },
    call: { signature: 'input, hx=None', build: callRecurrent },
    harmlessMethods: ['flatten_parameters'],
  };
}

function readAttributes(cell: Cell, layer: string, args: Arguments): RecurrentAttributes {
  const hiddenSize = args.positiveInteger('hidden_size');
  const projSize = cell === 'lstm' ? args.integer('proj_size') : 0;
  if (projSize < 0 || projSize >= hiddenSize) {
    throw new OpError(`${layer}: proj_size must be smaller than hidden_size=${hiddenSize}, got ${projSize}.`);
  }
  if (args.value('dropout').kind === 'boolean') throw new OpError(`${layer}: dropout must be a number, not a bool.`);
  const dropout = args.number('dropout');
  if (!(dropout >= 0 && dropout <= 1)) {
    throw new OpError(`${layer}: dropout must be between 0 and 1, got ${dropout}.`);
  }
  return {
    layer,
    cell,
    inputSize: args.positiveInteger('input_size'),
    hiddenSize,
    numLayers: args.positiveInteger('num_layers'),
    bias: args.boolean('bias'),
    batchFirst: args.boolean('batch_first'),
    dropout,
    bidirectional: args.boolean('bidirectional'),
    projSize,
    states: 0,
    ...(cell === 'rnn' ? { nonlinearity: readNonlinearity(layer, args) } : {}),
  };
}

export function readNonlinearity(layer: string, args: Arguments): 'tanh' | 'relu' {
  const nonlinearity = args.string('nonlinearity');
  if (nonlinearity === 'tanh' || nonlinearity === 'relu') return nonlinearity;
  throw new OpError(`${layer}: nonlinearity must be 'tanh' or 'relu', got '${nonlinearity}'.`);
}

/** `weight_ih_l0`, `weight_hh_l0`, `bias_ih_l0`, `bias_hh_l0`, `weight_hr_l0`, then those of the other direction (`_reverse`) and layers. */
function parametersOf(attrs: RecurrentAttributes): readonly StateTensorSpec[] {
  const { cell, inputSize, hiddenSize, numLayers, bias, bidirectional, projSize } = attrs;
  const outputSize = projSize > 0 ? projSize : hiddenSize;
  const suffixes = bidirectional ? ['', '_reverse'] : [''];
  return Array.from({ length: numLayers }, (_, layer) => layer).flatMap((layer) =>
    suffixes.flatMap((direction) => {
      const features = layer === 0 ? inputSize : suffixes.length * outputSize;
      const suffix = `_l${layer}${direction}`;
      return [
        ...cellParameters(gatesOf[cell] * hiddenSize, features, outputSize, hiddenSize, bias, suffix),
        ...(projSize > 0 ? [ofSize(`weight_hr${suffix}`, [projSize, hiddenSize], hiddenSize)] : []),
      ];
    }),
  );
}

/** Of one cell; `rows` is gates · hidden_size. */
export function cellParameters(
  rows: number,
  inputSize: number,
  recurrentSize: number,
  hiddenSize: number,
  bias: boolean,
  suffix = '',
): readonly StateTensorSpec[] {
  return [
    ofSize(`weight_ih${suffix}`, [rows, inputSize], hiddenSize),
    ofSize(`weight_hh${suffix}`, [rows, recurrentSize], hiddenSize),
    ...(bias ? [ofSize(`bias_ih${suffix}`, [rows], hiddenSize), ofSize(`bias_hh${suffix}`, [rows], hiddenSize)] : []),
  ];
}

/** All parameters begin in U(−1/√hidden_size, 1/√hidden_size). */
function ofSize(name: string, shape: readonly number[], hiddenSize: number): StateTensorSpec {
  const init = { kind: 'uniform', bound: 1 / Math.sqrt(hiddenSize) } as const;
  return { name, kind: 'parameter', type: f32(shape), init, input: true };
}

function callRecurrent(args: Arguments, { op, attrs, tensors }: LayerState): CallResult {
  const states = readStates(op, args);
  const given = { ...attrs, states: states.length };
  const inputs = [args.tensor('input').id, ...[...tensors.values()].map(({ id }) => id), ...states];
  const output = { op, attrs: given, inputs };
  const hidden = { op: 'last_hidden_state', attrs: given, inputs };
  return op === 'lstm' ? [output, [hidden, { op: 'last_cell_state', attrs: given, inputs }]] : [output, hidden];
}

/** `hx`: a tensor, or for an LSTM a pair `(h, c)`. */
export function readStates(cell: string, args: Arguments): readonly number[] {
  if (args.isNone('hx')) return [];
  if (!cell.startsWith('lstm')) return [args.tensor('hx').id];
  const states = args.tensors('hx');
  if (states.length !== 2) throw new OpError(`LSTM expects hx to be a pair (h_0, c_0), got ${states.length} tensors.`);
  return states.map(({ id }) => id);
}
