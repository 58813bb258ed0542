import type { WorkTensor } from '../../kernel-call';
import { foldWorkgroups, type ProgramBuilder } from '../../program-builder';

const threads = 256;
const perThread = 4;
const perGroup = threads * perThread;

/** Replaces whole numbers by the sums of those before them. */
export function encodeExclusiveScan(program: ProgramBuilder, words: WorkTensor): void {
  const groups = Math.ceil(words.length / perGroup);
  const totals = program.scratch(groups, 'i32');
  program.run({
    name: 'scan',
    tensors: { words, totals },
    sizes: { count: words.length },
    code: `var<workgroup> sums: array<i32, ${threads}>;
@compute @workgroup_size(${threads})
fn main(
  @builtin(local_invocation_index) thread: u32,
  @builtin(workgroup_id) group_id: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let group = group_id.x + group_id.y * groups.x;
  let first = group * ${perGroup}u + thread * ${perThread}u;
  var own: array<i32, ${perThread}>;
  var sum = 0i;
  for (var k = 0u; k < ${perThread}u; k++) {
    own[k] = sum;
    if (first + k < p.count) { sum += load_words(first + k); }
  }
  sums[thread] = sum;
  workgroupBarrier();
  for (var distance = 1u; distance < ${threads}u; distance <<= 1u) {
    var before = 0i;
    if (thread >= distance) { before = sums[thread - distance]; }
    workgroupBarrier();
    sums[thread] += before;
    workgroupBarrier();
  }
  let before = sums[thread] - sum;
  for (var k = 0u; k < ${perThread}u; k++) {
    if (first + k < p.count) { store_words(first + k, before + own[k]); }
  }
  if (thread == ${threads - 1}u && group * ${perGroup}u < p.count) {
    store_totals(group, sums[thread]);
  }
}`,
    workgroups: foldWorkgroups(groups),
  });
  if (groups === 1) return;
  encodeExclusiveScan(program, totals);
  program.forEach({
    name: 'scan, sums of groups',
    tensors: { words, totals },
    size: words.length,
    body: `  store_words(i, load_words(i) + load_totals(i / ${perGroup}u));`,
  });
}
