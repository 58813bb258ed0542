import type { Attributes } from '../../../../core/graph/graph';
import { eluGradientSource } from '../../../../core/ops/activation/elu';
import { numberAttribute } from '../../../steps/attributes';
import type { Encoder } from '../encoder';
import { byType, rangeEncoder, wordsEncoder } from '../range';

type Numbers = (attrs: Attributes) => readonly number[];

const slope: Numbers = (attrs) => [numberAttribute(attrs, 'negativeSlope')];
const bounds: Numbers = (attrs) => [numberAttribute(attrs, 'minimum'), numberAttribute(attrs, 'maximum')];
const shrinking: Numbers = (attrs) => [numberAttribute(attrs, 'lambd')];
const softplus: Numbers = (attrs) => [numberAttribute(attrs, 'beta'), numberAttribute(attrs, 'threshold')];
const threshold: Numbers = (attrs) => [numberAttribute(attrs, 'threshold'), numberAttribute(attrs, 'value')];

// The slope above 0, the limit below it and the rate at which that is reached.
const elu: Numbers = (attrs) => [1, numberAttribute(attrs, 'alpha'), 1];
const celu: Numbers = (attrs) => [1, numberAttribute(attrs, 'alpha'), 1 / numberAttribute(attrs, 'alpha')];
/** Source: Klambauer et al., 2017. */
const selu: Numbers = () => [seluScale, seluScale * 1.6732632423543772, 1];
const seluScale = 1.0507009873554805;

/** Activations of one tensor, element by element, and their gradients. */
export const pointwiseEncoders: Readonly<Record<string, Encoder>> = {
  ...Object.fromEntries(
    ['sigmoid', 'logsigmoid', 'tanh', 'tanhshrink', 'softsign', 'silu', 'mish'].flatMap((name) => [
      [name, rangeEncoder(name)],
      [`${name}_grad`, rangeEncoder(`${name}_grad`)],
    ]),
  ),
  celu: rangeEncoder('elu', celu),
  celu_grad: eluGradient(celu),
  elu: rangeEncoder('elu', elu),
  elu_grad: eluGradient(elu),
  gelu: (step, program) => rangeEncoder(geluKernel(step.attrs))(step, program),
  gelu_grad: (step, program) => rangeEncoder(`${geluKernel(step.attrs)}_grad`)(step, program),
  hardshrink: rangeEncoder('hardshrink', shrinking),
  hardshrink_grad: rangeEncoder('shrink_grad'),
  hardsigmoid: rangeEncoder('hardsigmoid'),
  hardsigmoid_grad: rangeEncoder('between_grad', () => [0, 1, 1 / 6]),
  hardswish: rangeEncoder('hardswish'),
  hardswish_grad: rangeEncoder('hardswish_grad'),
  hardtanh: rangeEncoder('clamp', bounds),
  hardtanh_grad: rangeEncoder('between_grad', (attrs) => [...bounds(attrs), 1]),
  leaky_relu: rangeEncoder('leaky_relu', slope),
  leaky_relu_grad: rangeEncoder('leaky_relu_grad', slope),
  relu6: rangeEncoder('clamp', () => [0, 6]),
  relu6_grad: rangeEncoder('between_grad', () => [0, 6, 1]),
  selu: rangeEncoder('elu', selu),
  selu_grad: rangeEncoder('elu_grad', selu),
  softplus: rangeEncoder('softplus', softplus),
  softplus_grad: rangeEncoder('softplus_grad', softplus),
  softshrink: rangeEncoder('softshrink', shrinking),
  softshrink_grad: rangeEncoder('shrink_grad'),
  // PyTorch takes both numbers to the type of the tensor.
  threshold: byType(
    rangeEncoder('threshold', threshold),
    wordsEncoder('threshold_words', (attrs) => threshold(attrs).map(Math.trunc)),
  ),
  threshold_grad: rangeEncoder('threshold_grad', threshold),
};

function eluGradient(numbers: Numbers): Encoder {
  return (step, program) => {
    const alpha = numberAttribute(step.attrs, 'alpha');
    const kernel = eluGradientSource({ alpha }) === 'output' ? 'elu_grad' : 'elu_grad_input';
    rangeEncoder(kernel, numbers)(step, program);
  };
}

function geluKernel(attrs: Attributes): string {
  return attrs['approximate'] === 'tanh' ? 'gelu_tanh' : 'gelu';
}
