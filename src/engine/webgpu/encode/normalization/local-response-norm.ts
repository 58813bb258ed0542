import type { KernelStep } from '../../../plan';
import { numberAttribute } from '../../../steps/attributes';
import { inputOf, planeShape, sizeOf } from '../../../steps/tensors';
import type { ProgramBuilder } from '../../program-builder';

/** y = x·b^−beta, b = k + alpha/size·Σ x² over the channels around. */
export function encodeLocalResponseNorm(step: KernelStep, program: ProgramBuilder): void {
  const x = inputOf(step, 0);
  program.forEach({
    name: step.op,
    tensors: { x, y: step.output },
    ...parameters(step),
    size: sizeOf(x),
    functions: functions(step),
    body: '  store_y(i, load_x(i) * negative_power(base_of(i)));',
  });
}

/** dx = dy·b^−beta − 2·alpha·beta/size·x·Σ dy·x·b^(−beta−1) over the channels whose windows hold the element. */
export function encodeLocalResponseNormGrad(step: KernelStep, program: ProgramBuilder): void {
  const [dy, x] = [inputOf(step, 0), inputOf(step, 1)];
  const ratios = program.scratch(sizeOf(x));
  program.forEach({
    name: `${step.op}, powers`,
    tensors: { dy, x, dx: step.output, ratios },
    ...parameters(step),
    size: sizeOf(x),
    functions: functions(step),
    body: `  let base = base_of(i);
  let power = load_dy(i) * negative_power(base);
  store_dx(i, power);
  store_ratios(i, power * load_x(i) / base);`,
  });
  program.forEach({
    name: step.op,
    tensors: { x, dx: step.output, ratios },
    ...parameters(step),
    size: sizeOf(x),
    body: `  let channel = i / p.places % p.channels;
  let first = i - min(channel, p.after) * p.places;
  let last = i + min(p.channels - 1u - channel, p.before) * p.places;
  var sum = 0.0;
  for (var other = first; other <= last; other += p.places) { sum += load_ratios(other); }
  store_dx(i, load_dx(i) - p.slope * load_x(i) * sum);`,
  });
}

/** The window of channel c is c − ⌊size/2⌋ … c + ⌊(size − 1)/2⌋ (PyTorch, local_response_norm). */
function parameters({ attrs, inputs }: KernelStep) {
  const size = numberAttribute(attrs, 'size');
  const [alpha, beta, k] = ['alpha', 'beta', 'k'].map((name) => numberAttribute(attrs, name)) as [
    number,
    number,
    number,
  ];
  const [, channels, places] = planeShape(inputs.at(-1) ?? { shape: [], dtype: 'f32', region: 'arena', offset: 0 });
  return {
    sizes: { channels, places, before: Math.floor(size / 2), after: Math.floor((size - 1) / 2) },
    numbers: { factor: alpha / size, slope: (2 * alpha * beta) / size, beta, k },
  };
}

/** Roots where they do: they are more exact than logarithms, and ¾ and ½ are what networks use. */
function functions({ attrs }: KernelStep): string {
  const beta = numberAttribute(attrs, 'beta');
  const exact = new Map([
    [0.75, '1.0 / (sqrt(base) * sqrt(sqrt(base)))'],
    [0.5, '1.0 / sqrt(base)'],
    [1, '1.0 / base'],
  ]);
  return `fn negative_power(base: f32) -> f32 { return ${exact.get(beta) ?? 'exp2(-p.beta * log2(base))'}; }
fn base_of(i: u32) -> f32 {
  let channel = i / p.places % p.channels;
  let first = i - min(channel, p.before) * p.places;
  let last = i + min(p.channels - 1u - channel, p.after) * p.places;
  var sum = 0.0;
  for (var other = first; other <= last; other += p.places) { sum += load_x(other) * load_x(other); }
  return p.k + p.factor * sum;
}`;
}
