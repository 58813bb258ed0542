import type { KernelStep, PlanTensor } from '../../../plan';
import { booleanAttribute, numberAttribute } from '../../../steps/attributes';
import { inputOf, planeShape, sizeOf } from '../../../steps/tensors';
import type { KernelCall } from '../../kernel-call';
import { foldWorkgroups, type ProgramBuilder } from '../../program-builder';
import { lanesFor, sumThreads, totalFunctions } from '../workgroup-sums';

/** A kernel that works on rows [rows, columns] of x, each shared by some threads of one workgroup. */
interface RowsCall extends Omit<KernelCall, 'code' | 'workgroups'> {
  readonly rows: number;
  readonly columns: number;
  readonly eps: number;
  readonly centred: boolean;
  readonly functions?: string;
  /**
   * Statements; known are `row`, `t`, the thread's first column `lane` and their number `lanes`, where the row begins `start`,
   * its `mean` (0 if not centred) and `inverse`, 1/√(mean of (x − mean)² + eps). What is not to be done for rows that are none
   * stands behind `if (live)`; totals must be outside.
   */
  readonly body: string;
}

export function encodeRows(program: ProgramBuilder, call: RowsCall): void {
  const { rows, columns, eps, centred, functions = '', body, sizes, numbers, ...rest } = call;
  if (rows === 0 || columns === 0) return;
  const lanes = lanesFor(columns);
  const together = sumThreads / lanes;
  program.run({
    ...rest,
    sizes: { ...sizes, rows, columns },
    numbers: { ...numbers, eps, share: 1 / columns },
    code: `${totalFunctions(lanes)}
${functions}
const lanes = ${lanes}u;
@compute @workgroup_size(${sumThreads})
fn main(@builtin(local_invocation_index) t: u32, @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let own_row = (group.x + group.y * groups.x) * ${together}u + t / lanes;
  let live = own_row < p.rows;
  let row = min(own_row, p.rows - 1u);
  let lane = t % lanes;
  let start = row * p.columns;
${centred ? meanOfRow : '  let mean = 0.0;'}
  var squares = 0.0;
  for (var i = lane; i < p.columns; i += lanes) {
    let rest = load_x(start + i) - mean;
    squares += rest * rest;
  }
  let inverse = 1.0 / sqrt(total(t, squares) * p.share + p.eps);
${body}
}`,
    workgroups: foldWorkgroups(Math.ceil(rows / together)),
  });
}

/** Summed as differences from the row's first element, so that little cancels. */
const meanOfRow = `  let shift = load_x(start);
  var sum = 0.0;
  for (var i = lane; i < p.columns; i += lanes) { sum += load_x(start + i) - shift; }
  let mean = shift + total(t, sum) * p.share;`;

export function encodeLayerNorm(step: KernelStep, program: ProgramBuilder): void {
  encodeForward(step, program, true);
}

export function encodeRmsNorm(step: KernelStep, program: ProgramBuilder): void {
  encodeForward(step, program, false);
}

function encodeForward(step: KernelStep, program: ProgramBuilder, centred: boolean): void {
  const { weight, bias } = affineInputs(step);
  const x = inputOf(step, 0);
  encodeRows(program, {
    name: step.op,
    tensors: { x, y: step.output, ...weight, ...bias },
    ...rowsOf(step, x),
    centred,
    body: `  if (!live) { return; }
  for (var i = lane; i < p.columns; i += lanes) {
    let normal = (load_x(start + i) - mean) * inverse;
    store_y(start + i, normal${weight ? ' * load_weight(i)' : ''}${bias ? ' + load_bias(i)' : ''});
  }`,
  });
}

/** dx = r·(g − mean(g) − x̂·mean(g·x̂)) of each row, g = dy·weight; without mean(g) where the mean is not taken off. */
export function encodeLayerNormGradInput(step: KernelStep, program: ProgramBuilder): void {
  const [dy, x, weight] = [inputOf(step, 0), inputOf(step, 1), step.inputs[2]];
  const centred = booleanAttribute(step.attrs, 'centred');
  const g = `load_dy(start + i)${weight ? ' * load_weight(i)' : ''}`;
  encodeRows(program, {
    name: step.op,
    tensors: { dy, x, dx: step.output, ...(weight ? { weight } : {}) },
    ...rowsOf(step, x),
    centred,
    body: `  var sums = vec2<f32>();
  for (var i = lane; i < p.columns; i += lanes) {
    let g = ${g};
    sums += vec2(g, g * (load_x(start + i) - mean) * inverse);
  }
  let means = total2(t, sums) * p.share;
  if (!live) { return; }
  for (var i = lane; i < p.columns; i += lanes) {
    let normal = (load_x(start + i) - mean) * inverse;
    store_dx(start + i, (${g} - ${centred ? 'means.x - ' : ''}normal * means.y) * inverse);
  }`,
  });
}

