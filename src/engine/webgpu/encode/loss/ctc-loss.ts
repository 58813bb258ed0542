import { OpError } from '../../../../core/ops/op';
import type { KernelStep, PlanTensor } from '../../../plan';
import { numberAttribute } from '../../../steps/attributes';
import { inputOf, sizeOf } from '../../../steps/tensors';
import type { KernelTensor } from '../../kernel-call';
import { foldWorkgroups, type ProgramBuilder } from '../../program-builder';
import type { Encoder } from '../encoder';
import { foldFunctions } from '../line-kernel';
import { reduceLosses } from './reduce-losses';
import { reductionOf } from '../../../steps/loss-reduction';

/** What the kernels of the loss have in common. The states of a sequence are its labels with blanks around each. */
interface Sequences {
  readonly tensors: Readonly<Record<string, KernelTensor>>;
  readonly sizes: Readonly<Record<string, number>>;
  readonly integers: Readonly<Record<string, number>>;
  readonly items: number;
  readonly steps: number;
  /** States that there is room for. */
  readonly width: number;
}

export const encodeCtcLoss: Encoder = (step, program) => {
  const sequences = describe(step, step.inputs, program);
  const { items } = sequences;
  const reduction = reductionOf(step.attrs['reduction']);
  const raw = encodeWays(step, sequences, program, { rows: 2, backward: false }).losses;
  const term = `lost(load_raw(i), i)`;
  const call = {
    name: step.op,
    tensors: { raw, target_lengths: sequences.tensors['target_lengths'] as KernelTensor },
    functions: `fn lost(loss: f32, item: u32) -> f32 {
  return ${step.attrs['zeroInfinity'] === true ? 'select(loss, 0.0, is_infinite(loss))' : 'loss'}${reduction === 'mean' ? ' / f32(max(1, load_target_lengths(item)))' : ''};
}`,
  };
  if (reduction === 'none') {
    const tensors = { ...call.tensors, losses: step.output };
    program.forEach({ ...call, tensors, size: items, body: `  store_losses(i, ${term});` });
    return;
  }
  reduceLosses(program, { ...call, term, count: items, factor: reduction === 'mean' ? 1 / items : 1 }, step.output);
};

/** Inputs: dloss, then those of the loss. */
export const encodeCtcLossGrad: Encoder = (step, program) => {
  const sequences = describe(step, step.inputs.slice(1), program);
  const { items, steps, tensors } = sequences;
  const reduction = reductionOf(step.attrs['reduction']);
  const { losses, table } = encodeWays(step, sequences, program, { rows: Math.max(1, steps), backward: true });
  const perLabel = reduction === 'mean' ? ' / f32(max(1, load_target_lengths(item)))' : '';
  program.forEach({
    name: step.op,
    tensors: { ...tensors, losses, table, dloss: inputOf(step, 0), dx: step.output },
    sizes: sequences.sizes,
    integers: sequences.integers,
    numbers: { factor: reduction === 'mean' ? 1 / items : 1 },
    size: sizeOf(step.output),
    functions: stateFunctions,
    body: `  let step = i / (p.items * p.classes);
  let item = (i / p.classes) % p.items;
  let own_class = i % p.classes;
  let loss = load_losses(item);
  var result = 0.0;
  if (i32(step) < load_input_lengths(item)) {
    if (is_nan(loss) || is_infinite(loss)) {
      result = ${step.attrs['zeroInfinity'] === true ? 'select(not_a_number(), 0.0, is_infinite(loss))' : 'not_a_number()'};
    } else {
      let first = first_of(item);
      let states = 2u * u32(load_target_lengths(item)) + 1u;
      let row = (item * p.steps + step) * p.width;
      var share = 0.0;
      for (var state = 0u; state < states; state++) {
        if (class_of(first, state) == own_class) { share += exponential(load_table(row + state)); }
      }
      let dloss = load_dloss(${reduction === 'none' ? 'item' : '0u'}) * p.factor${perLabel};
      result = (exponential(load_scores(i)) - share) * dloss;
    }
  }
  store_dx(i, result);`,
  });
};

const threads = 256;

