import { normalizeDimension } from '../../../../src/core/ops/shapes';
import { at, channelOf, count, data, type Forward, type Tensor64 } from '../tensor64';
import { erf } from './unary';

const SELU_SCALE = 1.0507009873554805;
const SELU_ALPHA = 1.6732632423543772;

/** An activation of one tensor, element by element. */
function each<A>(f: (x: number, attrs: A) => number): Forward {
  return ([x]: readonly Tensor64[], attrs: never) => data(x).map((value) => f(value, attrs));
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const limited = (x: number, low: number, high: number): number => Math.min(Math.max(x, low), high);

export const pointwiseForwards: Readonly<Record<string, Forward>> = {
  celu: each<{ alpha: number }>((x, { alpha }) => (x > 0 ? x : alpha * Math.expm1(x / alpha))),
  elu: each<{ alpha: number }>((x, { alpha }) => (x > 0 ? x : alpha * Math.expm1(x))),
  gelu: each<{ approximate: string }>((x, { approximate }) =>
    approximate === 'tanh'
      ? 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))
      : 0.5 * x * (1 + erf(x / Math.SQRT2)),
  ),
  glu: ([x], { dim }: { dim: number }, shape) => {
    const axis = normalizeDimension('glu', dim, shape.length);
    const half = count(shape.slice(axis));
    return Float64Array.from({ length: count(shape) }, (_, i) => {
      const first = i + Math.floor(i / half) * half;
      return at(data(x), first) * sigmoid(at(data(x), first + half));
    });
  },
  hardshrink: each<{ lambd: number }>((x, { lambd }) => (Math.abs(x) <= lambd ? 0 : x)),
  hardsigmoid: each((x) => limited(x + 3, 0, 6) / 6),
  hardswish: each((x) => (x * limited(x + 3, 0, 6)) / 6),
  hardtanh: each<{ minimum: number; maximum: number }>((x, { minimum, maximum }) => limited(x, minimum, maximum)),
  leaky_relu: each<{ negativeSlope: number }>((x, { negativeSlope }) => (x > 0 ? x : negativeSlope * x)),
  logsigmoid: each((x) => Math.min(x, 0) - Math.log1p(Math.exp(-Math.abs(x)))),
  mish: each((x) => x * Math.tanh(Math.log1p(Math.exp(x)))),
  prelu: ([x, weight]) => {
    const slopes = data(weight);
    return data(x).map((value, i) => {
      const slope = at(slopes, slopes.length === 1 ? 0 : channelOf(x, i));
      return value > 0 ? value : slope * value;
    });
  },
  relu6: each((x) => limited(x, 0, 6)),
  selu: each((x) => SELU_SCALE * (x > 0 ? x : SELU_ALPHA * Math.expm1(x))),
  sigmoid: each(sigmoid),
  silu: each((x) => x * sigmoid(x)),
  softplus: each<{ beta: number; threshold: number }>((x, { beta, threshold }) =>
    beta * x > threshold ? x : Math.log1p(Math.exp(beta * x)) / beta,
  ),
  softshrink: each<{ lambd: number }>((x, { lambd }) => Math.sign(x) * Math.max(Math.abs(x) - lambd, 0)),
  softsign: each((x) => x / (1 + Math.abs(x))),
  tanh: each(Math.tanh),
  tanhshrink: each((x) => x - Math.tanh(x)),
  threshold: each<{ threshold: number; value: number }>((x, { threshold, value }) => (x > threshold ? x : value)),
};
