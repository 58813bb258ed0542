import type { Dim } from '../../graph/dim';
import type { NodeId, Shape } from '../../graph/graph';
import { OpUnsupported, type LoweringContext } from '../op';
import { dimAt } from '../shapes';
import { gatesOf, type Cell } from './recurrent-bindings';
import { recurrentSizes } from './recurrent-sizes';
import type { RecurrentAttributes } from './recurrent';
import type { RecurrentCellAttributes } from './recurrent-cell';

type Adder = Pick<LoweringContext, 'add' | 'typeOf'>;

/** What one cell is made with; one bias may stand for two. */
interface CellWeights {
  readonly inputWeight: NodeId;
  readonly hiddenWeight: NodeId;
  readonly inputBias: NodeId | undefined;
  readonly hiddenBias: NodeId | undefined;
  /** Projects the hidden state. */
  readonly projection?: NodeId | undefined;
}

interface State {
  readonly hidden: NodeId;
  /** Of an LSTM. */
  readonly cell: NodeId | undefined;
}

interface Run {
  /** `[L, N, directions·features]` */
  readonly output: NodeId;
  /** After the last step, of every layer and direction, `[N, features]`. */
  readonly last: readonly State[];
}

/** The output of layers of cells, step by step: the length of the sequence must be a number. */
export function lowerOutput(context: LoweringContext<RecurrentAttributes>): NodeId {
  const { add, typeOf, node, attrs } = context;
  const { output } = runLayers(context);
  const swapped = attrs.batchFirst && typeOf(node.inputs[0] ?? 0).shape.length === 3;
  const ordered = swapped ? add('permute', { order: [1, 0, 2] }, [output]) : output;
  return add('reshape', { shape: [...node.type.shape] }, [ordered]);
}

/** The last hidden or cell states of all layers. */
export function lowerLastState(context: LoweringContext<RecurrentAttributes>, which: 'hidden' | 'cell'): NodeId {
  const { add, node } = context;
  const states = runLayers(context).last.map((state) =>
    which === 'hidden' ? state.hidden : (state.cell ?? state.hidden),
  );
  return add('reshape', { shape: [...node.type.shape] }, [add('concat', { dim: 0 }, states)]);
}

function runLayers(context: LoweringContext<RecurrentAttributes>): Run {
  const { add, typeOf, node, attrs } = context;
  const { layer, numLayers, bidirectional, dropout, states } = attrs;
  const [x = 0] = node.inputs;
  const sizes = recurrentSizes(
    node.inputs.map((id) => typeOf(id)),
    attrs,
  );
  const { steps } = sizes;
  if (typeof steps !== 'number') {
    throw new OpUnsupported(`${layer}: a sequence whose length, ${steps}, is not known cannot be trained.`);
  }
  const batch = sizes.batch[0] ?? 1;
  const parameters = node.inputs.slice(1, node.inputs.length - states);
  const given = states === 0 ? [] : node.inputs.slice(-states);
  const batched = sizes.batch.length > 0;
  let sequence = batched && attrs.batchFirst ? add('permute', { order: [1, 0, 2] }, [x]) : x;
  if (!batched) sequence = add('reshape', { shape: [steps, 1, dimAt(typeOf(x).shape, -1)] }, [x]);

  const last: State[] = [];
  for (let index = 0; index < numLayers; index++) {
    const outputs = (bidirectional ? [false, true] : [false]).map((backwards) => {
      const weights = takeWeights(parameters, attrs);
      const first = firstState(context, given, last.length, batch, sizes.outputSize);
      const { output, state } = runDirection(context, sequence, { weights, first, steps, batch, backwards });
      last.push(state);
      return output;
    });
    sequence = outputs.length === 1 ? (outputs[0] ?? sequence) : add('concat', { dim: 2 }, outputs);
    if (dropout > 0 && index < numLayers - 1) sequence = add('dropout', { p: dropout, training: 'mode' }, [sequence]);
  }
  return { output: sequence, last };
}

function takeWeights(parameters: NodeId[], attrs: RecurrentAttributes): CellWeights {
  const take = (): NodeId => parameters.shift() ?? 0;
  const [inputWeight, hiddenWeight] = [take(), take()];
  const inputBias = attrs.bias ? take() : undefined;
  const hiddenBias = attrs.bias && !attrs.oneBias ? take() : undefined;
  const projection = attrs.projSize > 0 ? take() : undefined;
  return { inputWeight, hiddenWeight, inputBias, hiddenBias, projection };
}

/** Given, or zeros. */
function firstState(
  context: LoweringContext<RecurrentAttributes>,
  given: readonly NodeId[],
  index: number,
  batch: Dim,
  outputSize: number,
): State {
  const { add, attrs } = context;
  const state = (which: number, features: number): NodeId => {
    const all = given[which];
    if (all === undefined) return zeros(context, [batch, features]);
    const own = add('slice', { dim: 0, start: index, length: 1 }, [all]);
    return add('reshape', { shape: [batch, features] }, [own]);
  };
  return { hidden: state(0, outputSize), cell: attrs.cell === 'lstm' ? state(1, attrs.hiddenSize) : undefined };
}