/** Σ dy and Σ dy·x̂ of each column. */
export function encodeLayerNormGradAffine(step: KernelStep, program: ProgramBuilder): void {
  const [dy, x] = [inputOf(step, 0), inputOf(step, 1)];
  const { rows, columns, eps } = rowsOf(step, x);
  const statistics = program.scratch(2 * rows);
  encodeRows(program, {
    name: `${step.op}, statistics`,
    tensors: { x, statistics },
    ...{ rows, columns, eps, centred: booleanAttribute(step.attrs, 'centred') },
    body: `  if (!live || lane > 0u) { return; }
  store_statistics(2u * row, mean);
  store_statistics(2u * row + 1u, inverse);`,
  });
  const chunkRows = Math.min(longestColumn, Math.max(16, Math.ceil((rows * columns) / wantedThreads)));
  const chunks = Math.max(1, Math.ceil(rows / chunkRows));
  const partial = program.scratch(2 * chunks * columns);
  program.forEach({
    name: step.op,
    tensors: { dy, x, statistics, partial },
    sizes: { rows, columns, chunk_rows: chunkRows },
    size: chunks * columns,
    body: `  let column = i % p.columns;
  let chunk = i / p.columns;
  var sums = vec2<f32>();
  for (var row = chunk * p.chunk_rows; row < min(p.rows, (chunk + 1u) * p.chunk_rows); row++) {
    let dy = load_dy(row * p.columns + column);
    let x = load_x(row * p.columns + column);
    sums += vec2(dy, dy * (x - load_statistics(2u * row)) * load_statistics(2u * row + 1u));
  }
  store_partial(2u * chunk * p.columns + column, sums.x);
  store_partial((2u * chunk + 1u) * p.columns + column, sums.y);`,
  });
  program.forEach({
    name: `${step.op}, together`,
    tensors: { partial, y: step.output },
    sizes: { chunks },
    size: 2 * columns,
    body: `  var sum = 0.0;
  for (var chunk = 0u; chunk < p.chunks; chunk++) { sum += load_partial(chunk * p.for_each_size + i); }
  store_y(i, sum);`,
  });
}

/** Longer sums in f32 would lose digits. */
const longestColumn = 128;
/** Threads that keep a large device busy. */
const wantedThreads = 2 ** 16;

/** y = (x − mean)/√(variance + eps)·weight + bias, statistics of each group of each image. */
export function encodeGroupNorm(step: KernelStep, program: ProgramBuilder): void {
  const { weight, bias } = affineInputs(step);
  const x = inputOf(step, 0);
  const { groups, groupChannels, places, ...rows } = groupRows(step, x);
  encodeRows(program, {
    name: step.op,
    tensors: { x, y: step.output, ...weight, ...bias },
    sizes: { groups, group_channels: groupChannels, places },
    ...rows,
    eps: numberAttribute(step.attrs, 'eps'),
    body: `  if (!live) { return; }
  let first_channel = row % p.groups * p.group_channels;
  for (var i = lane; i < p.columns; i += lanes) {
    let channel = first_channel + i / p.places;
    let normal = (load_x(start + i) - mean) * inverse;
    store_y(start + i, normal${weight ? ' * load_weight(channel)' : ''}${bias ? ' + load_bias(channel)' : ''});
  }`,
  });
}

