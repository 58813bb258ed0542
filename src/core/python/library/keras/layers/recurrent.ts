import { addDims } from '../../../../graph/dim';
import { OpError } from '../../../../ops/op';
import type { Interpreter } from '../../../runtime/interpreter';
import { list, type ClassValue, type InstanceValue, type TensorValue, type Value } from '../../../runtime/values';
import { applyOp } from '../../tensor-calls';
import { fansOf, makeWeight } from '../add-weight';
import { defineLayer, knownSize, requireSize, titleOf, weightOf } from '../define-layer';
import { asShown, formatKerasShape, kerasTensor, shownShape } from '../keras-tensor';
import type { LayerArguments } from '../layer-arguments';
import { tensorsIn } from '../symbolic';
import { checkedByKeras, torchCall, withoutRefusal } from '../torch-call';

type Cell = 'lstm' | 'gru' | 'rnn';

interface CellKind {
  readonly cell: Cell;
  /** Vectors of `units` that a step computes from input and state. */
  readonly gates: number;
  /** Bias vectors for each gate: Keras has one, but for the GRU that fits cuDNN's. */
  readonly biases: number;
  readonly states: number;
}

const kinds: Readonly<Record<string, CellKind>> = {
  LSTM: { cell: 'lstm', gates: 4, biases: 1, states: 2 },
  GRU: { cell: 'gru', gates: 3, biases: 2, states: 1 },
  SimpleRNN: { cell: 'rnn', gates: 1, biases: 1, states: 1 },
};

const tail =
  'activity_regularizer=None, kernel_regularizer=None, recurrent_regularizer=None, bias_regularizer=None, kernel_constraint=None, recurrent_constraint=None, bias_constraint=None, dropout=0.0, recurrent_dropout=0.0, return_sequences=False, return_state=False, go_backwards=False, stateful=False, unroll=False, use_cudnn=None, implementation=None, time_major=False, seed=None';

/** LSTM, GRU and SimpleRNN: (None, steps, features) → (None, units). Source: keras.layers.LSTM and its like. */
export const recurrentClasses: ReadonlyMap<string, ClassValue> = new Map(
  Object.entries(kinds).map(([name, kind]) => [name, recurrent(name, kind)]),
);

