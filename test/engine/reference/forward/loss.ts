import { at, count, data, type Forward, type Tensor64 } from '../tensor64';
import { logSoftmaxAlong } from './activation';

type Reduction = 'none' | 'mean' | 'sum' | 'batchmean';

interface ClassAttributes {
  readonly reduction?: Reduction;
  readonly ignoreIndex?: number | null;
  readonly labelSmoothing?: number;
}

export const lossForwards: Readonly<Record<string, Forward>> = {
  cross_entropy: ([logits, targets, weights], attrs: ClassAttributes) =>
    crossEntropy(logits, targets, weights, attrs, logSoftmaxAlong(logits, classDim(logits))),
  nll_loss: ([scores, targets, weights], attrs: ClassAttributes) =>
    crossEntropy(scores, targets, weights, attrs, data(scores)),
  mse_loss: pointwise(([x, y]) => (x - y) ** 2),
  l1_loss: pointwise(([x, y]) => Math.abs(x - y)),
  smooth_l1_loss: pointwise(([x, y], { beta }) => {
    const distance = Math.abs(x - y);
    return distance < beta ? (distance * distance) / (2 * beta) : distance - beta / 2;
  }),
  huber_loss: pointwise(([x, y], { delta }) => {
    const distance = Math.abs(x - y);
    return distance <= delta ? distance ** 2 / 2 : delta * (distance - delta / 2);
  }),
  soft_margin_loss: pointwise(([x, y]) => Math.log1p(Math.exp(-x * y))),
  hinge_embedding_loss: pointwise(([x, y], { margin }) => (y === 1 ? x : Math.max(0, margin - x))),
  margin_ranking_loss: pointwise(([x, y, sign], { margin }) => Math.max(0, -sign * (x - y) + margin)),
  poisson_nll_loss: pointwise(([x, y], { eps, full, logInput }) => {
    const stirling = full && y > 1 ? y * Math.log(y) - y + Math.log(2 * Math.PI * y) / 2 : 0;
    return (logInput ? Math.exp(x) - y * x : x - y * Math.log(x + eps)) + stirling;
  }),
  kl_div: pointwise(([x, y], { logTarget }) =>
    logTarget ? Math.exp(y) * (y - x) : (y === 0 ? 0 : y * Math.log(y)) - y * x,
  ),
  binary_cross_entropy: pointwise(
    ([x, y, weight]) => -weight * (y * Math.max(Math.log(x), -100) + (1 - y) * Math.max(Math.log1p(-x), -100)),
  ),
  binary_cross_entropy_with_logits: (inputs, attrs: PointwiseAttributes) => {
    const [x, y, ...more] = inputs;
    const given = (name: string) => more[attrs.given?.indexOf(name) ?? -1];
    const [weights, positives] = [given('weight'), given('pos_weight')];
    return reduce(
      data(x).map((value, i) => {
        const [target, weight] = [at(data(y), i), weights ? at(weights.data, i) : 1];
        const positive = 1 + ((positives ? at(positives.data, i) : 1) - 1) * target;
        return (
          weight * ((1 - target) * value + positive * (Math.log1p(Math.exp(-Math.abs(value))) + Math.max(-value, 0)))
        );
      }),
      attrs.reduction,
      x,
    );
  },
  gaussian_nll_loss: pointwise(([x, y, given], { eps, full }) => {
    const variance = Math.max(given, eps);
    return (Math.log(variance) + (x - y) ** 2 / variance + (full ? Math.log(2 * Math.PI) : 0)) / 2;
  }),
  multi_margin_loss: ([scores, targets, weights], { margin, p, reduction }: PointwiseAttributes) => {
    const classes = scores?.shape.at(-1) ?? 1;
    const losses = [...data(targets)].map((target, row) => {
      const x = (c: number) => at(data(scores), row * classes + c);
      const terms = range(classes).map((c) => (c === target ? 0 : Math.max(0, margin - x(target) + x(c)) ** p));
      return ((weights ? at(weights.data, target) : 1) * sum(terms)) / classes;
    });
    return reduce(Float64Array.from(losses), reduction, targets);
  },
  multilabel_margin_loss: ([scores, targets], { reduction }: PointwiseAttributes, shape) => {
    const classes = scores?.shape.at(-1) ?? 1;
    const rows = data(scores).length / classes;
    const losses = range(rows).map((row) => {
      const x = (c: number) => at(data(scores), row * classes + c);
      const list = range(classes).map((j) => at(data(targets), row * classes + j));
      const end = list.indexOf(-1);
      const labels = end < 0 ? list : list.slice(0, end);
      const others = range(classes).filter((c) => !labels.includes(c));
      return sum(labels.flatMap((label) => others.map((c) => Math.max(0, 1 - (x(label) - x(c)))))) / classes;
    });
    return reduce(Float64Array.from(losses), reduction, {
      shape: shape.length > 0 ? shape : [rows],
      data: Float64Array.of(),
    });
  },
};

