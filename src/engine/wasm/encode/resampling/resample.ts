import { align, floatWord, type ProgramBuilder } from '../../program-builder';
import type { Taps } from './axis-taps';

/** One dimension: how many input places there are, and what each output place is made of. */
export interface ResampledAxis {
  readonly size: number;
  readonly taps: readonly Taps[];
}

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
  const run = keepsColumns ? noRun : findRun(columns);
  program.command('resample', [
    ...[source, target, planes, rows.size, columns.size, rows.taps.length],
    keepsColumns ? columns.size : columns.taps.length,
    ...tapTables(program, rows.taps),
    ...(keepsColumns ? [0, 0] : tapTables(program, columns.taps)),
    ...[run.kind, run.from, run.to, keepsColumns ? 0 : program.scratch(rowBytes * program.threads), rowBytes],
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

/** Output places that the kernel can make several at once of: the kernel's number of their kind. */
interface Run {
  readonly kind: number;
  readonly from: number;
  readonly to: number;
}

const noRun: Run = { kind: 0, from: 0, to: 0 };

/** Nearest ×2 and its gradient, linear ×2 without aligned corners and its gradient. */
const patterns: readonly ((i: number) => Taps)[] = [
  (i) => [[i >> 1, 1]],
  (i) => [
    [2 * i, 1],
    [2 * i + 1, 1],
  ],
  (i) => {
    const first = (i - 1) >> 1;
    const rest = i % 2 === 1 ? 0.25 : 0.75;
    return [
      [first, 1 - rest],
      [first + 1, rest],
    ];
  },
  (i) => [
    [2 * i - 1, 0.25],
    [2 * i, 0.75],
    [2 * i + 1, 0.75],
    [2 * i + 2, 0.25],
  ],
];

function findRun({ taps }: ResampledAxis): Run {
  for (const [index, pattern] of patterns.entries()) {
    const fits = (i: number) => equalTaps(taps[i] ?? [], pattern(i));
    // Runs of doubled places begin with an even one, those of quarters with an odd one.
    let from = index === 2 ? 1 : 0;
    while (from < Math.min(taps.length, 6) && !fits(from)) from += index % 2 === 0 ? 2 : 1;
    let to = from;
    while (to < taps.length && fits(to)) to++;
    if (to - from >= 4) return { kind: index + 1, from, to };
  }
  return noRun;
}

function equalTaps(a: Taps, b: Taps): boolean {
  return a.length === b.length && a.every(([index, weight], k) => index === b[k]?.[0] && weight === b[k]?.[1]);
}