function recurrent(name: string, kind: CellKind): ClassValue {
  const inner = name === 'SimpleRNN' ? '' : "recurrent_activation='sigmoid', ";
  const more = name === 'LSTM' ? 'unit_forget_bias=True, ' : name === 'GRU' ? 'reset_after=True, ' : '';
  return defineLayer({
    name,
    signature: `units, activation='tanh', ${inner}use_bias=True, kernel_initializer='glorot_uniform', recurrent_initializer='orthogonal', bias_initializer='zeros', ${more}${tail}`,
    make(args) {
      const units = args.positiveInteger('units');
      const useBias = args.boolean('use_bias');
      const [sequences, state] = [args.boolean('return_sequences'), args.boolean('return_state')];
      const backwards = args.boolean('go_backwards');
      const biases = name === 'GRU' && !args.boolean('reset_after') ? 1 : kind.biases;
      const values = ['kernel', 'recurrent', 'bias'].map((each) => args.initializer(`${each}_initializer`));
      const notTrained = whatDiffers(args, name);
      return {
        build(layer, interpreter, [shape]) {
          if (shape?.length !== 3) return;
          const features = knownSize(shape, -1, name);
          const rows = kind.gates * units;
          const [kernel, recurrentValues, bias] = values;
          if (!kernel || !recurrentValues || !bias) return;
          // Gates stand in PyTorch's order, as kernels have PyTorch's layout.
          const order = [1, 0];
          makeWeight(interpreter, layer, {
            name: 'kernel',
            shape: [rows, features],
            order,
            init: kernel(fansOf([features, rows])),
          });
          makeWeight(interpreter, layer, {
            name: 'recurrent_kernel',
            shape: [rows, units],
            order,
            init: recurrentValues(fansOf([units, rows])),
          });
          const biasShape = biases === 2 ? [2, rows] : [rows];
          if (useBias)
            makeWeight(interpreter, layer, { name: 'bias', shape: biasShape, init: bias(fansOf([rows, rows])) });
        },
        call(layer, interpreter, positional, keyword) {
          const given = positional[0] ?? keyword.get('sequences') ?? keyword.get('inputs');
          const [input, ...inList] = given ? tensorsIn([given]) : [];
          if (!input) return interpreter.refuse(`${titleOf(interpreter, layer)} is to be called with a tensor.`);
          const shape = shownShape(input);
          if (shape.length !== 3) {
            return interpreter.refuse(
              `${name} expects an input (None, steps, features), got shape ${formatKerasShape(shape)}.`,
            );
          }
          if (notTrained !== undefined && interpreter.strict && interpreter.tracer.final) {
            return interpreter.fail(`${name} with ${notTrained} is not supported yet.`);
          }
          return checkedByKeras(interpreter, () => {
            const initial = [...inList, ...tensorsIn([keyword.get('initial_state') ?? list([])])];
            if (initial.length > 0 && initial.length !== kind.states) {
              throw new OpError(`${name} expects ${kind.states} initial states, got ${initial.length}.`);
            }
            const x = asShown(interpreter, input);
            const steps = backwards ? torchCall(interpreter, 'torch.flip', [x, [1]]) : x;
            const states = initial.map((each) => {
              const node = asShown(interpreter, each);
              return applyOp(interpreter, 'reshape', { shape: [1, ...node.type.shape] }, node);
            });
            const weights = weightsOf(interpreter, layer, useBias);
            const features = weights[0]?.type.shape[1];
            requireSize(
              shape[2],
              features,
              `${name} expects ${features ?? '?'} features, its input has shape ${formatKerasShape(shape)}.`,
            );
            const attrs = {
              layer: name,
              cell: kind.cell,
              inputSize: features as number,
              hiddenSize: units,
              numLayers: 1,
              bias: useBias,
              batchFirst: true,
              dropout: 0,
              bidirectional: false,
              projSize: 0,
              states: states.length,
              ...(useBias && biases === 1 ? { oneBias: true } : {}),
              ...(kind.cell === 'rnn' ? { nonlinearity: 'tanh' } : {}),
            };
            const run = (op: string): TensorValue =>
              withoutRefusal(interpreter, () => applyOp(interpreter, op, attrs, steps, ...weights, ...states));
            const all = run(kind.cell);
            const [batch = 'N', length = 1] = all.type.shape;
            const last = (): TensorValue => {
              const step = applyOp(interpreter, 'slice', { dim: 1, start: addDims(length, -1), length: 1 }, all);
              return applyOp(interpreter, 'reshape', { shape: [batch, units] }, step);
            };
            const output = kerasTensor(interpreter, sequences ? all : last());
            if (!state) return output;
            const cell = (): TensorValue =>
              applyOp(interpreter, 'reshape', { shape: [batch, units] }, run('last_cell_state'));
            const lasts = kind.states === 2 ? [last(), cell()] : [last()];
            return list([output, ...lasts.map((node) => kerasTensor(interpreter, node))]);
          });
        },
      };
    },
  });
}

/** Arguments that change the values that are computed, which the op does not know. */
function whatDiffers(args: LayerArguments, name: string): string | undefined {
  const isText = (value: Value | undefined, text: string): boolean =>
    value === undefined || (value.kind === 'string' && value.value === text);
  if (!isText(args.value('activation'), 'tanh')) return 'another activation than tanh';
  if (name !== 'SimpleRNN' && !isText(args.value('recurrent_activation'), 'sigmoid'))
    return 'another recurrent activation';
  if (name === 'GRU' && !args.boolean('reset_after')) return 'reset_after=False';
  return args.number('dropout') > 0 || args.number('recurrent_dropout') > 0 ? 'dropout' : undefined;
}

/** The GRU's two biases stand in one weight. */
function weightsOf(interpreter: Interpreter, layer: InstanceValue, useBias: boolean): readonly TensorValue[] {
  const matrices = [weightOf(interpreter, layer, 'kernel'), weightOf(interpreter, layer, 'recurrent_kernel')];
  if (!useBias) return matrices;
  const bias = weightOf(interpreter, layer, 'bias');
  if (bias.type.shape.length === 2) {
    const rows = [0, 1].map((index) => applyOp(interpreter, 'row', { index }, bias));
    return [...matrices, ...rows];
  }
  return [...matrices, bias];
}
