import type { KernelStep } from '../../../plan';
import { booleanAttribute, numberAttribute } from '../../../steps/attributes';
import { inputOf, planeShape, sizeOf } from '../../../steps/tensors';
import type { ProgramBuilder } from '../../program-builder';
import type { ElementContext } from '../encoder';
import { encodeChannelReduction } from './channel-reduction';

/** Number of elements, mean and Σ(x − mean)² of two sets together (Chan, Golub and LeVeque, 1983). */
const joinMoments = `struct Moments { count: f32, mean: f32, squares: f32 }
fn join_moments(a: Moments, b: Moments) -> Moments {
  let count = a.count + b.count;
  if (b.count == 0.0) { return a; }
  if (a.count == 0.0) { return b; }
  let share = b.count / count;
  let difference = b.mean - a.mean;
  return Moments(count, a.mean + difference * share, a.squares + b.squares + difference * difference * a.count * share);
}`;

/** Each thread sums differences from its own first element, so that little cancels. */
const momentsCode = `${joinMoments}
struct Shifted { count: f32, shift: f32, sum: f32, squares: f32 }
fn begin(channel: u32, place: u32) -> Shifted { return Shifted(0.0, load_x(place), 0.0, 0.0); }
fn add(state: Shifted, channel: u32, place: u32) -> Shifted {
  let rest = load_x(place) - state.shift;
  return Shifted(state.count + 1.0, state.shift, state.sum + rest, state.squares + rest * rest);
}
fn moments_of(state: Shifted) -> Moments {
  if (state.count == 0.0) { return Moments(0.0, 0.0, 0.0); }
  let rest = state.sum / state.count;
  return Moments(state.count, state.shift + rest, state.squares - state.sum * rest);
}
fn join(a: Shifted, b: Shifted) -> Shifted {
  let moments = join_moments(moments_of(a), moments_of(b));
  return Shifted(moments.count, moments.mean, 0.0, moments.squares);
}
fn pack(state: Shifted) -> vec4<f32> {
  let moments = moments_of(state);
  return vec4(moments.count, moments.mean, moments.squares, 0.0);
}`;

/** Mean and biased variance of each channel. */
export function encodeBatchNormStats(step: KernelStep, program: ProgramBuilder): void {
  const x = inputOf(step, 0);
  const { tensor, chunks, channels } = encodeChannelReduction(program, {
    ...{ name: 'batch_norm_stats', shape: x, tensors: { x }, state: 'Shifted', code: momentsCode },
  });
  program.forEach({
    name: 'batch_norm_stats, together',
    tensors: { partial: { tensor, vector: true }, stats: step.output },
    sizes: { chunks, channels },
    size: channels,
    functions: `${joinMoments}
fn moments_at(i: u32) -> Moments {
  let four = load4_partial(i);
  return Moments(four.x, four.y, four.z);
}`,
    body: `  var moments = moments_at(i);
  for (var chunk = 1u; chunk < p.chunks; chunk++) {
    moments = join_moments(moments, moments_at(chunk * p.channels + i));
  }
  store_stats(i, moments.mean);
  let variance = moments.squares / moments.count;
  store_stats(p.channels + i, select(variance, 0.0, variance < 0.0));`,
  });
}

/** Σ dy and Σ dy·x̂ of each channel. */
export function encodeBatchNormGradStats(step: KernelStep, program: ProgramBuilder): void {
  const [dy, x, stats] = [inputOf(step, 0), inputOf(step, 1), inputOf(step, 2)];
  const { tensor, chunks, channels } = encodeChannelReduction(program, {
    ...{ name: 'batch_norm_grad_stats', shape: x, tensors: { dy, x, stats }, state: 'Sums' },
    code: `struct Sums { mean: f32, sum: f32, products: f32 }
fn begin(channel: u32, place: u32) -> Sums { return Sums(load_stats(channel), 0.0, 0.0); }
fn add(state: Sums, channel: u32, place: u32) -> Sums {
  let dy = load_dy(place);
  return Sums(state.mean, state.sum + dy, state.products + dy * (load_x(place) - state.mean));
}
fn join(a: Sums, b: Sums) -> Sums { return Sums(a.mean, a.sum + b.sum, a.products + b.products); }
fn pack(state: Sums) -> vec4<f32> { return vec4(state.sum, state.products, 0.0, 0.0); }`,
  });
  program.forEach({
    name: 'batch_norm_grad_stats, together',
    tensors: { partial: { tensor, vector: true }, stats, sums: step.output },
    sizes: { chunks, channels },
    numbers: { eps: numberAttribute(step.attrs, 'eps') },
    size: channels,
    body: `  var sums = load4_partial(i);
  for (var chunk = 1u; chunk < p.chunks; chunk++) { sums += load4_partial(chunk * p.channels + i); }
  store_sums(i, sums.x);
  store_sums(p.channels + i, sums.y / sqrt(load_stats(p.channels + i) + p.eps));`,
  });
}

