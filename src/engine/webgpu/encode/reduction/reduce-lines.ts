import type { KernelCall, KernelTensor } from '../../kernel-call';
import type { ProgramBuilder } from '../../program-builder';
import { chunksOf, runLines, type Lines } from '../line-kernel';

/** What all elements of each line are put together to. */
export interface Reduction extends Pick<KernelCall, 'name' | 'sizes' | 'integers' | 'numbers'> {
  readonly lines: Omit<Lines, 'chunkLength'>;
  /** Not `to` and `factor`. */
  readonly tensors: KernelCall['tensors'];
  /** WGSL: the term of the element that stands at `i: u32`. */
  readonly term: string;
  readonly functions?: string;
  readonly kind: 'sum' | 'product' | 'word_sum' | 'word_product';
  /** (outer, inner) results. */
  readonly to: KernelTensor;
  /** WGSL: what becomes of the result `total` at last; absent: itself. */
  readonly result?: string;
}

/** More elements than that are cut into chunks: side by side they are read together, else one thread goes through all. */
const rowChunk = 16384;
const columnChunk = 128;
/** So many columns keep a GPU busy, with sums as long as float32 allows. */
const enoughColumns = 32768;
const longestColumn = 1024;

/** Chunks first, then the results of chunks, always in the same order. */
export function reduceLines(program: ProgramBuilder, reduction: Reduction): void {
  const { lines, tensors, term, functions, kind, to, result = 'total', ...call } = reduction;
  const chunkLength = chunkLengthOf(lines);
  const chunks = chunksOf({ ...lines, chunkLength });
  const words = kind === 'word_sum' || kind === 'word_product';
  const isProduct = kind === 'product' || kind === 'word_product';
  const partial = chunks === 1 ? to : program.scratch(lines.outer * chunks * lines.inner, words ? 'i32' : 'f32');
  const [type, zero, one] = words ? ['i32', '0', '1'] : ['f32', '0.0', '1.0'];
  runLines(program, {
    ...call,
    lines: { ...lines, chunkLength },
    tensors: { ...tensors, to: partial },
    folds: [kind],
    functions: `${functions ?? ''}\nfn term_at(i: u32) -> ${type} { return ${term}; }`,
    body: `  var part = ${isProduct ? one : zero};
  for (var k = lane; k < count; k += LANES) { part ${isProduct ? '*' : '+'}= term_at(element(k)); }
  let total = ${kind}(part);
  if (exists && lane == 0u) { store_to(line, ${chunks === 1 ? result : 'total'}); }`,
  });
  if (chunks === 1) return;
  reduceLines(program, {
    ...call,
    name: `${call.name}: chunks`,
    lines: { outer: lines.outer, length: chunks, inner: lines.inner },
    tensors: { parts: partial },
    term: 'load_parts(i)',
    kind,
    to,
    result,
  });
}

function chunkLengthOf({ outer, length, inner }: Reduction['lines']): number {
  if (inner === 1) return rowChunk;
  return outer * inner >= enoughColumns && length <= longestColumn ? longestColumn : columnChunk;
}
