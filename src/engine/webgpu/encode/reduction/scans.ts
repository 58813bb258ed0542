import { numberAttribute } from '../../../steps/attributes';
import { aroundDim, inputOf } from '../../../steps/tensors';
import { foldWorkgroups, type ProgramBuilder } from '../../program-builder';
import type { Encoder } from '../encoder';
import type { KernelStep } from '../../../plan';

/** What runs along: its value, before the first element, and of two neighbouring stretches. */
interface Running {
  readonly type: string;
  readonly none: string;
  /** Of element k, whose value is `x`. */
  readonly one: string;
  /** Of stretches `a` and, after it, `b`. */
  readonly both: string;
  /** What is stored of it. */
  readonly result: string;
}

const sums: Running = { type: 'f32', none: '0.0', one: 'x', both: 'a + b', result: 'running' };
const words: Running = { ...sums, type: 'i32', none: '0' };
const products: Running = { ...sums, none: '1.0', both: 'a * b' };

/** The place of the largest so far, of equal ones the last; -1 in front of all. Keys are in the order of the values, NaN is above all. */
function places(key: string): Running {
  return {
    type: 'vec2<i32>',
    none: 'vec2<i32>(i32(-2147483648), -1)',
    one: `vec2<i32>(${key}, i32(k))`,
    both: 'select(a, b, b.y >= 0 && (b.x >= a.x || a.y < 0))',
    result: 'running.y',
  };
}

const scans: Readonly<Record<string, readonly [floats: Running, words: Running]>> = {
  cumsum: [sums, words],
  cumprod: [products, { ...words, none: '1', both: 'a * b' }],
  logcumsumexp: [
    { ...sums, none: '-infinity()', both: 'log_add(a, b)' },
    { ...sums, none: '-infinity()', both: 'log_add(a, b)' },
  ],
  argcummax: [places('order_key(x)'), places('x')],
  argcummin: [places('select(~order_key(x), 0x7fffffff, is_nan(x))'), places('~x')],
};

const threads = 256;
/** Elements of a lane's stretch, where there are few lines. */
const stretch = 16;
const enoughLines = 4096;

/** Running results: each lane goes through a stretch of a line by itself, then once more with what comes before it. */
export const encodeScan: Encoder = (step, program) => {
  const x = inputOf(step, 0);
  const [ofFloats, ofWords] = scans[step.op] ?? [];
  const running = x.dtype === 'f32' ? ofFloats : ofWords;
  if (!running) throw new Error(`There is no running ${step.op}`);
  const [outer, length, inner] = aroundDim(x, numberAttribute(step.attrs, 'dim'));
  const lines = outer * inner;
  if (lines * length === 0) return;
  let lanes = 1;
  while (lines < enoughLines && lanes < threads && lanes * stretch < length) lanes *= 2;
  const { type, none, one, both, result } = running;
  const isReversed = step.attrs['reverse'] === true;
  program.run({
    name: step.op,
    tensors: { x, y: step.output },
    sizes: { lines, length, inner, stretch_length: Math.ceil(length / lanes) },
    code: `const LANES = ${lanes}u;
var<workgroup> parts: array<${type}, ${threads}>;
fn one_of(x: ${x.dtype === 'f32' ? 'f32' : 'i32'}, k: u32) -> ${type} { return ${one}; }
fn both_of(a: ${type}, b: ${type}) -> ${type} { return ${both}; }
@compute @workgroup_size(${threads})
fn main(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let lane = local % LANES;
  let line = (group.x + group.y * groups.x) * ${threads / lanes}u + local / LANES;
  let origin = (line / p.inner) * p.length * p.inner + line % p.inner;
  let begin = min(lane * p.stretch_length, p.length);
  let end = select(begin, min(begin + p.stretch_length, p.length), line < p.lines);
  var running = ${none};
  for (var k = begin; k < end; k++) { running = both_of(running, one_of(load_x(origin + ${placeOf(isReversed)}), k)); }
  parts[local] = running;
  workgroupBarrier();
  running = ${none};
  for (var other = local - lane; other < local; other++) { running = both_of(running, parts[other]); }
  for (var k = begin; k < end; k++) {
    let place = origin + ${placeOf(isReversed)};
    running = both_of(running, one_of(load_x(place), k));
    store_y(place, ${result});
  }
}`,
    workgroups: foldWorkgroups(Math.ceil(lines / (threads / lanes))),
  });
};

function placeOf(isReversed: boolean): string {
  return isReversed ? '(p.length - 1u - k) * p.inner' : 'k * p.inner';
}

/** Each element by itself: Σ over k ≥ i of dy_k · (the product of all up to k but x_i). */
export const encodeCumprodGrad: Encoder = (step, program) => {
  encodeElements(step, program, {
    tensors: { dy: inputOf(step, 0), x: inputOf(step, 1), dx: step.output },
    body: `  var others = 1.0;
  for (var k = 0u; k < own; k++) { others *= load_x(origin + k * p.inner); }
  var total = 0.0;
  for (var k = own; k < p.length && others != 0.0; k++) {
    let place = origin + k * p.inner;
    if (k > own) { others *= load_x(place); }
    total += others * load_dy(place);
  }
  store_dx(i, total);`,
  });
};

/** Each element by itself: Σ over k ≥ i of dy_k·e^(x_i − y_k). */
export const encodeLogcumsumexpGrad: Encoder = (step, program) => {
  encodeElements(step, program, {
    tensors: { dy: inputOf(step, 0), x: inputOf(step, 1), y: inputOf(step, 2), dx: step.output },
    // Nothing counts before the first number.
    body: `  let x = load_x(i);
  var total = 0.0;
  for (var k = own; k < p.length; k++) {
    let place = origin + k * p.inner;
    let y = load_y(place);
    if (bitcast<u32>(y) != 0xff800000u) { total += load_dy(place) * exponential(x - y); }
  }
  store_dx(i, total);`,
  });
};

function encodeElements(
  step: KernelStep,
  program: ProgramBuilder,
  { tensors, body }: { readonly tensors: Parameters<ProgramBuilder['forEach']>[0]['tensors']; readonly body: string },
): void {
  const [outer, length, inner] = aroundDim(step.output, numberAttribute(step.attrs, 'dim'));
  program.forEach({
    name: step.op,
    tensors,
    sizes: { length, inner },
    size: outer * length * inner,
    body: `  let own = (i / p.inner) % p.length;
  let origin = i - own * p.inner;
${body}`,
  });
}
