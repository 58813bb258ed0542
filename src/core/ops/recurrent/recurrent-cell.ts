import { formatShape, multiplyDims, productOfDims } from '../../graph/dim';
import type { Shape, TensorType } from '../../graph/graph';
import type { Arguments } from '../arguments';
import { requireFloat, requireShape } from '../fits';
import { OpError, type CallResult, type LayerState, type ModuleBinding, type OpDefinition } from '../op';
import { dimAt, inputAt, requireEqual } from '../shapes';
import { lowerCell } from './lower-recurrent';
import { cellFlops } from './recurrent';
import { cellParameters, gatesOf, readNonlinearity, readStates, type Cell } from './recurrent-bindings';

export type RecurrentCellAttributes = {
  readonly cell: Cell;
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly bias: boolean;
  /** How many states are given, as the last inputs. */
  readonly states: number;
  /** Of an RNNCell. */
  readonly nonlinearity?: 'tanh' | 'relu';
};

/**
 * One step of a recurrent cell. Inputs: x `[N, input_size]` or `[input_size]`, weight_ih, weight_hh, biases, then the
 * states `[N, hidden_size]`. Result: the next hidden state. Source: PyTorch, LSTMCell, GRUCell, RNNCell.
 */
function recurrentCell(cell: Cell, title: string): OpDefinition<RecurrentCellAttributes> {
  return {
    name: `${cell}_cell`,
    title,
    inferType: (inputs, attrs) => ({ ...inputAt(inputs, 0), shape: nextStateShape(title, inputs, attrs) }),
    flops(inputs, _output, { inputSize, hiddenSize, bias }) {
      const batch = productOfDims(inputAt(inputs, 0).shape.slice(0, -1));
      return multiplyDims(cellFlops(cell, inputSize, hiddenSize, hiddenSize, bias), batch);
    },
    receptiveField: featuresField,
    lower: (context) => lowerCell(context, 'hidden'),
    parameterFormula: (_inputs, { inputSize, hiddenSize, bias }) =>
      `${gatesOf[cell] === 1 ? '' : `${gatesOf[cell]}·`}${hiddenSize}·(${inputSize} + ${hiddenSize}${bias ? ' + 2' : ''})`,
    pytorch: { modules: [cellModule(cell, title)] },
  };
}

export const lstmCell = recurrentCell('lstm', 'LSTMCell');
export const gruCell = recurrentCell('gru', 'GRUCell');
export const rnnCell = recurrentCell('rnn', 'RNNCell');

/** The next cell state of an LSTMCell. What makes the hidden state makes it, so it costs nothing. */
export const nextCellState: OpDefinition<RecurrentCellAttributes> = {
  name: 'next_cell_state',
  title: 'LSTMCell, cell state',
  inferType: (inputs, attrs) => ({ ...inputAt(inputs, 0), shape: nextStateShape('LSTMCell', inputs, attrs) }),
  receptiveField: featuresField,
  lower: (context) => lowerCell(context, 'cell'),
};

function featuresField(inputs: readonly TensorType[]) {
  return { kind: 'mixes', dims: [inputAt(inputs, 0).shape.length - 1] } as const;
}

/** Checks input and states as PyTorch does. Throws an OpError. */
function nextStateShape(title: string, inputs: readonly TensorType[], attrs: RecurrentCellAttributes): Shape {
  const { inputSize, hiddenSize, states } = attrs;
  const x = inputAt(inputs, 0);
  const shown = formatShape(x.shape);
  requireFloat(title, x);
  if (x.shape.length !== 1 && x.shape.length !== 2) {
    throw new OpError(`${title} expects an input (N, features) or (features), got shape ${shown}.`);
  }
  const features = dimAt(x.shape, -1);
  const fix = typeof features === 'number' ? { argument: 'input_size', value: features } : undefined;
  requireEqual(features, inputSize, `${title} expects ${inputSize} features, its input has shape ${shown}.`, fix);
  const expected = [...x.shape.slice(0, -1), hiddenSize];
  for (const state of states === 0 ? [] : inputs.slice(-states)) {
    const message = `${title} expects states of shape ${formatShape(expected)}, got ${formatShape(state.shape)}.`;
    requireShape(state.shape, expected, message);
  }
  return expected;
}

function cellModule(cell: Cell, name: string): ModuleBinding {
  const nonlinearity = cell === 'rnn' ? "nonlinearity='tanh', " : '';
  return {
    name,
    signature: `input_size, hidden_size, bias=True, ${nonlinearity}device=None, dtype=None`,
    build(args) {
      const [inputSize, hiddenSize] = [args.positiveInteger('input_size'), args.positiveInteger('hidden_size')];
      const bias = args.boolean('bias');
      const attrs = {
        cell,
        inputSize,
        hiddenSize,
        bias,
        states: 0,
        ...(cell === 'rnn' ? { nonlinearity: readNonlinearity(name, args) } : {}),
      };
      const tensors = cellParameters(gatesOf[cell] * hiddenSize, inputSize, hiddenSize, hiddenSize, bias);
      return { op: `${cell}_cell`, attrs, tensors, absent: { parameters: bias ? [] : ['bias_ih', 'bias_hh'] } };
    },
    call: { signature: 'input, hx=None', build: callCell },
  };
}

function callCell(args: Arguments, { op, attrs, tensors }: LayerState): CallResult {
  const states = readStates(op, args);
  const given = { ...attrs, states: states.length };
  const inputs = [args.tensor('input').id, ...[...tensors.values()].map(({ id }) => id), ...states];
  const hidden = { op, attrs: given, inputs };
  return op === 'lstm_cell' ? [hidden, { op: 'next_cell_state', attrs: given, inputs }] : hidden;
}
