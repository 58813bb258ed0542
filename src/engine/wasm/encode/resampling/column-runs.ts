import { equalTaps, type Taps } from '../../../steps/axis-taps';
import { floatWord } from '../../../steps/float-word';

/** Output places [from, to) that the kernel can make several at once of: the kernel's number of their kind. */
export interface Run {
  readonly kind: number;
  readonly from: number;
  readonly to: number;
  /** What the kernel reads of them, as words. */
  readonly table: readonly number[];
}

export const noRun: Run = { kind: 0, from: 0, to: 0, table: [] };

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

const neighbours = 5;
const windows = 6;

/** What of the columns that are made of `size` can be made fast. */
export function findRun(size: number, taps: readonly Taps[]): Run {
  for (const [index, pattern] of patterns.entries()) {
    // Runs of doubled places begin with an even one, those of quarters with an odd one.
    const [first, step] = [index === 2 ? 1 : 0, index % 2 === 0 ? 2 : 1];
    const { from, to } = longestRun(taps, first, step, (ofOutput, i) => equalTaps(ofOutput, pattern(i)));
    if (to - from >= 8) return { kind: index + 1, from, to, table: [] };
  }
  const pairs = longestRun(taps, 0, 1, (ofOutput) => ofOutput.length === 2 && standTogether(ofOutput));
  if (to4(pairs) >= 4) return { kind: neighbours, ...pairs, table: groupsOf(taps, pairs, neighbourWords) };
  const fours = longestRun(taps, 0, 1, (ofOutput) => size >= 4 && ofOutput.length <= 4 && standTogether(ofOutput));
  if (to4(fours) >= 4) {
    return { kind: windows, ...fours, table: groupsOf(taps, fours, (group) => windowWords(group, size)) };
  }
  return noRun;
}

type Range = Pick<Run, 'from' | 'to'>;

/** The first run that begins early on. */
function longestRun(
  taps: readonly Taps[],
  first: number,
  step: number,
  fits: (ofOutput: Taps, i: number) => boolean,
): Range {
  const fitsAt = (i: number) => fits(taps[i] ?? [], i);
  let from = first;
  while (from < Math.min(taps.length, first + 8) && !fitsAt(from)) from += step;
  let to = from;
  while (to < taps.length && fitsAt(to)) to++;
  return { from, to };
}

function to4({ from, to }: Range): number {
  return (to - from) & ~3;
}

function standTogether(ofOutput: Taps): boolean {
  return ofOutput.length > 0 && ofOutput.every(([index], k) => index === (ofOutput[0]?.[0] ?? 0) + k);
}

function groupsOf(
  taps: readonly Taps[],
  { from, to }: Range,
  words: (group: readonly Taps[]) => readonly number[],
): readonly number[] {
  const result: number[] = [];
  for (let i = from; i + 4 <= to; i += 4) result.push(...words(taps.slice(i, i + 4)));
  return result;
}

function neighbourWords(group: readonly Taps[]): readonly number[] {
  const weights = (k: number) => group.map((ofOutput) => floatWord(ofOutput[k]?.[1] ?? 0));
  return [...group.map((ofOutput) => ofOutput[0]?.[0] ?? 0), ...weights(0), ...weights(1)];
}

/** Fewer than four taps get others with weight 0, which must be of the row too: what stands behind it may be no number. */
function windowWords(group: readonly Taps[], size: number): readonly number[] {
  const starts = group.map((ofOutput) => Math.min(ofOutput[0]?.[0] ?? 0, size - 4));
  const weights = group.flatMap((ofOutput, i) => {
    const before = (ofOutput[0]?.[0] ?? 0) - (starts[i] ?? 0);
    return [0, 1, 2, 3].map((k) => floatWord(ofOutput[k - before]?.[1] ?? 0));
  });
  return [...starts, ...weights];
}
