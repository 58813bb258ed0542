import type { Attributes } from '../../../../core/graph/graph';
import { numberAttribute } from '../../../steps/attributes';

/**
 * A loss of each value by itself, in WGSL: of `x`, `y`, the `third` and `fourth` tensor's values (1 where there is none) and
 * two numbers `a` and `b`.
 */
export interface LossRule {
  readonly numbers?: (attrs: Attributes) => readonly [a: number, b: number];
  readonly value: string;
  /** Derivatives by x, y and the third; those of what depends on x − y alone are opposite. */
  readonly slopes: readonly [x: string, y: string, third?: string];
}

const number =
  (name: string) =>
  (attrs: Attributes): readonly [number, number] => [numberAttribute(attrs, name), 0];
const opposite = (slope: string): readonly [string, string] => [slope, `-(${slope})`];
const withFull =
  (constant: number) =>
  (attrs: Attributes): readonly [number, number] => [
    numberAttribute(attrs, 'eps'),
    attrs['full'] === true ? constant : 0,
  ];

const absolute: LossRule = { value: 'abs(x - y)', slopes: opposite('sign_or_nan(x - y)') };

/** The rule of a loss, which may differ by its attributes. */
export function lossRule(loss: string, attrs: Attributes): LossRule {
  switch (loss) {
    case 'mse_loss':
      return { value: '(x - y) * (x - y)', slopes: opposite('2.0 * (x - y)') };
    case 'l1_loss':
      return absolute;
    case 'smooth_l1_loss':
      if (numberAttribute(attrs, 'beta') === 0) return absolute;
      return {
        numbers: number('beta'),
        value: 'select(abs(x - y) - 0.5 * a, (0.5 * ((x - y) * (x - y))) / a, abs(x - y) < a)',
        slopes: opposite('select(sign_or_nan(x - y), (x - y) / a, abs(x - y) < a)'),
      };
    case 'huber_loss':
      return {
        numbers: number('delta'),
        value: 'select(a * (abs(x - y) - 0.5 * a), 0.5 * ((x - y) * (x - y)), abs(x - y) <= a)',
        slopes: opposite('select(a * sign_or_nan(x - y), x - y, abs(x - y) <= a)'),
      };
    case 'soft_margin_loss':
      return { value: 'soft_plus(-(x * y))', slopes: ['-(y * logistic(-(x * y)))', '-(x * logistic(-(x * y)))'] };
    case 'hinge_embedding_loss':
      return {
        numbers: number('margin'),
        value: 'select(larger(a - x, 0.0), 0.0, y == 1.0) + select(x, 0.0, y == -1.0)',
        slopes: ['select(1.0, 0.0, y == -1.0) - select(0.0, 1.0, a - x >= 0.0 && y != 1.0)', '0.0'],
      };
    case 'poisson_nll_loss':
      return attrs['logInput'] === true ? poissonOfLogarithm : poisson;
    case 'kl_div':
      return attrs['logTarget'] === true
        ? { value: 'exponential(y) * (y - x)', slopes: ['-exponential(y)', 'exponential(y) * (1.0 - (x - y))'] }
        : {
            value: 'select(y * logarithm(y), 0.0, y == 0.0) - y * x',
            slopes: ['-y', 'select(logarithm(y) + (1.0 - x), 0.0, y == 0.0)'],
          };
    case 'binary_cross_entropy':
      return {
        value: `third * -(y * larger(logarithm(x), -100.0) + (1.0 - y) * larger(logarithm_of_one_plus(-x), -100.0))`,
        slopes: [
          '(third * (x - y)) / larger((1.0 - x) * x, 1e-12)',
          'third * (logarithm_of_one_plus(-x) - logarithm(x))',
        ],
      };
    case 'binary_cross_entropy_with_logits':
      return {
        // The large parts first, which cancel where the answer is right.
        value: `third * (((1.0 - y) * x + (1.0 + (fourth - 1.0) * y) * larger(-x, 0.0))
    + (1.0 + (fourth - 1.0) * y) * logarithm_of_one_plus(exponential(-abs(x))))`,
        slopes: [
          'third * (((fourth * y + 1.0) - y) * logistic(x) - fourth * y)',
          'third * ((fourth - 1.0) * soft_plus(-x) - x)',
        ],
      };
    case 'gaussian_nll_loss':
      // The guard against small variances is none of the function that is differentiated, as in torch.
      return {
        numbers: withFull(Math.log(2 * Math.PI) / 2),
        value: '0.5 * (logarithm(larger(third, a)) + ((x - y) * (x - y)) / larger(third, a)) + b',
        slopes: [
          ...opposite('(x - y) / larger(third, a)'),
          '0.5 * (1.0 / larger(third, a) - ((x - y) / larger(third, a)) * ((x - y) / larger(third, a)))',
        ],
      };
    case 'margin_ranking_loss':
      return {
        numbers: number('margin'),
        value: 'larger(a - third * (x - y), 0.0)',
        slopes: opposite('select(0.0, -third, a - third * (x - y) >= 0.0)'),
      };
    default:
      throw new Error(`The GPU engine has no kernel for '${loss}'`);
  }
}

/** Stirling's approximation of log y! where y > 1 and b is not 0. Source: PyTorch, PoissonNLLLoss. */
const stirling = 'select(0.0, (y * logarithm(y) - y) + 0.5 * logarithm(y * 6.283185307179586), y > 1.0 && b != 0.0)';
const stirlingSlope = 'select(0.0, logarithm(y) + 0.5 / y, y > 1.0 && b != 0.0)';

const poissonOfLogarithm: LossRule = {
  numbers: withFull(1),
  value: `(exponential(x) - x * y) + ${stirling}`,
  slopes: ['exponential(x) - y', `${stirlingSlope} - x`],
};

const poisson: LossRule = {
  numbers: withFull(1),
  value: `(x - y * logarithm(x + a)) + ${stirling}`,
  slopes: ['1.0 - y / (x + a)', `${stirlingSlope} - logarithm(x + a)`],
};
