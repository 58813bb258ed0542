import type { Initializer } from '../../../../graph/graph';
import type { Interpreter } from '../../../runtime/interpreter';
import { initialTensor, none, tensor, type Value } from '../../../runtime/values';
import { optional } from '../../read-arguments';
import { dtypeOf } from '../dtypes';
import { isKerasTensor, kerasTensor } from '../keras-tensor';
import { torchCall } from '../torch-call';
import { variableNames } from '../variables';
import { tensorFunction, tensorOf, type FunctionArguments } from './define-function';

const normal: Initializer = { kind: 'normal', mean: 0, std: 1 };

/** Tensors of given shapes, and variables. */
export const creationFunctions: readonly (readonly [string, Value])[] = [
  ['zeros', creation('zeros', () => ({ kind: 'constant', value: 0 }))],
  ['ones', creation('ones', () => ({ kind: 'constant', value: 1 }))],
  ...(['arange', 'range'] as const).map(
    (name) =>
      [
        name,
        tensorFunction(
          name,
          ['start', 'stop?|limit', 'step?|delta', 'dtype?'],
          (interpreter, { start, stop, step }) => {
            const numbers = [start, stop, step].flatMap((value) => (value && value.kind !== 'none' ? [value] : []));
            const sizes = numbers.map((value) =>
              value.kind === 'integer' ? { dim: value.value } : interpreter.fail('This range is not supported yet.'),
            );
            return kerasTensor(interpreter, torchCall(interpreter, 'torch.arange', sizes));
          },
        ),
      ] as const,
  ),
  ['zeros_like', likeAnother('zeros_like', 0)],
  ['ones_like', likeAnother('ones_like', 1)],
  [
    'Variable',
    tensorFunction(
      'Variable',
      ['initializer|initial_value', 'shape?', 'dtype?', 'trainable?', 'autocast?', 'name?'],
      variable,
    ),
  ],
];

/** `tf.random.normal(shape)`, `keras.random.normal(shape)`. */
export const randomFunctions: readonly (readonly [string, Value])[] = [
  ...['normal', 'truncated_normal', 'stateless_normal'].map(
    (name) =>
      [
        name,
        creation(name, (interpreter, { mean, stddev }) => ({
          ...normal,
          mean: optional(interpreter, mean, 0),
          std: optional(interpreter, stddev, 1),
        })),
      ] as const,
  ),
  ['uniform', creation('uniform', () => undefined)],
];

function creation(
  name: string,
  initOf: (interpreter: Interpreter, args: FunctionArguments) => Initializer | undefined,
): Value {
  return tensorFunction(name, ['shape', 'mean?|minval|dtype', 'stddev?|maxval', 'dtype?'], (interpreter, args) => {
    const shape = args['shape'] ?? none;
    const sizes = (shape.kind === 'integer' ? [shape] : interpreter.iterate(shape)).map((size) =>
      size.kind === 'integer' ? size.value : interpreter.fail('The shape of this tensor is not known.'),
    );
    const dtype = dtypeOf(args['dtype']) ?? 'f32';
    const isNumber = (value: Value | undefined): boolean => value?.kind === 'float' || value?.kind === 'integer';
    const numbers = { ...args, mean: isNumber(args['mean']) ? args['mean'] : undefined };
    const init = initOf(interpreter, numbers);
    if (init) return kerasTensor(interpreter, initialTensor({ shape: sizes, dtype }, init));
    const reason = 'First values of this kind are not supported yet.';
    return kerasTensor(
      interpreter,
      tensor({ shape: sizes, dtype }, { kind: 'unknown', reason, place: interpreter.place }),
    );
  });
}

function likeAnother(name: string, value: number): Value {
  return tensorFunction(name, ['x|input', 'dtype?'], (interpreter, { x }) => {
    const { keras } = tensorOf(interpreter, x);
    return kerasTensor(interpreter, initialTensor(keras.tensor.type, { kind: 'constant', value }), keras.order);
  });
}

/** A weight that a layer keeps as an attribute. */
function variable(interpreter: Interpreter, { initializer, trainable, name }: FunctionArguments): Value {
  const first = initializer ?? none;
  if (!isKerasTensor(first) || first.keras.tensor.data.kind !== 'initial') {
    return interpreter.unknown('A variable with these first values is not supported yet.');
  }
  const isTrained = trainable === undefined || trainable.kind === 'none' || interpreter.decide(trainable);
  const { type, data } = first.keras.tensor;
  const made = kerasTensor(
    interpreter,
    tensor(type, data, { parameter: isTrained, requiresGrad: isTrained }),
    first.keras.order,
  );
  variableNames.set(made, name?.kind === 'string' ? name.value : undefined);
  return made;
}
