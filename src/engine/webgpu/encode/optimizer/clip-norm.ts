import { numberAttribute } from '../../../steps/attributes';
import { sizeOf } from '../../../steps/tensors';
import type { PlanTensor } from '../../../plan';
import { foldWorkgroups, type ProgramBuilder } from '../../program-builder';
import type { Encoder } from '../encoder';
import { reduceLines, type Reduction } from '../reduction/reduce-lines';

/** Elements that one workgroup squares and adds up. */
const block = 4096;

/**
 * What gradients are multiplied by, so that their norm is `maximum` at most: min(1, maximum / (√Σ g² + 1e-6)). Source:
 * torch.nn.utils.clip_grad_norm_.
 */
export const encodeClipNorm: Encoder = (step, program) =>
  encodeSumOfSquares(program, step.op, step.inputs, {
    numbers: { maximum: numberAttribute(step.attrs, 'maximum') },
    to: step.output,
    result: 'select(p.maximum / (sqrt(total) + 1e-6), 1.0, p.maximum > sqrt(total) + 1e-6)',
  });

/** Σ x² over all elements of tensors, or what `result` makes of this `total`. */
export function encodeSumOfSquares(
  program: ProgramBuilder,
  name: string,
  tensors: readonly PlanTensor[],
  to: Pick<Reduction, 'numbers' | 'to' | 'result'>,
): void {
  const groups = groupsOf(tensors, program.limits.bindingBytes);
  const counts = groups.map((group) => blocksOf(group.tensors).length);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const sums = program.scratch(Math.max(1, total));
  let first = 0;
  groups.forEach(({ tensors: together, whole }, index) => {
    squareBlocks(program, { whole, blocks: blocksOf(together), whereOf: whole.offset, first, sums });
    first += counts[index] ?? 0;
  });
  reduceLines(program, {
    name,
    tensors: { sums },
    term: 'load_sums(i)',
    kind: 'sum',
    lines: { outer: 1, length: total, inner: 1 },
    ...to,
  });
}

interface Blocks {
  readonly whole: PlanTensor;
  readonly blocks: readonly { readonly offset: number; readonly count: number }[];
  /** Bytes of the region where `whole` begins. */
  readonly whereOf: number;
  /** Where the first block's sum goes. */
  readonly first: number;
  readonly sums: ReturnType<ProgramBuilder['scratch']>;
}

/** Σ x² of each block. */
function squareBlocks(program: ProgramBuilder, { whole, blocks, whereOf, first, sums }: Blocks): void {
  if (blocks.length === 0) return;
  const table = program.table(blocks.flatMap(({ offset, count }) => [(offset - whereOf) / 4, count]));
  program.run({
    name: 'clip_norm: squares',
    tensors: { x: whole, table, sums },
    sizes: { blocks: blocks.length, first },
    code: `var<workgroup> parts: array<f32, 256>;
@compute @workgroup_size(256)
fn main(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let number = group.x + group.y * groups.x;
  if (number >= p.blocks) { return; }
  let begin = u32(load_table(2u * number));
  let count = u32(load_table(2u * number + 1u));
  var part = 0.0;
  for (var k = local; k < count; k += 256u) {
    let x = load_x(begin + k);
    part += x * x;
  }
  parts[local] = part;
  workgroupBarrier();
  for (var step = 128u; step > 0u; step = step / 2u) {
    if (local < step) { parts[local] += parts[local + step]; }
    workgroupBarrier();
  }
  if (local == 0u) { store_sums(p.first + number, parts[0]); }
}`,
    workgroups: foldWorkgroups(blocks.length),
  });
}

function blocksOf(tensors: readonly PlanTensor[]): Blocks['blocks'] {
  return tensors.flatMap((tensor) => {
    const size = sizeOf(tensor);
    return Array.from({ length: Math.ceil(size / block) }, (_, index) => ({
      offset: tensor.offset + 4 * block * index,
      count: Math.min(block, size - block * index),
    }));
  });
}

/** Neighbours that a shader may bind as one. */
function groupsOf(
  tensors: readonly PlanTensor[],
  bindingBytes: number,
): readonly { readonly tensors: PlanTensor[]; readonly whole: PlanTensor }[] {
  const groups: { tensors: PlanTensor[]; whole: PlanTensor }[] = [];
  const inOrder = [...tensors].sort((a, b) => a.region.localeCompare(b.region) || a.offset - b.offset);
  for (const tensor of inOrder) {
    const last = groups.at(-1);
    const begin = last?.whole.offset ?? 0;
    const bytes = tensor.offset + 4 * sizeOf(tensor) - begin;
    if (last && last.whole.region === tensor.region && bytes + 256 <= bindingBytes) {
      last.tensors.push(tensor);
      last.whole = { ...last.whole, shape: [bytes / 4] };
    } else {
      groups.push({ tensors: [tensor], whole: { ...tensor, shape: [sizeOf(tensor)] } });
    }
  }
  return groups;
}
