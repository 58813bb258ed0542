import type { KernelStep, PlanTensor } from '../../../plan';
import { numberAttribute } from '../../../steps/attributes';
import { aroundDim, inputOf, sizeOf } from '../../../steps/tensors';
import type { WorkTensor } from '../../kernel-call';
import type { ProgramBuilder } from '../../program-builder';
import { asWords, nothingWord } from '../as-words';
import type { ElementEncoder } from '../encoder';
import { findItems, type ItemLoop } from '../scatter/item-loop';
import { indexPlace } from './index-place';

/** An indexed tensor as (outer, size, inner), and how many indices there are along its dimension. */
export interface IndexedSizes {
  readonly outer: number;
  readonly size: number;
  readonly inner: number;
  readonly count: number;
}

/** Where an item of (outer, count, inner) finds its index: rows have one in common, elements each their own. */
export type IndexKind = 'rows' | 'elements';

/** index_select, or gather where each place of the other dimensions has an index of its own. */
export function encodeGather(step: KernelStep, program: ProgramBuilder): void {
  const [x, index] = [inputOf(step, 0), inputOf(step, 1)];
  const kind = step.op === 'gather' ? 'elements' : 'rows';
  gatherRows(program, step.op, { x, index, y: step.output, kind, sizes: sizesOf(step, kind, x, index) });
}

export interface GatherTensors {
  readonly x: PlanTensor;
  readonly index: PlanTensor;
  readonly y: PlanTensor;
  readonly kind: IndexKind;
  readonly sizes: IndexedSizes;
}

export function gatherRows(program: ProgramBuilder, name: string, { x, index, y, kind, sizes }: GatherTensors): void {
  program.forEach({
    name,
    tensors: { x: asWords(x), index, y: asWords(y) },
    sizes: { size: sizes.size, inner: sizes.inner, count: sizes.count },
    size: sizeOf(y),
    functions: indexPlace,
    body: `  let row = i / p.inner;
  let place = index_place(load_index(${kind === 'elements' ? 'i' : 'row % p.count'}), p.size);
  var value = ${nothingWord};
  if (place >= 0) { value = load_x(((row / p.count) * p.size + u32(place)) * p.inner + i % p.inner); }
  store_y(i, value);`,
  });
}

/** Inputs dy and index: every element of dy is added to the place that its index names. */
export function encodeScatter(step: KernelStep, program: ProgramBuilder): void {
  const [dy, index, dx] = [inputOf(step, 0), inputOf(step, 1), step.output];
  const kind = step.op === 'scatter_elements' ? 'elements' : 'rows';
  if (sizeOf(dx) === 0) return;
  const sizes = sizesOf(step, kind, dx, index);
  const items = itemsOf(program, index, kind, sizes, sizeOf(dx));
  program.forEach({
    name: step.op,
    tensors: { ...items.tensors, dy, dx },
    sizes: { ...items.sizes, size: sizes.size, inner: sizes.inner, count: sizes.count },
    size: sizeOf(dx),
    body: `  var sum = 0.0;
${items.loop(destinationOf(kind), `    sum += load_dy(${itemPlace(kind)});`)}
  store_dx(i, sum);`,
  });
}

/** y = x, with `values` where the index says; of several for one place the last stays. */
export function encodePut(step: KernelStep, program: ProgramBuilder): void {
  const [x, index, values, y] = [inputOf(step, 0), inputOf(step, 1), inputOf(step, 2), step.output];
  const kind = step.op === 'put_elements' ? 'elements' : 'rows';
  if (sizeOf(y) === 0) return;
  const sizes = sizesOf(step, kind, x, index);
  const items = itemsOf(program, index, kind, sizes, sizeOf(y));
  program.forEach({
    name: step.op,
    tensors: { ...items.tensors, x: asWords(x), values: asWords(values), y: asWords(y) },
    sizes: { ...items.sizes, size: sizes.size, inner: sizes.inner, count: sizes.count },
    size: sizeOf(y),
    body: `  var found = false;
  var place = 0u;
${items.loop(destinationOf(kind), `    found = true;\n    place = ${itemPlace(kind)};`)}
  var value: i32;
  if (found) { value = load_values(place); } else { value = load_x(i); }
  store_y(i, value);`,
  });
}

