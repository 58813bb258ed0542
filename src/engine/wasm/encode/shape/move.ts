import type { ProgramBuilder } from '../../program-builder';

/** One dimension of a move: how many elements, and how far apart they are in source and target (in elements). */
export interface MoveDimension {
  readonly size: number;
  readonly source: number;
  readonly target: number;
}

export interface Move {
  /** Addresses of the first element. */
  readonly source: number;
  readonly target: number;
  /** In the order of the target, outermost first. */
  readonly dims: readonly MoveDimension[];
}

/** Adds the command that moves elements; without `barrier` the next may start before it is done. */
export function encodeMove(program: ProgramBuilder, { source, target, dims }: Move, { barrier = true } = {}): void {
  const merged = mergeDimensions(dims);
  if (merged.some(({ size }) => size === 0)) return;
  const inner = merged.at(-1) ?? single;
  const scattered = inner.target === 1 && inner.source !== 1 && inner.source !== 0;
  const across = scattered ? merged.findIndex(({ source: step }) => step === 1) : -1;
  const columns = merged[across];
  // A matrix of fewer than four rows or columns has nothing to gain from tiles.
  if (columns && Math.min(inner.size, columns.size) >= 4) {
    const outer = merged.filter((dim) => dim !== columns && dim !== inner);
    const matrix = [inner.size, inner.source, columns.size, columns.target];
    program.command('strided_transpose', [source, target, ...outerWords(program, outer), count(outer), ...matrix], {
      barrier,
    });
    return;
  }
  const rows = merged.length > 1 ? (merged.at(-2) ?? single) : single;
  const outer = merged.slice(0, -2);
  const words = [rows.size, rows.source, rows.target, inner.size, inner.source, inner.target];
  const all = count(outer) * rows.size;
  program.command('strided_copy', [source, target, ...outerWords(program, outer), ...words, all], { barrier });
}

/** Sets strided places to zero. */
export function encodeZeros(
  program: ProgramBuilder,
  target: number,
  dims: readonly Omit<MoveDimension, 'source'>[],
  options?: { readonly barrier?: boolean },
): void {
  const zeros = dims.map(({ size, target: step }) => ({ size, source: 0, target: step }));
  encodeMove(program, { source: program.table([0]), target, dims: zeros }, options);
}

/** Strides of a dense tensor, in elements. */
export function denseStrides(shape: readonly number[]): readonly number[] {
  let stride = 1;
  return shape
    .map((_, index) => {
      const own = stride;
      stride *= shape[shape.length - 1 - index] ?? 1;
      return own;
    })
    .reverse();
}

/** Dimensions of a move over the whole of `shape`; absent strides are those of a dense tensor. */
export function moveDimensions(
  shape: readonly number[],
  strides: { readonly source?: readonly number[]; readonly target?: readonly number[] },
): readonly MoveDimension[] {
  const dense = denseStrides(shape);
  const { source = dense, target = dense } = strides;
  return shape.map((size, dim) => ({ size, source: source[dim] ?? 0, target: target[dim] ?? 0 }));
}

const single: MoveDimension = { size: 1, source: 1, target: 1 };

/** Neighbours that go on where the other ends count as one; those of size 1 are gone. */
function mergeDimensions(dims: readonly MoveDimension[]): readonly MoveDimension[] {
  const merged: MoveDimension[] = [];
  for (const dim of dims) {
    if (dim.size === 1) continue;
    const last = merged.at(-1);
    if (last && last.source === dim.size * dim.source && last.target === dim.size * dim.target) {
      merged[merged.length - 1] = { ...dim, size: last.size * dim.size };
    } else merged.push(dim);
  }
  return merged;
}

function outerWords(program: ProgramBuilder, outer: readonly MoveDimension[]): readonly number[] {
  return [outer.length, program.table(outer.flatMap(({ size, source, target }) => [size, source, target]))];
}

function count(dims: readonly MoveDimension[]): number {
  return dims.reduce((product, { size }) => product * size, 1);
}
