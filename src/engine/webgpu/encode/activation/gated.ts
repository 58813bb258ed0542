import type { KernelStep, PlanTensor } from '../../../plan';
import { numberAttribute } from '../../../steps/attributes';
import { aroundDim, inputOf, planeShape, sizeOf } from '../../../steps/tensors';
import { drawnNumber } from '../arithmetic/draw';
import type { ElementContext, ElementEncoder, Encoder } from '../encoder';
import { channelSums } from '../reduction/channel-sums';

/** Activations whose slope is another tensor's, or a random number. */
export const gatedElements: Readonly<Record<string, ElementEncoder>> = {
  // a·sigmoid(b), where each block of a's is followed by as many b's.
  glu: (element) => {
    const { at, keep, size } = element;
    const half = size(halfLength(element.step, element.inputTensor(0)));
    const place = keep(`i + (i / ${half}) * ${half}`);
    return `${at(0, place)} * logistic(${at(0, `${place} + ${half}`)})`;
  },
  prelu: (element) => {
    const x = element.keep(element.input(0));
    return `select(${x} * ${slopeOf(element, 0, 1)}, ${x}, ${x} > 0.0)`;
  },
  prelu_grad: (element) => {
    const dy = element.keep(element.input(0));
    return `select(${dy} * ${slopeOf(element, 1, 2)}, ${dy}, ${element.input(1)} > 0.0)`;
  },
  rrelu_apply: (element) => randomlyBent(element, element.input(0), element.input(0), 1),
  rrelu_apply_grad: (element) => randomlyBent(element, element.input(0), element.input(1), 2),
};

/** dy·s for a and dy·a·s·(1 − s) for b, s = sigmoid(b). Reads elsewhere than it writes: it needs x as a whole. */
export const encodeGluGrad: Encoder = (step, program) => {
  const [dy, x] = [inputOf(step, 0), inputOf(step, 1)];
  program.forEach({
    name: step.op,
    tensors: { dy, x, dx: step.output },
    sizes: { half_length: halfLength(step, x) },
    size: sizeOf(dy),
    body: `  let block = i / p.half_length;
  let first = i + block * p.half_length;
  let second = first + p.half_length;
  let s = logistic(load_x(second));
  let slope = load_dy(i) * s;
  store_dx(first, slope);
  store_dx(second, (slope * load_x(first)) * (1.0 - s));`,
  });
};

/** Σ dy·x where x is not above 0, for each slope. */
export const encodePreluGradWeight: Encoder = (step, program) => {
  const [dy, x] = [inputOf(step, 0), inputOf(step, 1)];
  const planes = planeShape(x);
  channelSums(program, {
    name: step.op,
    tensors: { dy, x },
    term: 'select(load_x(i) * load_dy(i), 0.0, load_x(i) > 0.0)',
    planes: sizeOf(step.output) === 1 ? [1, 1, sizeOf(x)] : planes,
    to: step.output,
  });
};

/** How many elements of the first half stand side by side. */
function halfLength({ attrs }: KernelStep, x: PlanTensor): number {
  const [, length, inner] = aroundDim(x, numberAttribute(attrs, 'dim'));
  return (length / 2) * inner;
}

/** The slope of element i below 0: one for each channel of x, or one for all. */
function slopeOf({ at, inputTensor, size }: ElementContext, x: number, weight: number): string {
  const slopes = sizeOf(inputTensor(weight));
  if (slopes === 1) return at(weight, '0u');
  const [, , places] = planeShape(inputTensor(x));
  return at(weight, `(i / ${size(places)}) % ${size(slopes)}`);
}

/** value where x > 0, else slope·value, slope = lower + range·u. */
function randomlyBent(element: ElementContext, value: string, x: string, random: number): string {
  const { number, step } = element;
  const [lower, upper] = [numberAttribute(step.attrs, 'lower'), numberAttribute(step.attrs, 'upper')];
  const slope = `(${drawnNumber(element, random)} * ${number(upper - lower)} + ${number(lower)})`;
  return `select(${value} * ${slope}, ${value}, ${x} > 0.0)`;
}