/**
 * The loss of each item, as it is: infinite where there is no alignment, NaN where lengths or labels are none. The table
 * holds, for each step, item by item, the logarithm of the probability of all ways to each state, but for a number that is the
 * same for all states; with `backward`, at last the logarithm of the share of all alignments that pass there. One workgroup goes
 * through an item, step by step.
 */
function encodeWays(
  step: KernelStep,
  { tensors, sizes, integers, items, width }: Sequences,
  program: ProgramBuilder,
  { rows, backward }: { readonly rows: number; readonly backward: boolean },
): { readonly losses: KernelTensor; readonly table: KernelTensor } {
  const losses = program.scratch(items);
  const table = program.scratch(items * rows * width);
  const after = backward ? { after: program.scratch(items * 2 * width) } : {};
  program.run({
    name: `${step.op}: alignments`,
    tensors: { ...tensors, losses, table, ...after },
    sizes: { ...sizes, rows },
    integers,
    code: `const LANES = ${threads}u;
${foldFunctions(backward ? ['most', 'sum'] : ['most'], threads)}
${stateFunctions}
${alignmentFunctions}
var<workgroup> own_first: u32;
var<workgroup> own_steps: u32;
var<workgroup> own_states: u32;
@compute @workgroup_size(${threads})
fn main(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  own_thread = local;
  let item = group.x + group.y * groups.x;
  if (item >= p.items) { return; }
  if (local == 0u) {
    let valid = is_valid(item);
    let labels = load_target_lengths(item);
    let length = load_input_lengths(item);
    let fits = valid && labels <= length;
    own_first = first_of(item);
    own_steps = select(0u, u32(length), fits);
    own_states = select(0u, 2u * u32(labels) + 1u, fits);
    if (!valid) { store_losses(item, not_a_number()); }
    else if (!fits) { store_losses(item, infinity()); }
    else if (length == 0) { store_losses(item, 0.0); }
  }
  let first = workgroupUniformLoad(&own_first);
  let steps = workgroupUniformLoad(&own_steps);
  let states = workgroupUniformLoad(&own_states);
  // What the last row's values lack.
  var shift = 0.0;
  var offset = 0.0;
  for (var step = 0u; step < steps; step++) {
    let row = (item * p.rows + step % p.rows) * p.width;
    let before = (item * p.rows + (step + p.rows - 1u) % p.rows) * p.width;
    var largest = -infinity();
    for (var state = local; state < states; state += LANES) {
      var ways = select(-infinity(), 0.0, state < 2u);
      if (step > 0u) {
        var skipped = -infinity();
        var last = -infinity();
        if (state > 0u) { last = load_table(before + state - 1u); }
        if (may_skip(first, state)) { skipped = load_table(before + state - 2u); }
        ways = log_sum(load_table(before + state), last, skipped) - shift;
      }
      let value = ways + score_of(item, step, class_of(first, state));
      store_table(row + state, value);
      largest = larger(largest, value);
    }
    let top = most(largest);
    shift = select(top, 0.0, is_infinite(top));
    offset += top;
    storageBarrier();
  }
  if (local == 0u && steps > 0u) {
    let row = (item * p.rows + (steps - 1u) % p.rows) * p.width;
    var last = -infinity();
    if (states > 1u) { last = load_table(row + states - 2u); }
    store_losses(item, -(log_sum(load_table(row + states - 1u), last, -infinity()) - shift + offset));
  }
${backward ? backwardCode : ''}
}`,
    workgroups: foldWorkgroups(items),
  });
  return { losses, table };
}

