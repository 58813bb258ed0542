import type { KernelStep, PlanTensor } from '../../../plan';
import { booleanAttribute, numberAttribute, stringAttribute } from '../../../steps/attributes';
import { inputOf, sizeOf } from '../../../steps/tensors';
import type { WorkTensor } from '../../kernel-call';
import type { ProgramBuilder } from '../../program-builder';
import { indexPlace } from '../shape/index-place';
import { rowItems } from '../shape/gather';

interface Bags {
  readonly index: PlanTensor;
  readonly weight: PlanTensor;
  readonly samples: PlanTensor | undefined;
  readonly reduction: string;
  /** The row that does not count, −1: none. */
  readonly skipped: number;
  readonly bags: number;
  readonly columns: number;
  readonly rows: number;
  /** Where the bags begin in the index; one more for the end of the last. */
  readonly firsts: WorkTensor;
}

export function encodeEmbeddingBag(step: KernelStep, program: ProgramBuilder): void {
  const bags = bagsOf(step, program, step.inputs, step.output);
  program.forEach({
    name: step.op,
    tensors: { ...tensorsOf(bags), firsts: bags.firsts, y: step.output },
    ...parametersOf(bags),
    size: sizeOf(step.output),
    functions: rowFunctions(bags),
    body: `  let bag = i / p.columns;
  let end = u32(load_firsts(bag + 1u));
  var value = 0.0;
  var count = 0u;
  for (var j = u32(load_firsts(bag)); j < end; j++) {
    let row = row_of(j);
    if (row < 0) { continue; }
    let x = load_weight(u32(row) * p.columns + i % p.columns) * sample_weight(j);
    ${
      bags.reduction === 'max'
        ? 'if (count == 0u || is_nan(x) || (!is_nan(value) && x > value)) { value = x; }'
        : 'value += x;'
    }
    count++;
  }
  ${bags.reduction === 'mean' ? 'if (count > 1u) { value /= f32(count); }' : ''}
  store_y(i, value);`,
  });
}

/** Inputs: dy, y, then those of the forward pass. Of a maximum the first row that has it gets all. */
export function encodeEmbeddingBagGrad(step: KernelStep, program: ProgramBuilder): void {
  const [dy, y, dweight] = [inputOf(step, 0), inputOf(step, 1), step.output];
  const bags = bagsOf(step, program, step.inputs.slice(2), y);
  const { index, rows, columns, skipped } = bags;
  const sizes = { outer: 1, size: rows, inner: columns, count: sizeOf(index) };
  const items = rowItems(program, index, sizes, sizeOf(dweight), { skipped });
  const { bagOf, counts } = bagTables(program, bags);
  const given = `load_dy(bag * p.columns + column) * sample_weight(item)`;
  const isMaximum = bags.reduction === 'max';
  const { weight, ...others } = tensorsOf(bags);
  program.forEach({
    name: step.op,
    tensors: {
      ...items.tensors,
      ...(isMaximum ? { index, weight, y, firsts: bags.firsts } : others),
      ...(bags.reduction === 'mean' ? { counts } : {}),
      bag_of: bagOf,
      dy,
      dweight,
    },
    sizes: { ...items.sizes, ...parametersOf(bags).sizes },
    integers: parametersOf(bags).integers,
    size: sizeOf(dweight),
    functions: rowFunctions(bags),
    body: `  let column = i % p.columns;
  var sum = 0.0;
${items.loop('(i / p.columns)', isMaximum ? maximumShare : sumShare(given, bags.reduction === 'mean'))}
  store_dweight(i, sum);`,
  });
}

function sumShare(given: string, isMean: boolean): string {
  return `    let bag = u32(load_bag_of(item));
    sum += ${isMean ? `${given} / f32(load_counts(bag))` : given};`;
}

const maximumShare = `    let bag = u32(load_bag_of(item));
    let largest = load_y(bag * p.columns + column);
    var is_first = load_weight(i) == largest;
    for (var j = u32(load_firsts(bag)); is_first && j < item; j++) {
      let row = row_of(j);
      if (row >= 0 && load_weight(u32(row) * p.columns + column) == largest) { is_first = false; }
    }
    if (is_first) { sum += load_dy(bag * p.columns + column); }`;

