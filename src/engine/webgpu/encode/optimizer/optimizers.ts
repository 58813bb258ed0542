import { booleanAttribute } from '../../../steps/attributes';
import type { ElementContext, ElementEncoder } from '../encoder';

/**
 * Inputs: parameters, gradients, so many moments, hyper, and the factor that gradients are multiplied by, if there is one. With the
 * attribute `skips`, a factor of 0 leaves everything as it is.
 */
interface Update {
  /** Of element i. */
  readonly parameter: string;
  /** As the optimiser sees it: clipped; NaN stays NaN. */
  readonly gradient: string;
  hyper(this: void, index: number): string;
  moment(this: void, index: number): string;
  setMoment(this: void, index: number, value: string): void;
  /** What the parameter becomes. */
  changed(this: void, value: string): string;
}

/** torch.optim.SGD. Hyper: learning rate, weight decay, momentum, 1 at the first step. */
const sgd: ElementEncoder = (element) => {
  const { keep, step } = element;
  const hasMomentum = booleanAttribute(step.attrs, 'momentum');
  const { parameter, gradient, hyper, moment, setMoment, changed } = describe(element, hasMomentum ? 1 : 0);
  const decayed = keep(`${hyper(1)} * ${parameter} + ${gradient}`);
  if (!hasMomentum) return changed(`${parameter} - ${hyper(0)} * ${decayed}`);
  const momentum = hyper(2);
  const buffer = keep(`select(${momentum} * ${moment(0)} + ${decayed}, ${decayed}, ${hyper(3)} != 0.0)`);
  setMoment(0, buffer);
  const direction = booleanAttribute(step.attrs, 'nesterov') ? `(${momentum} * ${buffer} + ${decayed})` : buffer;
  return changed(`${parameter} - ${hyper(0)} * ${direction}`);
};

/** torch.optim.Adam and AdamW. Hyper: learning rate, 1 − beta1, 1 − beta2, eps, weight decay, 1 − beta1^t, √(1 − beta2^t). */
const adam: ElementEncoder = (element) => {
  const { keep, step } = element;
  const hasLargest = step.attrs['amsgrad'] === true;
  const decoupled = step.op === 'adamw';
  const { parameter, gradient, hyper, moment, setMoment, changed } = describe(element, hasLargest ? 3 : 2);
  const [rate, rest1, rest2, decay] = [hyper(0), hyper(1), hyper(2), hyper(4)];
  const g = decoupled ? gradient : keep(`${decay} * ${parameter} + ${gradient}`);
  const m = keep(`(1.0 - ${rest1}) * ${moment(0)} + ${rest1} * ${g}`);
  let v = keep(`(1.0 - ${rest2}) * ${moment(1)} + ${rest2} * (${g} * ${g})`);
  setMoment(0, m);
  setMoment(1, v);
  if (hasLargest) {
    v = keep(`larger(${v}, ${moment(2)})`);
    setMoment(2, v);
  }
  const denominator = `(sqrt(${v}) / ${hyper(6)} + ${hyper(3)})`;
  const kept = decoupled ? `${parameter} * (1.0 - ${rate} * ${decay})` : parameter;
  return changed(`${kept} - ((${rate} / ${hyper(5)}) * ${m}) / ${denominator}`);
};

/** torch.optim.RMSprop. Hyper: learning rate, 1 − alpha, eps, weight decay, momentum. */
const rmsprop: ElementEncoder = (element) => {
  const { keep, step } = element;
  const [hasMomentum, centered] = [booleanAttribute(step.attrs, 'momentum'), booleanAttribute(step.attrs, 'centered')];
  const buffer = hasMomentum ? 1 : undefined;
  const mean = centered ? (hasMomentum ? 2 : 1) : undefined;
  const { parameter, gradient, hyper, moment, setMoment, changed } = describe(
    element,
    1 + Number(hasMomentum) + Number(centered),
  );
  const rest = hyper(1);
  const g = keep(`${hyper(3)} * ${parameter} + ${gradient}`);
  const square = keep(`(1.0 - ${rest}) * ${moment(0)} + ${rest} * (${g} * ${g})`);
  setMoment(0, square);
  let variance = square;
  if (mean !== undefined) {
    const average = keep(`(1.0 - ${rest}) * ${moment(mean)} + ${rest} * ${g}`);
    setMoment(mean, average);
    variance = keep(`${square} - ${average} * ${average}`);
  }
  let direction = keep(`${g} / (square_root(${variance}) + ${hyper(2)})`);
  if (buffer !== undefined) {
    direction = keep(`${hyper(4)} * ${moment(buffer)} + ${direction}`);
    setMoment(buffer, direction);
  }
  return changed(`${parameter} - ${hyper(0)} * ${direction}`);
};

function describe({ at, input, keep, number, step, store }: ElementContext, moments: number): Update {
  const hyper = 2 + moments;
  const { clipValue } = step.attrs;
  const factor = step.inputs.length > hyper + 1 ? ` * ${at(hyper + 1, '0u')}` : '';
  const given = `${input(1)}${factor}`;
  const skipped = step.attrs['skips'] === true ? keep(`${at(hyper + 1, '0u')} == 0.0`) : undefined;
  const unless = (value: string, old: string) =>
    skipped === undefined ? value : `select(${value}, ${old}, ${skipped})`;
  const limit = typeof clipValue === 'number' ? number(clipValue) : undefined;
  return {
    parameter: input(0),
    gradient: keep(limit === undefined ? given : `bounded(${given}, -${limit}, ${limit})`),
    hyper: (index) => keep(at(hyper, `${index}u`)),
    moment: (index) => input(2 + index),
    setMoment: (index, value) => {
      store(2 + index, 'i', unless(value, input(2 + index)));
    },
    changed: (value) => unless(value, input(0)),
  };
}

export const optimizerElements: Readonly<Record<string, ElementEncoder>> = { adam, adamw: adam, rmsprop, sgd };
