import type { Attributes } from '../../../../core/graph/graph';
import { eluGradientSource } from '../../../../core/ops/activation/elu';
import { numberAttribute } from '../../../steps/attributes';
import type { ElementContext, ElementEncoder } from '../encoder';
import { byType, gradient, unary } from '../arithmetic/unary';

/** The slope above 0, the limit below it and the rate at which that is reached. */
type Bend = (attrs: Attributes) => readonly [positive: number, negative: number, rate: number];

const elu: Bend = (attrs) => [1, numberAttribute(attrs, 'alpha'), 1];
const celu: Bend = (attrs) => [1, numberAttribute(attrs, 'alpha'), 1 / numberAttribute(attrs, 'alpha')];
/** Source: Klambauer et al., 2017. */
const selu: Bend = () => [seluScale, seluScale * 1.6732632423543772, 1];
const seluScale = 1.0507009873554805;

const attribute = ({ number, step }: ElementContext, name: string): string => number(numberAttribute(step.attrs, name));
const gate = (x: string): string => `(bounded(${x} + 3.0, 0.0, 6.0) * 0.166666666666666667)`;
/** 2u, u = √(2/π)·(x + 0.044715·x³): ½·(1 + tanh u) is the logistic function of it. */
const twiceBent = (x: string): string => `(${x} * ((${x} * ${x}) * ${2 * slope0 * cubic} + ${2 * slope0}))`;
const slope0 = 0.7978845608028654;
const cubic = 0.044715;