/** Shares of a step are of one sum, so that what rows lack need not be known. */
const backwardCode = `  storageBarrier();
  shift = 0.0;
  for (var back = 0u; back < steps; back++) {
    let step = steps - 1u - back;
    let row = (item * p.rows + step) * p.width;
    let own = (item * 2u + back % 2u) * p.width;
    let behind = (item * 2u + (back + 1u) % 2u) * p.width;
    var largest = -infinity();
    var likeliest = -infinity();
    for (var state = local; state < states; state += LANES) {
      var ways = select(-infinity(), 0.0, state + 2u >= states);
      if (back > 0u) {
        var next = -infinity();
        var skipped = -infinity();
        if (state + 1u < states) { next = load_after(behind + state + 1u); }
        if (state + 2u < states && may_skip(first, state + 2u)) { skipped = load_after(behind + state + 2u); }
        ways = log_sum(load_after(behind + state), next, skipped) - shift;
      }
      // Both tables have the step's own probability: one is left out here.
      let both = load_table(row + state) + ways;
      store_table(row + state, both);
      likeliest = larger(likeliest, both);
      let value = ways + score_of(item, step, class_of(first, state));
      store_after(own + state, value);
      largest = larger(largest, value);
    }
    let top = most(largest);
    shift = select(top, 0.0, is_infinite(top));
    let topmost = most(likeliest);
    var part = 0.0;
    for (var state = local; state < states; state += LANES) { part += exponential(load_table(row + state) - topmost); }
    let all_ways = logarithm(sum(part)) + topmost;
    for (var state = local; state < states; state += LANES) {
      store_table(row + state, load_table(row + state) - all_ways);
    }
    storageBarrier();
  }`;

const stateFunctions = `fn first_of(item: u32) -> u32 {
  if (p.pitch != 0u) { return item * p.pitch; }
  var first = 0;
  for (var k = 0u; k < item; k++) { first += load_target_lengths(k); }
  return u32(first);
}
fn class_of(first: u32, state: u32) -> u32 {
  if ((state & 1u) == 0u) { return u32(p.blank); }
  return u32(load_targets(first + (state >> 1u)));
}`;

const alignmentFunctions = `fn is_valid(item: u32) -> bool {
  let length = load_input_lengths(item);
  let labels = load_target_lengths(item);
  if (length < 0 || u32(length) > p.steps || labels < 0) { return false; }
  let first = first_of(item);
  if (first > p.target_count || (p.pitch != 0u && u32(labels) > p.pitch)) { return false; }
  if (first + u32(labels) > p.target_count) { return false; }
  for (var k = 0u; k < u32(labels); k++) {
    if (u32(load_targets(first + k)) >= p.classes) { return false; }
  }
  return true;
}
fn score_of(item: u32, step: u32, k: u32) -> f32 { return load_scores((step * p.items + item) * p.classes + k); }
// No blank is needed between labels that differ.
fn may_skip(first: u32, state: u32) -> bool {
  return (state & 1u) == 1u && state > 1u && class_of(first, state) != class_of(first, state - 2u);
}
fn log_sum(a: f32, b: f32, c: f32) -> f32 {
  let top = larger(larger(a, b), c);
  if (bitcast<u32>(top) == 0xff800000u) { return top; }
  return top + logarithm(exponential(a - top) + exponential(b - top) + exponential(c - top));
}`;

function describe({ attrs }: KernelStep, inputs: readonly PlanTensor[], program: ProgramBuilder): Sequences {
  const [scores, targets, ...given] = inputs;
  if (!scores || !targets) throw new Error('A CTC loss has scores and targets');
  const { shape } = scores;
  const [steps = 0, items = 1, classes = 1] = shape.length === 3 ? shape : [shape[0] ?? 0, 1, shape[1] ?? 1];
  let next = 0;
  const lengths = ['inputLengths', 'targetLengths'].map((name): KernelTensor => {
    const numbers = attrs[name];
    if (Array.isArray(numbers)) {
      if (numbers.length === items) return program.table(numbers as readonly number[]);
      throw new OpError(`CTCLoss: ${numbers.length} lengths were given for a batch of ${items}.`);
    }
    const tensor = given[next++];
    if (!tensor) throw new Error('A CTC loss has lengths');
    return tensor;
  });
  const [inputLengths, targetLengths] = lengths as [KernelTensor, KernelTensor];
  const pitch = targets.shape.length === 2 ? (targets.shape[1] ?? 0) : 0;
  const mostLabels = Math.min(steps, pitch === 0 ? sizeOf(targets) : pitch);
  const width = 2 * mostLabels + 1;
  return {
    tensors: { scores, targets, input_lengths: inputLengths, target_lengths: targetLengths },
    sizes: { items, steps, classes, pitch, width, target_count: sizeOf(targets) },
    integers: { blank: numberAttribute(attrs, 'blank') },
    items,
    steps,
    width,
  };
}