/** dL/d(weight of each sample): the row times the bag's gradient. */
export function encodeEmbeddingBagGradSamples(step: KernelStep, program: ProgramBuilder): void {
  const [dy, y] = [inputOf(step, 0), inputOf(step, 1)];
  const bags = bagsOf(step, program, step.inputs.slice(2), y);
  const { bagOf } = bagTables(program, bags);
  const { index, weight } = bags;
  program.forEach({
    name: step.op,
    tensors: { index, weight, bag_of: bagOf, dy, dsamples: step.output },
    ...parametersOf(bags),
    size: sizeOf(index),
    functions: rowFunctions({ ...bags, samples: undefined }),
    body: `  let row = row_of(i);
  let bag = u32(load_bag_of(i));
  var sum = 0.0;
  for (var k = 0u; k < p.columns && row >= 0; k++) {
    sum += load_weight(u32(row) * p.columns + k) * load_dy(bag * p.columns + k);
  }
  store_dsamples(i, sum);`,
  });
}

function bagsOf(
  { attrs }: KernelStep,
  program: ProgramBuilder,
  [index, weight, ...more]: readonly PlanTensor[],
  y: PlanTensor,
): Bags {
  if (!index || !weight) throw new Error('An embedding bag has indices and a weight');
  const [bags = 1, columns = 1] = y.shape;
  const offsets = booleanAttribute(attrs, 'offsets') ? more[0] : undefined;
  return {
    index,
    weight,
    samples: booleanAttribute(attrs, 'sampleWeights') ? more.at(-1) : undefined,
    reduction: stringAttribute(attrs, 'reduction'),
    skipped: attrs['paddingIdx'] === null ? -1 : numberAttribute(attrs, 'paddingIdx'),
    bags,
    columns,
    rows: weight.shape[0] ?? 1,
    firsts: firstsOf(program, bags, sizeOf(index), offsets),
  };
}

function firstsOf(program: ProgramBuilder, bags: number, count: number, offsets: PlanTensor | undefined): WorkTensor {
  const firsts = program.scratch(bags + 1, 'i32');
  program.forEach({
    name: 'first of each bag',
    tensors: { firsts, ...(offsets ? { offsets } : {}) },
    sizes: { bags, count, bag: count / Math.max(1, bags) },
    size: bags + 1,
    body: offsets
      ? `  var first = i32(p.count);
  if (i < p.bags) { first = clamp(load_offsets(i), 0, first); }
  store_firsts(i, first);`
      : '  store_firsts(i, i32(i * p.bag));',
  });
  return firsts;
}

/** Which bag each index is in, and how many of each bag's count. */
function bagTables(program: ProgramBuilder, bags: Bags): { readonly bagOf: WorkTensor; readonly counts: WorkTensor } {
  const { index, firsts } = bags;
  const bagOf = program.scratch(sizeOf(index), 'i32');
  const counts = program.scratch(bags.bags, 'i32');
  program.forEach({
    name: 'bags',
    tensors: { index, firsts, bag_of: bagOf, counts },
    ...parametersOf(bags),
    size: bags.bags,
    functions: rowFunctions({ ...bags, samples: undefined }),
    body: `  let end = u32(load_firsts(i + 1u));
  var count = 0i;
  for (var j = u32(load_firsts(i)); j < end; j++) {
    store_bag_of(j, i32(i));
    count += i32(row_of(j) >= 0);
  }
  store_counts(i, count);`,
  });
  return { bagOf, counts };
}

function tensorsOf({ index, weight, samples }: Bags) {
  return { index, weight, ...(samples ? { samples } : {}) };
}

function parametersOf({ rows, columns, skipped }: Bags) {
  return { sizes: { rows, columns }, integers: { skipped } };
}

/** The row that the j-th index names, −1 where it does not count, and the weight of the j-th sample. */
function rowFunctions({ samples }: Bags): string {
  return `${indexPlace}
fn row_of(j: u32) -> i32 {
  let row = index_place(load_index(j), p.rows);
  return select(row, -1, row == p.skipped);
}
fn sample_weight(j: u32) -> f32 { return ${samples ? 'load_samples(j)' : '1.0'}; }`;
}
