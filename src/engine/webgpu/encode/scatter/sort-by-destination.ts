import type { WorkTensor } from '../../kernel-call';
import { foldWorkgroups, type ProgramBuilder } from '../../program-builder';
import { encodeExclusiveScan } from './exclusive-scan';

export interface SortedItems {
  /** Numbers of items, those of one destination side by side and in their order. */
  readonly order: WorkTensor;
  /** For each destination where its items begin; one more for the end of the last. */
  readonly starts: WorkTensor;
}

/** Bits of a key that one pass sorts by. */
const digitBits = 6;
const digits = 1 << digitBits;
const threads = 256;
const maskWords = threads / 32;

/**
 * Sorts items by their destination: `keys` holds numbers 0 … `destinations`, the last one for items that go nowhere. A radix
 * sort that is stable, so that the result does not depend on what runs first. The contents of `keys` are lost.
 */
export function sortByDestination(program: ProgramBuilder, keys: WorkTensor, destinations: number): SortedItems {
  const count = keys.length;
  const groups = Math.ceil(count / threads);
  let from = { keys, order: program.scratch(count, 'i32') };
  let to = { keys: program.scratch(count, 'i32'), order: program.scratch(count, 'i32') };
  const counts = program.scratch(digits * groups, 'i32');
  for (let shift = 0; 2 ** shift <= destinations; shift += digitBits) {
    const sizes = { count, groups, shift };
    program.run({
      name: 'sort, count',
      tensors: { keys: from.keys, counts },
      sizes,
      code: `${maskCode}
  if (thread < ${digits}u && group < p.groups) {
    var of_digit = 0u;
    for (var w = 0u; w < ${maskWords}u; w++) {
      of_digit += countOneBits(atomicLoad(&masks[thread * ${maskWords}u + w]));
    }
    store_counts(thread * p.groups + group, i32(of_digit));
  }
}`,
      workgroups: foldWorkgroups(groups),
    });
    encodeExclusiveScan(program, counts);
    program.run({
      name: 'sort, move',
      tensors: { keys: from.keys, order: from.order, counts, sorted_keys: to.keys, sorted_order: to.order },
      sizes,
      code: `${maskCode}
  if (item < p.count) {
    let word = thread / 32u;
    var rank = countOneBits(atomicLoad(&masks[digit * ${maskWords}u + word]) & ((1u << (thread % 32u)) - 1u));
    for (var w = 0u; w < word; w++) { rank += countOneBits(atomicLoad(&masks[digit * ${maskWords}u + w])); }
    let place = u32(load_counts(digit * p.groups + group)) + rank;
    store_sorted_keys(place, i32(key));
    // The first pass finds the items in their own order.
    if (p.shift == 0u) { store_sorted_order(place, i32(item)); }
    else { store_sorted_order(place, load_order(item)); }
  }
}`,
      workgroups: foldWorkgroups(groups),
    });
    [from, to] = [to, from];
  }
  return { order: from.order, starts: startsOf(program, from.keys, destinations) };
}

/** Which items of a workgroup have which digit, a bit each: bits that are set in any order are the same. */
const maskCode = `var<workgroup> masks: array<atomic<u32>, ${digits * maskWords}>;
@compute @workgroup_size(${threads})
fn main(
  @builtin(local_invocation_index) thread: u32,
  @builtin(workgroup_id) group_id: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let group = group_id.x + group_id.y * groups.x;
  let item = group * ${threads}u + thread;
  for (var k = thread; k < ${digits * maskWords}u; k += ${threads}u) { atomicStore(&masks[k], 0u); }
  workgroupBarrier();
  var key = 0u;
  var digit = 0u;
  if (item < p.count) {
    key = u32(load_keys(item));
    digit = (key >> p.shift) & ${digits - 1}u;
    atomicOr(&masks[digit * ${maskWords}u + thread / 32u], 1u << (thread % 32u));
  }
  workgroupBarrier();`;

function startsOf(program: ProgramBuilder, keys: WorkTensor, destinations: number): WorkTensor {
  const starts = program.scratch(destinations + 1, 'i32');
  program.forEach({
    name: 'sort, starts',
    tensors: { keys, starts },
    sizes: { count: keys.length },
    size: destinations + 1,
    body: `  var low = 0u;
  var high = p.count;
  while (low < high) {
    let middle = (low + high) / 2u;
    if (u32(load_keys(middle)) < i) { low = middle + 1u; } else { high = middle; }
  }
  store_starts(i, i32(low));`,
  });
  return starts;
}
