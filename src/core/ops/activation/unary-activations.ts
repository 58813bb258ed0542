import type { OpDefinition } from '../op';
import { clampedIntegers, noAttributes, unaryActivation } from './unary-activation';

/** Activations without attributes but their name. Formulas: PyTorch, torch.nn, "Non-linear Activations". */
export const unaryActivations: readonly OpDefinition[] = [
  // min(max(x, 0), 6)
  {
    ...unaryActivation({
      name: 'relu6',
      title: 'ReLU6',
      flopsPerElement: 2,
      integers: 'kept',
      gradient: 'output',
      attributes: noAttributes,
      layer: 'inplace=False',
      functions: [{ names: ['torch.nn.functional.relu6'], signature: 'input, inplace=False' }],
    }),
    lower: clampedIntegers('relu6', () => ({ min: 0, max: 6 })),
  },
  // scale · (max(0, x) + min(0, α · (exp(x) − 1))). Source: Klambauer et al., 2017.
  unaryActivation({
    name: 'selu',
    title: 'SELU',
    flopsPerElement: 5,
    gradient: 'output',
    attributes: noAttributes,
    layer: 'inplace=False',
    functions: [
      { names: ['torch.nn.functional.selu'], signature: 'input, inplace=False' },
      { names: ['torch.selu', 'torch.selu_', 'torch.nn.functional.selu_'], signature: 'input' },
    ],
    onnx: 'Selu',
  }),
  // x / (1 + exp(−x))
  unaryActivation({
    name: 'silu',
    title: 'SiLU',
    flopsPerElement: 4,
    gradient: 'input',
    attributes: noAttributes,
    layer: 'inplace=False',
    functions: [{ names: ['torch.nn.functional.silu'], signature: 'input, inplace=False' }],
  }),
  // x · tanh(log(1 + exp(x))). Source: Misra, 2019.
  unaryActivation({
    name: 'mish',
    title: 'Mish',
    flopsPerElement: 5,
    gradient: 'input',
    attributes: noAttributes,
    layer: 'inplace=False',
    functions: [{ names: ['torch.nn.functional.mish'], signature: 'input, inplace=False' }],
    onnx: 'Mish',
  }),
  // 1 / (1 + exp(−x))
  unaryActivation({
    name: 'sigmoid',
    title: 'Sigmoid',
    flopsPerElement: 4,
    integers: 'promoted',
    booleans: 'promoted',
    gradient: 'output',
    attributes: noAttributes,
    layer: '',
    functions: [
      {
        names: [
          ...['torch.sigmoid', 'torch.sigmoid_', 'torch.special.expit', 'torch.nn.functional.sigmoid'],
          ...['torch.Tensor.sigmoid', 'torch.Tensor.sigmoid_'],
        ],
        signature: 'input',
      },
    ],
    onnx: 'Sigmoid',
  }),
  // log(1 / (1 + exp(−x)))
  unaryActivation({
    name: 'logsigmoid',
    title: 'LogSigmoid',
    flopsPerElement: 5,
    gradient: 'output',
    attributes: noAttributes,
    layer: '',
    functions: [{ names: ['torch.nn.functional.logsigmoid'], signature: 'input' }],
  }),
  unaryActivation({
    name: 'tanh',
    title: 'Tanh',
    flopsPerElement: 1,
    integers: 'promoted',
    booleans: 'promoted',
    gradient: 'output',
    attributes: noAttributes,
    layer: '',
    functions: [
      {
        names: ['torch.tanh', 'torch.tanh_', 'torch.nn.functional.tanh', 'torch.Tensor.tanh', 'torch.Tensor.tanh_'],
        signature: 'input',
      },
    ],
    onnx: 'Tanh',
  }),
  // x − tanh(x)
  unaryActivation({
    name: 'tanhshrink',
    title: 'Tanhshrink',
    flopsPerElement: 2,
    integers: 'promoted',
    gradient: 'input',
    attributes: noAttributes,
    layer: '',
    functions: [{ names: ['torch.nn.functional.tanhshrink'], signature: 'input' }],
  }),
  // x / (1 + |x|)
  unaryActivation({
    name: 'softsign',
    title: 'Softsign',
    flopsPerElement: 3,
    integers: 'promoted',
    gradient: 'input',
    attributes: noAttributes,
    layer: '',
    functions: [{ names: ['torch.nn.functional.softsign'], signature: 'input' }],
    onnx: 'Softsign',
  }),
  // x · min(max(x + 3, 0), 6) / 6. Source: Howard et al., 2019.
  unaryActivation({
    name: 'hardswish',
    title: 'Hardswish',
    flopsPerElement: 5,
    gradient: 'input',
    attributes: noAttributes,
    layer: 'inplace=False',
    functions: [{ names: ['torch.nn.functional.hardswish'], signature: 'input, inplace=False' }],
    onnx: 'HardSwish',
  }),
  // min(max(x + 3, 0), 6) / 6
  unaryActivation({
    name: 'hardsigmoid',
    title: 'Hardsigmoid',
    flopsPerElement: 4,
    gradient: 'output',
    attributes: noAttributes,
    layer: 'inplace=False',
    functions: [{ names: ['torch.nn.functional.hardsigmoid'], signature: 'input, inplace=False' }],
    onnx: 'HardSigmoid',
  }),
];