/** Activations of one tensor, element by element, and their gradients. */
export const pointwiseElements: Readonly<Record<string, ElementEncoder>> = {
  celu: bent(celu),
  celu_grad: bentGradient(celu),
  elu: bent(elu),
  elu_grad: bentGradient(elu),
  gelu: unary((x, { step }) =>
    isTanh(step.attrs) ? `${x} * logistic(${twiceBent(x)})` : `${x} * normal_share(${x}, normal_density(${x}))`,
  ),
  gelu_grad: gradient((dy, x, { keep, step }) => {
    if (!isTanh(step.attrs)) {
      const density = keep(`normal_density(${x})`);
      return `${dy} * ((${x} * 0.398942280401432678) * ${density} + normal_share(${x}, ${density}))`;
    }
    const s = keep(`logistic(${twiceBent(x)})`);
    const bend = `((${x} * ${x}) * ${6 * slope0 * cubic} + ${2 * slope0})`;
    return `${dy} * (${s} + (${x} * ${bend}) * (${s} * (1.0 - ${s})))`;
  }),
  hardshrink: unary((x, element) => {
    const lambda = attribute(element, 'lambd');
    return `select(${x}, 0.0, ${x} >= -${lambda} && ${x} <= ${lambda})`;
  }),
  hardshrink_grad: gradient((dy, y) => `select(${dy}, 0.0, ${y} == 0.0)`),
  hardsigmoid: unary(gate),
  hardsigmoid_grad: gradient((dy, y) => `select(${dy} * 0.166666666666666667, 0.0, ${y} <= 0.0 || ${y} >= 1.0)`),
  hardswish: unary((x) => `${x} * ${gate(x)}`),
  hardswish_grad: gradient(
    (dy, x) => `${dy} * select(select(${x} * 0.333333333333333333 + 0.5, 1.0, ${x} > 3.0), 0.0, ${x} < -3.0)`,
  ),
  hardtanh: unary((x, element) => `bounded(${x}, ${attribute(element, 'minimum')}, ${attribute(element, 'maximum')})`),
  hardtanh_grad: gradient(
    (dy, y, element) =>
      `select(${dy}, 0.0, ${y} <= ${attribute(element, 'minimum')} || ${y} >= ${attribute(element, 'maximum')})`,
  ),
  leaky_relu: unary((x, element) => `select(${x} * ${attribute(element, 'negativeSlope')}, ${x}, ${x} > 0.0)`),
  leaky_relu_grad: gradient(
    (dy, x, element) => `select(${dy} * ${attribute(element, 'negativeSlope')}, ${dy}, ${x} > 0.0)`,
  ),
  logsigmoid: unary((x) => `-soft_plus(-${x})`),
  logsigmoid_grad: gradient((dy, y) => `-(${dy} * near_exponential_minus_one(${y}))`),
  // x·n/(n + 2), n = e^x·(e^x + 2): the tanh of log(1 + e^x). From x = 20 on the quotient is 1.
  mish: unary((x, { keep }) => {
    const e = keep(`exponential(select(${x}, 20.0, ${x} > 20.0))`);
    const n = keep(`${e} * (${e} + 2.0)`);
    return `(${x} * ${n}) / (${n} + 2.0)`;
  }),
  mish_grad: gradient((dy, x, { keep }) => {
    const e = keep(`exponential(select(${x}, 20.0, ${x} > 20.0))`);
    const n = keep(`${e} * (${e} + 2.0)`);
    const r = keep(`1.0 / (${n} + 2.0)`);
    return `${dy} * (${n} * ${r} + ((${x} * 4.0) * (${e} * ${e} + ${e})) * (${r} * ${r}))`;
  }),
  // A NaN stays one, as in PyTorch: max(NaN, 0) may be either in WGSL.
  relu: unary((x) => `select(${x}, 0.0, ${x} <= 0.0)`),
  relu_grad: gradient((dy, y) => `select(0.0, ${dy}, ${y} > 0.0)`),
  relu6: unary((x) => `bounded(${x}, 0.0, 6.0)`),
  relu6_grad: gradient((dy, y) => `select(${dy}, 0.0, ${y} <= 0.0 || ${y} >= 6.0)`),
  selu: bent(selu),
  selu_grad: bentGradient(selu),
  sigmoid: unary((x) => `logistic(${x})`),
  sigmoid_grad: gradient((dy, y) => `${dy} * (${y} * (1.0 - ${y}))`),
  silu: unary((x) => `${x} * logistic(${x})`),
  silu_grad: gradient((dy, x, { keep }) => {
    const s = keep(`logistic(${x})`);
    return `${dy} * (${s} * (${x} * (1.0 - ${s}) + 1.0))`;
  }),
  softplus: unary((x, element) => {
    const beta = attribute(element, 'beta');
    const scaled = element.keep(`${x} * ${beta}`);
    return `select(soft_plus(${scaled}) / ${beta}, ${x}, ${scaled} > ${attribute(element, 'threshold')})`;
  }),
  softplus_grad: gradient((dy, x, element) => {
    const scaled = element.keep(`${x} * ${attribute(element, 'beta')}`);
    return `select(${dy} * logistic(${scaled}), ${dy}, ${scaled} > ${attribute(element, 'threshold')})`;
  }),
  softshrink: unary((x, element) => {
    const lambda = attribute(element, 'lambd');
    return `select(select(0.0, ${x} + ${lambda}, ${x} < -${lambda}), ${x} - ${lambda}, ${x} > ${lambda})`;
  }),
  softshrink_grad: gradient((dy, y) => `select(${dy}, 0.0, ${y} == 0.0)`),
  softsign: unary((x) => `${x} / (1.0 + abs(${x}))`),
  softsign_grad: gradient((dy, x) => `${dy} / ((1.0 + abs(${x})) * (1.0 + abs(${x})))`),
  tanh: unary((x) => `hyperbolic_tangent(${x})`),
  tanh_grad: gradient((dy, y) => `${dy} * (1.0 - ${y} * ${y})`),
  tanhshrink: unary((x) => `${x} - hyperbolic_tangent(${x})`),
  tanhshrink_grad: gradient((dy, x, { keep }) => {
    const t = keep(`hyperbolic_tangent(${x})`);
    return `${dy} * (${t} * ${t})`;
  }),
  // PyTorch takes both numbers to the type of the tensor.
  threshold: byType(
    unary((x, element) => `select(${x}, ${attribute(element, 'value')}, ${x} <= ${attribute(element, 'threshold')})`),
    unary((x, { integer, step: { attrs } }) => {
      const [limit, value] = ['threshold', 'value'].map((name) => integer(Math.trunc(numberAttribute(attrs, name))));
      return `select(${x}, ${value}, ${x} <= ${limit})`;
    }),
  ),
  threshold_grad: gradient((dy, x, element) => `select(${dy}, 0.0, ${x} <= ${attribute(element, 'threshold')})`),
};

/** positive·x above 0, else negative·(e^(rate·x) − 1). */
function bent(bend: Bend): ElementEncoder {
  return unary((x, { number, step }) => {
    const [positive, negative, rate] = bend(step.attrs).map(number);
    const below = `${negative} * near_exponential_minus_one(${x} * ${rate})`;
    return `select(${x} * ${positive}, ${below}, ${x} <= 0.0)`;
  });
}

/** From y, which is not above 0 where x is not, or from x. */
function bentGradient(bend: Bend): ElementEncoder {
  return gradient((dy, source, { number, step }) => {
    const { attrs } = step;
    const [positive, negative, rate] = bend(attrs).map(number);
    const alpha = typeof attrs['alpha'] === 'number' ? attrs['alpha'] : 1;
    const below =
      eluGradientSource({ alpha }) === 'output'
        ? `${rate} * (${source} + ${negative})`
        : `(${negative} * ${rate}) * exponential(${source} * ${rate})`;
    return `${dy} * select(${positive}, ${below}, ${source} <= 0.0)`;
  });
}

function isTanh(attrs: Attributes): boolean {
  return attrs['approximate'] === 'tanh';
}