interface PointwiseAttributes {
  readonly reduction: Reduction;
  readonly given?: readonly string[];
  readonly beta: number;
  readonly delta: number;
  readonly margin: number;
  readonly eps: number;
  readonly p: number;
  readonly full: boolean;
  readonly logInput: boolean;
  readonly logTarget: boolean;
}

/** A loss of each value: of the values of all inputs at one place; the third is 1 where there is none. */
function pointwise(loss: (values: [number, number, number], attrs: PointwiseAttributes) => number): Forward {
  return (inputs, attrs: PointwiseAttributes) => {
    const [x, y, third] = inputs;
    const losses = data(x).map((value, i) => loss([value, at(data(y), i), third ? at(third.data, i) : 1], attrs));
    return reduce(losses, attrs.reduction, x);
  };
}

function reduce(losses: Float64Array, reduction: Reduction, like: Tensor64 | undefined): Float64Array {
  if (reduction === 'none') return losses;
  const total = sum([...losses]);
  if (reduction === 'sum') return Float64Array.of(total);
  const images = like?.shape[0] ?? 1;
  return Float64Array.of(total / (reduction === 'batchmean' ? images : count(like?.shape ?? [])));
}

/** The loss of every place; a mean is weighted by the classes that targets name, and leaves out ignored ones. */
function crossEntropy(
  scores: Tensor64 | undefined,
  targets: Tensor64 | undefined,
  weights: Tensor64 | undefined,
  { reduction = 'mean', ignoreIndex = null, labelSmoothing = 0 }: ClassAttributes,
  logProbabilities: Float64Array,
): Float64Array {
  const shape = scores?.shape ?? [];
  const dim = classDim(scores);
  const [classes, inner] = [shape[dim] ?? 1, count(shape.slice(dim + 1))];
  const soft = targets?.shape.length === shape.length;
  const weight = (c: number) => (weights ? at(weights.data, c) : 1);
  const losses = range(count(shape) / classes).map((place) => {
    const index = (c: number) => (Math.floor(place / inner) * classes + c) * inner + (place % inner);
    const target = at(data(targets), place);
    if (!soft && target === ignoreIndex) return { loss: 0, weight: 0 };
    const terms = range(classes).map((c) => {
      const q = soft ? at(data(targets), index(c)) : Number(c === target);
      const share = (1 - labelSmoothing) * q + labelSmoothing / classes;
      return share === 0 ? 0 : -weight(c) * share * at(logProbabilities, index(c));
    });
    return { loss: sum(terms), weight: soft ? 1 : weight(target) };
  });
  if (reduction === 'none') return Float64Array.from(losses, ({ loss }) => loss);
  const total = sum(losses.map(({ loss }) => loss));
  return Float64Array.of(reduction === 'sum' ? total : total / sum(losses.map((each) => each.weight)));
}

function classDim(scores: Tensor64 | undefined): number {
  return scores?.shape.length === 1 ? 0 : 1;
}

function range(length: number): number[] {
  return Array.from({ length }, (_, i) => i);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