/** Of each image: Σ dy and Σ dy·x̂ of each channel, mean and 1/√(variance + eps) of each group. */
export function encodeGroupNormGradStats(step: KernelStep, program: ProgramBuilder): void {
  const [dy, x] = [inputOf(step, 0), inputOf(step, 1)];
  const { groups, groupChannels, places, ...rows } = groupRows(step, x);
  const [images, channels] = planeShape(x);
  encodeRows(program, {
    name: `${step.op}, groups`,
    tensors: { x, stats: step.output },
    sizes: { groups, channels: channels },
    ...rows,
    eps: numberAttribute(step.attrs, 'eps'),
    body: `  if (!live || lane > 0u) { return; }
  let at = (row / p.groups) * 2u * (p.channels + p.groups) + 2u * p.channels + row % p.groups;
  store_stats(at, mean);
  store_stats(at + p.groups, inverse);`,
  });
  const lanes = lanesFor(places);
  const together = sumThreads / lanes;
  const planes = images * channels;
  program.run({
    name: `${step.op}, channels`,
    tensors: { dy, x, stats: step.output },
    sizes: { planes, channels, places, groups, group_channels: groupChannels },
    code: `${totalFunctions(lanes)}
@compute @workgroup_size(${sumThreads})
fn main(@builtin(local_invocation_index) t: u32, @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let own = (group.x + group.y * groups.x) * ${together}u + t / ${lanes}u;
  let plane = min(own, p.planes - 1u);
  let channel = plane % p.channels;
  let first = (plane / p.channels) * 2u * (p.channels + p.groups);
  let own_group = first + 2u * p.channels + channel / p.group_channels;
  let mean = load_stats(own_group);
  var sums = vec2<f32>();
  for (var i = t % ${lanes}u; i < p.places; i += ${lanes}u) {
    let dy = load_dy(plane * p.places + i);
    sums += vec2(dy, dy * (load_x(plane * p.places + i) - mean));
  }
  let totals = total2(t, sums);
  if (own < p.planes && t % ${lanes}u == 0u) {
    store_stats(first + channel, totals.x);
    store_stats(first + p.channels + channel, totals.y * load_stats(own_group + p.groups));
  }
}`,
    workgroups: foldWorkgroups(Math.ceil(planes / together)),
  });
}

/** dx = r·(g − mean(g) − x̂·mean(g·x̂)), g = dy·weight, means over the group. */
export function encodeGroupNormGradInput(step: KernelStep, program: ProgramBuilder): void {
  const [dy, x, stats, weight] = [inputOf(step, 0), inputOf(step, 1), inputOf(step, 2), step.inputs[3]];
  const { groups, groupChannels, places, rows, columns } = groupRows(step, x);
  const [, channels] = planeShape(x);
  const means = program.scratch(2 * rows);
  const sizes = { groups, channels, group_channels: groupChannels, places };
  const scale = weight ? ' * load_weight(channel)' : '';
  program.forEach({
    name: `${step.op}, means`,
    tensors: { stats, means, ...(weight ? { weight } : {}) },
    sizes,
    numbers: { share: 1 / columns },
    size: rows,
    body: `  let first = i / p.groups * 2u * (p.channels + p.groups);
  var sums = vec2<f32>();
  for (var k = 0u; k < p.group_channels; k++) {
    let channel = i % p.groups * p.group_channels + k;
    sums += vec2(load_stats(first + channel), load_stats(first + p.channels + channel))${scale};
  }
  store_means(2u * i, sums.x * p.share);
  store_means(2u * i + 1u, sums.y * p.share);`,
  });
  program.forEach({
    name: step.op,
    tensors: { dy, x, stats, means, dx: step.output, ...(weight ? { weight } : {}) },
    sizes,
    size: sizeOf(x),
    body: `  let plane = i / p.places;
  let image = plane / p.channels;
  let channel = plane - image * p.channels;
  let group = channel / p.group_channels;
  let at = image * 2u * (p.channels + p.groups) + 2u * p.channels + group;
  let inverse = load_stats(at + p.groups);
  let normal = (load_x(i) - load_stats(at)) * inverse;
  let row = 2u * (image * p.groups + group);
  store_dx(i, (load_dy(i)${scale} - load_means(row) - normal * load_means(row + 1u)) * inverse);`,
  });
}

function groupRows({ attrs }: KernelStep, x: PlanTensor) {
  const [images, channels, places] = planeShape(x);
  const groups = numberAttribute(attrs, 'groups');
  const groupChannels = channels / groups;
  return { rows: images * groups, columns: groupChannels * places, groups, groupChannels, places, centred: true };
}

function affineInputs({ attrs, inputs }: KernelStep) {
  const weight = booleanAttribute(attrs, 'weight') ? inputs[1] : undefined;
  const bias = attrs['bias'] === true ? inputs[weight ? 2 : 1] : undefined;
  return { weight: weight && { weight }, bias: bias && { bias } };
}

/** Eps is the machine epsilon of float32 where RMSNorm was given none. */
function rowsOf({ attrs }: KernelStep, x: PlanTensor) {
  const shape = attrs['normalizedShape'] as readonly number[];
  const columns = shape.reduce((product, size) => product * size, 1);
  const eps = attrs['eps'] === null ? 2 ** -23 : numberAttribute(attrs, 'eps');
  return { rows: sizeOf(x) / columns, columns, eps };
}
