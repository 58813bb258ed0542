import { foldWorkgroups, type ProgramBuilder } from '../program-builder';
import type { KernelCall } from '../kernel-call';

/** Lines along the middle of (outer, length, inner); each may be cut into chunks, which are lines of their own then. */
export interface Lines {
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
  /** Elements of a chunk, the last of a line may be shorter; absent: lines are whole. */
  readonly chunkLength?: number;
}

/** A kernel whose workgroups have several threads for each line, which see what the others of their line found. */
export interface LineCall extends Pick<KernelCall, 'name' | 'tensors' | 'sizes' | 'integers' | 'numbers'> {
  readonly lines: Lines;
  /**
   * Statements that all threads go through together. `line` is the number of the line (or chunk) as (outer, chunk, inner), and
   * `exists` is false for threads beyond the last. `lane` (of `LANES`) is the thread's number in its line. `element(k)` is where
   * element k of the line stands, `count` how many there are: 0 beyond the last line. `start`: number in the whole line of
   * the first one. Loops over elements are `for (var k = lane; k < count; k += LANES)`. Folds, which all threads must call:
   * those of `folds`.
   */
  readonly body: string;
  readonly functions?: string;
  readonly folds: readonly Fold[];
}

/**
 * How the lanes of a line put their values together, in an order that is always the same: `sum(value)`, `product(value)`,
 * `most(value)` (NaN if there is one) of floats, `word_sum`, `word_product` of whole numbers, and `first(key, place)` → the
 * largest key and, of equal ones, the smallest place, as vec2<i32>.
 */
export type Fold = 'sum' | 'product' | 'most' | 'word_sum' | 'word_product' | 'first';

/** Threads of a workgroup. */
const threads = 256;
/** Elements that one thread may go through before others help it. */
const elementsOfLane = 8;
/** Threads that keep a GPU busy: where there are as many lines, neighbouring ones stand side by side. */
const enoughLines = 8192;

export function runLines(
  program: ProgramBuilder,
  { lines, body, functions = '', folds, sizes, ...call }: LineCall,
): void {
  const { outer, length, inner } = lines;
  const chunkLength = lines.chunkLength ?? length;
  const chunks = chunksOf(lines);
  const count = outer * chunks * inner;
  if (count === 0) return;
  const lanes = program.tuning.threads === 1 ? 1 : lanesOf(count, chunkLength, inner);
  program.run({
    ...call,
    sizes: { ...sizes, lines: count, length, inner, chunks, chunk_length: chunkLength },
    code: `const LANES = ${lanes}u;
${functions}
${foldFunctions(folds, lanes)}
@compute @workgroup_size(${threads})
fn main(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  own_thread = local;
  let lane = local % LANES;
  let line = (group.x + group.y * groups.x) * ${threads / lanes}u + local / LANES;
  let exists = line < p.lines;
  let column = line % p.inner;
  let row = line / p.inner;
  let start = (row % p.chunks) * p.chunk_length;
  let origin = ((row / p.chunks) * p.length + start) * p.inner + column;
  let count = select(0u, min(p.chunk_length, p.length - start), exists);
${body.replaceAll(/\belement\(/g, 'element_at(origin, ')}
}
fn element_at(origin: u32, k: u32) -> u32 { return origin + k * p.inner; }`,
    workgroups: foldWorkgroups(Math.ceil(count / (threads / lanes))),
  });
}

export function chunksOf({ length, chunkLength = length }: Lines): number {
  return Math.max(1, Math.ceil(length / Math.max(1, chunkLength)));
}

/** A power of two. */
function lanesOf(lines: number, length: number, inner: number): number {
  if (inner > 1 && lines >= enoughLines) return 1;
  let lanes = 1;
  while (lanes < threads && lanes * elementsOfLane < length) lanes *= 2;
  return lanes;
}

/** The folds of a kernel with workgroups of 256 threads, which are in `own_thread`, and the constant `LANES`. */
export function foldFunctions(folds: readonly Fold[], lanes: number): string {
  return ['var<private> own_thread: u32;', ...folds.map((fold) => foldFunction(fold, lanes))].join('\n');
}

function foldFunction(fold: Fold, lanes: number): string {
  const { type, combine } = foldRules[fold];
  const parameters = fold === 'first' ? 'key: i32, place: u32' : `value: ${type}`;
  const given = fold === 'first' ? 'vec2<i32>(key, i32(place))' : 'value';
  if (lanes === 1) return `fn ${fold}(${parameters}) -> ${type} { return ${given}; }`;
  return `var<workgroup> ${fold}_parts: array<${type}, ${threads}>;
fn ${fold}_of(a: ${type}, b: ${type}) -> ${type} { ${combine} }
fn ${fold}(${parameters}) -> ${type} {
  ${fold}_parts[own_thread] = ${given};
  workgroupBarrier();
  for (var step = LANES / 2u; step > 0u; step = step / 2u) {
    if (own_thread % LANES < step) {
      ${fold}_parts[own_thread] = ${fold}_of(${fold}_parts[own_thread], ${fold}_parts[own_thread + step]);
    }
    workgroupBarrier();
  }
  let result = ${fold}_parts[own_thread - own_thread % LANES];
  workgroupBarrier();
  return result;
}`;
}

const foldRules: Readonly<Record<Fold, { readonly type: string; readonly combine: string }>> = {
  sum: { type: 'f32', combine: 'return a + b;' },
  product: { type: 'f32', combine: 'return a * b;' },
  most: { type: 'f32', combine: 'return larger(a, b);' },
  word_sum: { type: 'i32', combine: 'return a + b;' },
  word_product: { type: 'i32', combine: 'return a * b;' },
  first: {
    type: 'vec2<i32>',
    combine: 'return select(a, b, b.x > a.x || (b.x == a.x && b.y < a.y));',
  },
};
