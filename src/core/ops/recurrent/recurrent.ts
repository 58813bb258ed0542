import { multiplyDims, productOfDims } from '../../graph/dim';
import type { TensorType } from '../../graph/graph';
import type { OpDefinition, ReceptiveFieldRule, SizeFormula } from '../op';
import { inputAt } from '../shapes';
import { lowerLastState, lowerOutput } from './lower-recurrent';
import { gatesOf, recurrentModule, type Cell } from './recurrent-bindings';
import { recurrentSizes, stateShape } from './recurrent-sizes';

export type RecurrentAttributes = {
  /** How messages call it: `LSTM`. */
  readonly layer: string;
  readonly cell: Cell;
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly bias: boolean;
  /** Sequences are `[N, L, features]` and not `[L, N, features]`. */
  readonly batchFirst: boolean;
  /** Share of what becomes zero between layers in training. */
  readonly dropout: number;
  readonly bidirectional: boolean;
  /** Features that the hidden state is projected to; 0: none. */
  readonly projSize: number;
  /** How many first states are given, as the last inputs: 0, 1, or 2 (hidden and cell state of an LSTM). */
  readonly states: number;
  /** Each gate has one bias, as Keras' LSTM has, and not one for the input and one for the state. */
  readonly oneBias?: true;
  /** Of an RNN. */
  readonly nonlinearity?: 'tanh' | 'relu';
};

/**
 * Layers of recurrent cells that run over a sequence. Inputs: x `[L, N, features]` (or `[N, L, features]`, or
 * `[L, features]`), the parameters in state_dict order, then first states `[directions·layers, N, features]`.
 * Result: the last layer's hidden states `[L, N, directions·features]`. Source: PyTorch, LSTM, GRU, RNN;
 * Hochreiter and Schmidhuber, 1997; Cho et al., 2014.
 */
function recurrentOp(name: Cell, title: string, keras: string): OpDefinition<RecurrentAttributes> {
  return {
    name,
    title,
    inferType(inputs, attrs) {
      const { outputSize, directions } = recurrentSizes(inputs, attrs);
      const x = inputAt(inputs, 0);
      return { ...x, shape: [...x.shape.slice(0, -1), directions * outputSize] };
    },
    flops: recurrentFlops,
    receptiveField: sequenceField,
    lower: lowerOutput,
    formulas: (inputs, _output, attrs) => outputFormulas(inputs, attrs),
    parameterFormula: (_inputs, attrs) => parameterFormula(attrs),
    pytorch: { modules: [recurrentModule(name, title)] },
    onnx: title,
    keras,
  };
}

export const lstm = recurrentOp('lstm', 'LSTM', 'LSTM');
export const gru = recurrentOp('gru', 'GRU', 'GRU');
export const rnn = recurrentOp('rnn', 'RNN', 'SimpleRNN');

/** The hidden states of all layers after the last step, `[directions·layers, N, features]`. What makes the output makes them, so they cost nothing. */
export const lastHiddenState: OpDefinition<RecurrentAttributes> = {
  name: 'last_hidden_state',
  title: 'last hidden state',
  inferType(inputs, attrs) {
    const sizes = recurrentSizes(inputs, attrs);
    return { ...inputAt(inputs, 0), shape: stateShape(sizes, attrs.numLayers, sizes.outputSize) };
  },
  receptiveField: () => ({ kind: 'global' }),
  lower: (context) => lowerLastState(context, 'hidden'),
};

/** The cell states of all layers of an LSTM after the last step, `[directions·layers, N, hidden_size]`. */
export const lastCellState: OpDefinition<RecurrentAttributes> = {
  name: 'last_cell_state',
  title: 'last cell state',
  inferType(inputs, attrs) {
    const sizes = recurrentSizes(inputs, attrs);
    return { ...inputAt(inputs, 0), shape: stateShape(sizes, attrs.numLayers, attrs.hiddenSize) };
  },
  receptiveField: () => ({ kind: 'global' }),
  lower: (context) => lowerLastState(context, 'cell'),
};

/** All steps of all layers. A cell's own work is small against that of its matrices, and counted too. */
function recurrentFlops(inputs: readonly TensorType[], _output: TensorType, attrs: RecurrentAttributes) {
  const { batch, steps, outputSize, directions } = recurrentSizes(inputs, attrs);
  const { cell, hiddenSize, inputSize, numLayers, bias, projSize } = attrs;
  let perStep = 0;
  for (let layer = 0; layer < numLayers; layer++) {
    const features = layer === 0 ? inputSize : directions * outputSize;
    perStep += directions * cellFlops(cell, features, outputSize, hiddenSize, bias);
    perStep += directions * 2 * hiddenSize * projSize;
    if (bias && attrs.oneBias) perStep -= directions * gatesOf[cell] * hiddenSize;
  }
  return multiplyDims(perStep, productOfDims([...batch, steps]));
}

/** One step of one cell: its gates' matrices and biases, then what it does with each hidden value (a sigmoid counts 4, a tanh 1). */
export function cellFlops(
  cell: Cell,
  inputSize: number,
  recurrentSize: number,
  hiddenSize: number,
  bias: boolean,
): number {
  const pointwise = { lstm: 18, gru: 14, rnn: 1 }[cell];
  return hiddenSize * (gatesOf[cell] * (2 * (inputSize + recurrentSize) + (bias ? 2 : 0)) + pointwise);
}

/** Each step sees those before it, and in two directions all; along the sequence that is taken as all. */
function sequenceField(inputs: readonly TensorType[], { batchFirst }: RecurrentAttributes): ReceptiveFieldRule {
  const rank = inputAt(inputs, 0).shape.length;
  return { kind: 'mixes', dims: [rank === 3 && batchFirst ? 1 : 0, rank - 1] };
}

function outputFormulas(inputs: readonly TensorType[], attrs: RecurrentAttributes): readonly SizeFormula[] {
  const { outputSize, directions } = recurrentSizes(inputs, attrs);
  return directions === 2 ? [{ name: 'features', text: `2·${outputSize} = ${2 * outputSize}` }] : [];
}

/** `4·128·(64 + 128 + 2) + 4·128·(128 + 128 + 2)` */
function parameterFormula(attrs: RecurrentAttributes): string {
  const { cell, hiddenSize, inputSize, numLayers, projSize, bidirectional } = attrs;
  const biases = attrs.bias ? ` + ${attrs.oneBias ? 1 : 2}` : '';
  const outputSize = projSize > 0 ? projSize : hiddenSize;
  const gates = gatesOf[cell];
  return Array.from({ length: numLayers }, (_, layer) => {
    const features = layer === 0 ? inputSize : (bidirectional ? 2 : 1) * outputSize;
    const perDirection = `${gates === 1 ? '' : `${gates}·`}${hiddenSize}·(${features} + ${outputSize}${biases})`;
    const projected = projSize > 0 ? `${perDirection} + ${projSize}·${hiddenSize}` : perDirection;
    if (!bidirectional) return projected;
    return projSize > 0 ? `2·(${projected})` : `2·${projected}`;
  }).join(' + ');
}