interface Direction {
  readonly weights: CellWeights;
  readonly first: State;
  readonly steps: number;
  readonly batch: Dim;
  readonly backwards: boolean;
}

function runDirection(
  context: LoweringContext<RecurrentAttributes>,
  sequence: NodeId,
  { weights, first, steps, batch, backwards }: Direction,
): { readonly output: NodeId; readonly state: State } {
  const { add, attrs } = context;
  const rows = gatesOf[attrs.cell] * attrs.hiddenSize;
  // What the input gives to the gates needs no state: one product for all steps.
  const gates = affine(context, sequence, weights.inputWeight, weights.inputBias);
  const outputs: NodeId[] = [];
  let state = first;
  for (let count = 0; count < steps; count++) {
    const step = backwards ? steps - 1 - count : count;
    const own = add('slice', { dim: 0, start: step, length: 1 }, [gates]);
    const fromInput = add('reshape', { shape: [batch, rows] }, [own]);
    state = nextState(context, attrs, fromInput, state, weights);
    outputs[step] = add('reshape', { shape: [1, batch, dimAt(context.typeOf(state.hidden).shape, -1)] }, [
      state.hidden,
    ]);
  }
  return { output: add('concat', { dim: 0 }, outputs), state };
}

/** The next hidden or cell state of one cell. */
export function lowerCell(context: LoweringContext<RecurrentCellAttributes>, which: 'hidden' | 'cell'): NodeId {
  const { add, typeOf, node, attrs } = context;
  const [x = 0, inputWeight = 0, hiddenWeight = 0] = node.inputs;
  const [inputBias, hiddenBias] = attrs.bias ? node.inputs.slice(3, 5) : [];
  const given = attrs.states === 0 ? [] : node.inputs.slice(-attrs.states);
  const { shape } = typeOf(x);
  const batch = shape.length === 1 ? 1 : dimAt(shape, 0);
  const rows = add('reshape', { shape: [batch, attrs.inputSize] }, [x]);
  const [hidden, cell] = [0, 1].map((index) => {
    const own = given[index];
    const size = [batch, attrs.hiddenSize];
    return own === undefined ? zeros(context, size) : add('reshape', { shape: size }, [own]);
  });
  const weights = { inputWeight, hiddenWeight, inputBias, hiddenBias };
  const fromInput = affine(context, rows, inputWeight, inputBias);
  const next = nextState(context, attrs, fromInput, { hidden: hidden ?? 0, cell }, weights);
  const wanted = which === 'hidden' ? next.hidden : (next.cell ?? next.hidden);
  return add('reshape', { shape: [...node.type.shape] }, [wanted]);
}

/** `fromInput`: what the input gives to the gates, `[N, gates·hidden_size]`. */
function nextState(
  context: Adder,
  attrs: { readonly cell: Cell; readonly hiddenSize: number; readonly nonlinearity?: 'tanh' | 'relu' },
  fromInput: NodeId,
  { hidden, cell }: State,
  weights: CellWeights,
): State {
  const { add } = context;
  const fromState = affine(context, hidden, weights.hiddenWeight, weights.hiddenBias);
  const gate = (x: NodeId, index: number): NodeId =>
    add('slice', { dim: 1, start: index * attrs.hiddenSize, length: attrs.hiddenSize }, [x]);
  const sum = (a: NodeId, b: NodeId): NodeId => add('add', {}, [a, b]);
  const product = (a: NodeId, b: NodeId): NodeId => add('multiply', {}, [a, b]);
  const sigmoid = (x: NodeId): NodeId => add('sigmoid', {}, [x]);
  const tanh = (x: NodeId): NodeId => add('tanh', {}, [x]);
  switch (attrs.cell) {
    case 'rnn':
      return { hidden: add(attrs.nonlinearity ?? 'tanh', {}, [sum(fromInput, fromState)]), cell: undefined };
    case 'gru': {
      const both = (index: number): NodeId => sum(gate(fromInput, index), gate(fromState, index));
      const [reset, update] = [sigmoid(both(0)), sigmoid(both(1))];
      const fresh = tanh(sum(gate(fromInput, 2), product(reset, gate(fromState, 2))));
      // (1 − z)·n + z·h = n + z·(h − n)
      const kept = add('subtract', {}, [hidden, fresh]);
      return { hidden: sum(fresh, product(update, kept)), cell: undefined };
    }
    case 'lstm': {
      const gates = sum(fromInput, fromState);
      const [input, forget, candidate, output] = [0, 1, 2, 3].map((index) => gate(gates, index));
      const kept = product(sigmoid(forget ?? 0), cell ?? 0);
      const next = sum(kept, product(sigmoid(input ?? 0), tanh(candidate ?? 0)));
      const whole = product(sigmoid(output ?? 0), tanh(next));
      const { projection } = weights;
      return { hidden: projection === undefined ? whole : affine(context, whole, projection, undefined), cell: next };
    }
  }
}

function affine({ add }: Adder, x: NodeId, weight: NodeId, bias: NodeId | undefined): NodeId {
  return add('linear', {}, [x, weight, ...(bias === undefined ? [] : [bias])]);
}

function zeros({ add }: Adder, shape: Shape): NodeId {
  return add('constant', { value: 0, shape: [...shape] }, []);
}
