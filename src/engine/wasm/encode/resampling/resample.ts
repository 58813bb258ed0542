import { align, type ProgramBuilder } from '../../program-builder';
import { equalTaps, type Taps } from '../../../steps/axis-taps';
import { findRun, noRun } from './column-runs';
import type { ResampledAxis } from '../../../steps/resampled-axes';
import { floatWord } from '../../../steps/float-word';

/**
 * Resamples the dimensions after the planes, one to three, each on its own; the depth of volumes in a pass before the
 * others.
 */
export function encodeResampling(
  program: ProgramBuilder,
  source: number,
  target: number,
  planes: number,
  axes: readonly ResampledAxis[],
): void {
  const [depth, ...image] = axes;
  if (axes.length === 3 && depth) {
    const [rows, columns] = image as [ResampledAxis, ResampledAxis];
    if (isIdentity(depth)) {
      encodePlanes(program, source, target, planes * depth.size, rows, columns);
      return;
    }
    const places = rows.size * columns.size;
    const between = program.scratch(planes * depth.taps.length * places * 4);
    encodePlanes(program, source, between, planes, depth, unchanged(places));
    encodePlanes(program, between, target, planes * depth.taps.length, rows, columns);
    return;
  }
  const columns = axes.at(-1) ?? unchanged(1);
  encodePlanes(program, source, target, planes, axes.length === 2 && depth ? depth : unchanged(1), columns);
}

/** An axis that stays as it is, without a table. */
function unchanged(size: number): ResampledAxis {
  return { size, taps: size === 1 ? [[[0, 1]]] : [] };
}

function encodePlanes(
  program: ProgramBuilder,
  source: number,
  target: number,
  planes: number,
  rows: ResampledAxis,
  columns: ResampledAxis,
): void {
  const keepsColumns = columns.taps.length === 0 || isIdentity(columns);
  const rowBytes = align(columns.size * 4 + 64);
  const run = keepsColumns ? noRun : findRun(columns.size, columns.taps);
  program.command('resample', [
    ...[source, target, planes, rows.size, columns.size, rows.taps.length],
    keepsColumns ? columns.size : columns.taps.length,
    ...tapTables(program, rows.taps),
    ...(keepsColumns ? [0, 0] : tapTables(program, columns.taps)),
    ...[run.kind, run.from, run.to, run.table.length > 0 ? program.table(run.table) : 0],
    ...(keepsColumns ? [0, 0] : program.partScratch(rowBytes)),
  ]);
}

/** Where the taps of each output begin, and the taps. */
function tapTables(program: ProgramBuilder, taps: readonly Taps[]): readonly [number, number] {
  let end = 0;
  const starts = [0, ...taps.map(({ length }) => (end += length))];
  return [program.table(starts), program.table(taps.flat().flatMap(([index, weight]) => [index, floatWord(weight)]))];
}

function isIdentity({ size, taps }: ResampledAxis): boolean {
  return taps.length === size && taps.every((ofOutput, i) => equalTaps(ofOutput, [[i, 1]]));
}