/** Inputs: x, stats [2, C], then weight and bias. */
export function batchNormNormalize(element: ElementContext): string {
  const { at, keep, size } = element;
  const { channel, channels } = channelOf(element);
  return normalized(element, channel, at(1, channel), at(1, keep(`${size(channels)} + ${channel}`)), 2);
}

/** Inputs: x, mean, variance, then weight and bias. */
export function batchNormInference(element: ElementContext): string {
  const { channel } = channelOf(element);
  return normalized(element, channel, element.at(1, channel), element.at(2, channel), 3);
}

/** Inputs: dy, x, stats, the gradient's statistics, then the weight. */
export function batchNormGradInput(element: ElementContext): string {
  const { step, input, inputTensor, at, keep, number, size } = element;
  const [images, , places] = planeShape(inputTensor(1));
  const { channel, channels } = channelOf(element);
  const second = keep(`${size(channels)} + ${channel}`);
  const inverse = keep(`1.0 / sqrt(${at(2, second)} + ${number(numberAttribute(step.attrs, 'eps'))})`);
  const share = number(1 / (images * places));
  const normal = `(${input(1)} - ${at(2, channel)}) * ${inverse}`;
  const rest = `${input(0)} - ${at(3, channel)} * ${share} - ${normal} * (${at(3, second)} * ${share})`;
  return `(${rest}) * ${weighted(element, inverse, channel, 4)}`;
}

/** Inputs: dy, variance, then the weight. */
export function batchNormInferenceGradInput(element: ElementContext): string {
  const { step, input, at, number } = element;
  const { channel } = channelOf(element);
  const inverse = `1.0 / sqrt(${at(1, channel)} + ${number(numberAttribute(step.attrs, 'eps'))})`;
  return `${input(0)} * ${weighted(element, `(${inverse})`, channel, 2)}`;
}

/** Moves a running mean (row 0) or variance (row 1, unbiased) towards the batch's. */
export function batchNormRunning({ step, input, at, inputTensor, keep, number, size }: ElementContext): string {
  const row = numberAttribute(step.attrs, 'row');
  const count = numberAttribute(step.attrs, 'count');
  const factor = row === 1 ? count / (count - 1) : 1;
  const newest = at(1, `${size(row * sizeOf(inputTensor(0)))} + i`);
  if (step.attrs['momentum'] === null) {
    const momentum = keep(`1.0 / f32(${at(2, '0u')})`);
    return `(1.0 - ${momentum}) * ${input(0)} + ${momentum} * (${number(factor)} * ${newest})`;
  }
  const momentum = numberAttribute(step.attrs, 'momentum');
  return `${number(1 - momentum)} * ${input(0)} + ${number(momentum * factor)} * ${newest}`;
}

function normalized(element: ElementContext, channel: string, mean: string, variance: string, first: number): string {
  const { step, input, at, number } = element;
  const inverse = `(1.0 / sqrt(${variance} + ${number(numberAttribute(step.attrs, 'eps'))}))`;
  const value = `(${input(0)} - ${mean}) * ${weighted(element, inverse, channel, first)}`;
  return step.inputs[first + 1] ? `${value} + ${at(first + 1, channel)}` : value;
}

/** A factor times the channel's weight, which is input `index` if the layer is affine. */
function weighted({ step, at }: ElementContext, factor: string, channel: string, index: number): string {
  return booleanAttribute(step.attrs, 'affine') ? `(${factor} * ${at(index, channel)})` : factor;
}

/** The channel of element i. */
function channelOf({ step, keep, size }: ElementContext): { readonly channel: string; readonly channels: number } {
  const [, channels, places] = planeShape(step.output);
  const plane = places === 1 ? 'i' : `i / ${size(places)}`;
  return { channel: keep(`${plane} % ${size(channels)}`), channels };
}
