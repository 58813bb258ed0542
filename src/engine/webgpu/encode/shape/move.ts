import type { PlanTensor } from '../../../plan';
import { foldWorkgroups, type ProgramBuilder } from '../../program-builder';
import { asWords } from '../as-words';
import { splitIndex } from '../split-index';

/** One dimension of a move, in the order of the result: its size, and how far apart its elements are in the source. */
export interface MoveDimension {
  readonly size: number;
  /** In elements; 0: the same one again, negative: backwards. */
  readonly source: number;
}

export interface Move {
  readonly name: string;
  readonly from: PlanTensor;
  readonly to: PlanTensor;
  /** The element of `from` that is the result's first. */
  readonly first?: number;
  /** Of the whole result, outermost first. */
  readonly dims: readonly MoveDimension[];
}

/** Fills a tensor with elements of another one, taken at strides. */
export function encodeMove(program: ProgramBuilder, { name, from, to, first = 0, dims }: Move): void {
  const merged = mergeDimensions(dims);
  if (merged.some(({ size }) => size === 0)) return;
  const across = rowsOfTransposition(merged);
  if (across >= 0) {
    encodeTransposition(program, { name, from, to, first, dims: merged }, across);
    return;
  }
  const places = merged.map((_, dim) => `d${dim} * p.step${dim}`);
  program.forEach({
    name,
    tensors: { x: asWords(from), y: asWords(to) },
    sizes: { first, ...dimensionSizes(merged) },
    size: merged.reduce((product, { size }) => product * size, 1),
    body: `${splitIndex(
      'i',
      merged.map((_, dim) => `d${dim}`),
      merged.map((_, dim) => `p.size${dim}`),
    )}
  store_y(i, load_x(${['p.first', ...places].join(' + ')}));`,
  });
}

/** Strides of a dense tensor, in elements. */
export function denseStrides(shape: readonly number[]): readonly number[] {
  return shape.map((_, dim) => shape.slice(dim + 1).reduce((product, size) => product * size, 1));
}

/** Neighbours that go on where the other ends count as one; those of size 1 are gone, but for one. */
function mergeDimensions(dims: readonly MoveDimension[]): readonly MoveDimension[] {
  const merged: MoveDimension[] = [];
  for (const dim of dims) {
    if (dim.size === 1) continue;
    const last = merged.at(-1);
    if (last && last.source === dim.size * dim.source) {
      merged[merged.length - 1] = { size: last.size * dim.size, source: dim.source };
    } else merged.push(dim);
  }
  return merged.length === 0 ? [{ size: 1, source: 1 }] : merged;
}

/** Strides wrap around as unsigned numbers do, so that negative ones are right too. */
function dimensionSizes(dims: readonly MoveDimension[]): Record<string, number> {
  return Object.fromEntries(
    dims.flatMap(({ size, source }, dim) => [
      [`size${dim}`, size],
      [`step${dim}`, source],
    ]),
  );
}

/** Sides of the square that a workgroup transposes. */
const tile = 32;
const threadRows = 8;

/** Narrower matrices lose more in half empty tiles than their reads gain. */
const narrowest = 12;

/**
 * The dimension whose neighbours are neighbours in the source, where that is not the result's last one: both are walked in
 * squares then, so that neighbouring threads read and write neighbours. −1: there is none, or it is not worth it.
 */
function rowsOfTransposition(dims: readonly MoveDimension[]): number {
  const inner = dims.at(-1);
  if (!inner || Math.abs(inner.source) < 2 || inner.size < narrowest) return -1;
  return dims.findIndex(({ size, source }) => source === 1 && size >= narrowest);
}

function encodeTransposition(
  program: ProgramBuilder,
  { name, from, to, first, dims }: Required<Move>,
  across: number,
): void {
  const last = dims.length - 1;
  const [rows, columns] = [dims[across], dims[last]];
  if (!rows || !columns) throw new Error(`${name} has no dimensions to transpose`);
  const strides = denseStrides(dims.map(({ size }) => size));
  const outer = dims.map((_, dim) => dim).filter((dim) => dim !== across && dim !== last);
  const names = ['tiles', ...outer.map((dim) => `d${dim}`), 'tile_row', 'tile_column'];
  const sizes = ['', ...outer.map((dim) => `p.size${dim}`), 'p.tile_rows', 'p.tile_columns'];
  const [tileRows, tileColumns] = [Math.ceil(rows.size / tile), Math.ceil(columns.size / tile)];
  const outerCount = outer.reduce((product, dim) => product * (dims[dim]?.size ?? 1), 1);
  program.run({
    name,
    tensors: { x: asWords(from), y: asWords(to) },
    sizes: {
      first,
      ...dimensionSizes(dims),
      ...Object.fromEntries(outer.map((dim) => [`to${dim}`, strides[dim] ?? 0])),
      rows: rows.size,
      row_step: strides[across] ?? 0,
      columns: columns.size,
      column_step: columns.source,
      tile_rows: tileRows,
      tile_columns: tileColumns,
    },
    code: `var<workgroup> square: array<array<i32, ${tile + 1}>, ${tile}>;
@compute @workgroup_size(${tile}, ${threadRows})
fn main(
  @builtin(local_invocation_id) thread: vec3<u32>,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
${splitIndex('group.x + group.y * groups.x', names, sizes)}
  let used = tiles == 0u;
  let from_place = ${['p.first', ...outer.map((dim) => `d${dim} * p.step${dim}`)].join(' + ')};
  let to_place = ${['0u', ...outer.map((dim) => `d${dim} * p.to${dim}`)].join(' + ')};
  for (var k = 0u; k < ${tile}u; k += ${threadRows}u) {
    let row = tile_row * ${tile}u + thread.x;
    let column = tile_column * ${tile}u + thread.y + k;
    if (used && row < p.rows && column < p.columns) {
      square[thread.y + k][thread.x] = load_x(from_place + row + column * p.column_step);
    }
  }
  workgroupBarrier();
  for (var k = 0u; k < ${tile}u; k += ${threadRows}u) {
    let row = tile_row * ${tile}u + thread.y + k;
    let column = tile_column * ${tile}u + thread.x;
    if (used && row < p.rows && column < p.columns) {
      store_y(to_place + row * p.row_step + column, square[thread.x][thread.y + k]);
    }
  }
}`,
    workgroups: foldWorkgroups(tileRows * tileColumns * outerCount),
  });
}