/** With one input the place of each index, with two a·size + the place of b: the index of two dimensions as that of one. */
export const linearIndex: ElementEncoder = ({ step, input, keep, size, functions }) => {
  functions(indexPlace);
  const whole = size(numberAttribute(step.attrs, 'size'));
  const place = keep(`index_place(${input(step.inputs.length - 1)}, ${whole})`);
  if (step.inputs.length === 1) return `select(${place}, ${noIndex}, ${place} < 0)`;
  const outer = keep(input(0));
  return `select(${outer} * i32(${whole}) + ${place}, ${noIndex}, ${outer} < 0 || ${place} < 0)`;
};

/** An index that is beyond any dimension. */
const noIndex = '(-2147483647i - 1i)';

export interface KeyOptions {
  /** A row that gets nothing. */
  readonly skipped?: number;
}

/** The items that an index of rows or elements sends to each place of (outer, size, inner). */
function itemsOf(
  program: ProgramBuilder,
  index: PlanTensor,
  kind: IndexKind,
  sizes: IndexedSizes,
  elements: number,
): ItemLoop {
  if (kind === 'rows') return rowItems(program, index, sizes, elements);
  const { outer, size, inner, count } = sizes;
  const keys = program.scratch(sizeOf(index), 'i32');
  const destinations = outer * size * inner;
  program.forEach({
    name: 'keys of elements',
    tensors: { index, keys },
    sizes: { size, inner, count, destinations },
    size: sizeOf(index),
    functions: indexPlace,
    body: `  let place = index_place(load_index(i), p.size);
  let row = (i / (p.inner * p.count)) * p.size + u32(max(place, 0));
  store_keys(i, i32(select(row * p.inner + i % p.inner, p.destinations, place < 0)));`,
  });
  const first = '(i / (p.inner * p.size)) * p.count * p.inner + i % p.inner';
  return findItems(program, { keys, destinations, elements, candidates: { count, first, step: inner } });
}

/** Of a result (outer, size, inner) whose rows are the destinations. */
export function rowItems(
  program: ProgramBuilder,
  index: PlanTensor,
  { size, count }: IndexedSizes,
  elements: number,
  { skipped = -1 }: KeyOptions = {},
): ItemLoop {
  const keys = rowKeys(program, index, size, skipped);
  return findItems(program, { keys, destinations: size, elements, candidates: { count, first: '0u', step: 1 } });
}

function rowKeys(program: ProgramBuilder, index: PlanTensor, size: number, skipped: number): WorkTensor {
  const keys = program.scratch(sizeOf(index), 'i32');
  program.forEach({
    name: 'keys of rows',
    tensors: { index, keys },
    sizes: { size },
    integers: { skipped },
    size: sizeOf(index),
    functions: indexPlace,
    body: `  let place = index_place(load_index(i), p.size);
  store_keys(i, select(place, i32(p.size), place < 0 || place == p.skipped));`,
  });
  return keys;
}

function destinationOf(kind: IndexKind): string {
  return kind === 'elements' ? 'i' : '((i / p.inner) % p.size)';
}

/** The element of (outer, count, inner) that an item is, for the element `i` of the result. */
function itemPlace(kind: IndexKind): string {
  return kind === 'elements' ? 'item' : '((i / (p.inner * p.size)) * p.count + item) * p.inner + i % p.inner';
}

function sizesOf(step: KernelStep, kind: IndexKind, x: PlanTensor, index: PlanTensor): IndexedSizes {
  const dim = numberAttribute(step.attrs, 'dim');
  const [outer, size, inner] = aroundDim(x, dim);
  return { outer, size, inner, count: kind === 'elements' ? aroundDim(index, dim)[1] : sizeOf(index) };
}
