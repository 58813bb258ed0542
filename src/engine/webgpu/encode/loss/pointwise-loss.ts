import type { KernelStep } from '../../../plan';
import { numberAttribute, stringAttribute } from '../../../steps/attributes';
import { inputOf, sizeOf } from '../../../steps/tensors';
import type { ElementEncoder, Encoder } from '../encoder';
import { lossRule } from './pointwise-loss-rules';
import { reduceLosses } from './reduce-losses';
import { reductionOf, reductionFactor } from '../../../steps/loss-reduction';
import { pointwiseLossNames } from '../../../steps/pointwise-loss-names';

/** A loss of each value by itself, reduced or not. */
const encodePointwiseLoss: Encoder = (step, program) => {
  const { attrs, inputs, op, output } = step;
  const rule = lossRule(op, attrs);
  const [a, b] = rule.numbers?.(attrs) ?? [0, 0];
  const values = valuesOf(step, inputs.length, (index) => `load_t${index}(i)`);
  const call = {
    name: op,
    tensors: Object.fromEntries(inputs.map((tensor, index) => [`t${index}`, tensor])),
    numbers: { a, b },
    functions: lossFunction('loss_of', rule.value),
  };
  const term = `loss_of(${[...values, 'p.a', 'p.b'].join(', ')})`;
  const reduction = reductionOf(attrs['reduction']);
  const x = inputOf(step, 0);
  if (reduction === 'none') {
    const tensors = { ...call.tensors, losses: output };
    program.forEach({ ...call, tensors, size: sizeOf(output), body: `  store_losses(i, ${term});` });
    return;
  }
  reduceLosses(program, { ...call, term, count: sizeOf(x), factor: reductionFactor(reduction, x) }, output);
};

/** The gradient of one of the tensors: of x, of y, or of the third. */
const pointwiseLossGrad: ElementEncoder = ({ functions, input, keep, number, step }) => {
  const { attrs, inputs, output } = step;
  const loss = stringAttribute(attrs, 'loss');
  const which = numberAttribute(attrs, 'of');
  const rule = lossRule(loss, attrs);
  const slope = rule.slopes[which];
  if (slope === undefined) throw new Error(`${loss} has no gradient of its input ${which}`);
  const [a, b] = rule.numbers?.(attrs) ?? [0, 0];
  const values = valuesOf(step, inputs.length - 1, (index) => input(index + 1));
  // The text depends on the loss's attributes in few ways: what they are in this kernel is part of the name.
  const name = `${loss}_slope_${which}_${attrs['logTarget'] === true || attrs['logInput'] === true ? 'log' : 'plain'}`;
  functions(lossFunction(name, slope));
  const factor = keep(`${input(0)} * ${number(reductionFactor(reductionOf(attrs['reduction']), output))}`);
  return `${factor} * ${name}(${[...values, number(a), number(b)].join(', ')})`;
};

function lossFunction(name: string, value: string): string {
  return `fn ${name}(x: f32, y: f32, third: f32, fourth: f32, a: f32, b: f32) -> f32 { return ${value}; }`;
}

/** What stands for x, y, the third and the fourth tensor; the weight of the positive part may come without the other. */
function valuesOf({ attrs }: KernelStep, count: number, value: (index: number) => string): readonly string[] {
  const given = attrs['given'];
  const onlyPositive = Array.isArray(given) && given.length === 1 && given[0] === 'pos_weight';
  const [third, fourth] = onlyPositive ? [undefined, 2] : [2, 3];
  return [0, 1, third, fourth].map((index) => (index === undefined || index >= count ? '1.0' : value(index)));
}

export const pointwiseLossElements: Readonly<Record<string, ElementEncoder>> = {
  pointwise_loss_grad: pointwiseLossGrad,
};

export const pointwiseLossKernels: Readonly<Record<string, Encoder>> = Object.fromEntries(
  pointwiseLossNames.map((name) => [name, encodePointwiseLoss]),
);
