import { parseModelReference } from '../node/model-reference';
import type { BenchProfile, BenchResult, BenchRow } from '../protocol/worker';
import { exitCodes } from './exit-codes';
import { formatCount, formatTable } from './format';
import { zooFolder } from './installation';
import { createOutput, type Output } from './output';
import { runWorkerJob } from './run-worker-job';
import type { DeviceOptions } from './train-options';
import { asUsage } from './usage-error';

export interface BenchOptions extends DeviceOptions {
  /** [C, H, W] */
  readonly input?: readonly number[];
  readonly classes?: number;
  readonly batch: number;
  readonly steps?: number;
  readonly profile?: true;
  /** Every row of the profile. */
  readonly all?: true;
  readonly json?: true;
}

/** Rows of the profile that are shown without --all. */
const shownRows = 25;

/** `cnn-lab bench`; gives the exit code. */
export async function benchCommand(model: string, options: BenchOptions): Promise<number> {
  const output = createOutput(options.json === true);
  const request = {
    model: asUsage(() => parseModelReference(model, { cwd: process.cwd(), zoo: zooFolder })),
    inputShape: options.input ?? null,
    classCount: options.classes ?? null,
    batchSize: options.batch,
    device: options.device,
    threads: options.threads ?? null,
    steps: options.steps ?? null,
    profile: options.profile === true,
  };
  const result = await runWorkerJob(output, {}, (calls) => calls.bench(request));
  const times = timesOf(result, options.batch);
  const { profile } = result;
  const peak =
    times.peakGflops === null
      ? ''
      : `, ${((100 * times.gflops) / times.peakGflops).toFixed(0)} % of ${times.peakGflops.toFixed(1)} in registers alone`;
  output.event({
    event: 'bench',
    target: result.target,
    inputShape: result.inputShape,
    classes: result.classes,
    batch: options.batch,
    device: result.device.description,
    threads: result.device.threads,
    parameters: result.parameterCount,
    memoryBytes: result.memoryBytes,
    steps: result.stepMs.length,
    ...times,
    ...(profile
      ? { profile: { ...profile, phases: sumsBy(profile.rows, phaseOf), kinds: sumsBy(profile.rows, kindOf) } }
      : {}),
  });
  output.line(
    `${output.style.bold(result.target)}  ${options.batch} images of ${result.inputShape.join(' × ')}; ${result.device.description}; ` +
      `${formatCount(result.parameterCount)} parameters, ${formatCount(result.memoryBytes / 2 ** 20)} MiB`,
  );
  output.line(
    `${output.style.bold(`${times.stepMs.toFixed(2)} ms`)} a training step (median of ${result.stepMs.length}, best ${times.bestMs.toFixed(2)}): ` +
      `${formatCount(times.imagesPerSecond)} images/s, ${times.gflops.toFixed(1)} GFLOP/s${peak}`,
  );
  if (profile) printProfile(output, profile, options.all === true);
  return exitCodes.done;
}

function timesOf({ stepMs, flops, peakFlopsPerSecond }: BenchResult, batch: number) {
  const sorted = [...stepMs].sort((a, b) => a - b);
  const middle = sorted[sorted.length >> 1] ?? NaN;
  const gflops = flops / middle / 1e6;
  const peakGflops = peakFlopsPerSecond === null ? null : peakFlopsPerSecond / 1e9;
  return {
    stepMs: middle,
    bestMs: sorted[0] ?? NaN,
    imagesPerSecond: (1000 * batch) / middle,
    gflops,
    peakGflops,
    shareOfPeak: peakGflops === null ? null : gflops / peakGflops,
  };
}

function printProfile(output: Output, profile: BenchProfile, all: boolean): void {
  const { rows, runs, stepMs } = profile;
  const totalMs = sum(rows.map(({ milliseconds }) => milliseconds));
  const numbers = (row: Sum) => [
    row.milliseconds.toFixed(3),
    `${((100 * row.milliseconds) / totalMs).toFixed(1)} %`,
    row.flops > 0 ? rate(row.flops, row.milliseconds) : '',
    rate(row.bytes, row.milliseconds),
  ];
  const table = (titles: readonly string[], cells: readonly (readonly string[])[]) => {
    const left = titles.map((title) => ({ title, align: 'left' }) as const);
    output.line('');
    for (const line of formatTable([...left, ...numberColumns], cells)) output.line(line);
  };

  const sorted = [...rows].sort(slowestFirst);
  const shown = all ? sorted : sorted.slice(0, shownRows);
  table(
    ['', 'op', 'where'],
    shown.map((row) => [row.phase, kindOf(row), shorten(row.paths.join(', ')), ...numbers(row)]),
  );
  const rest = sorted.slice(shown.length);
  if (rest.length > 0) {
    const restMs = sum(rest.map(({ milliseconds }) => milliseconds));
    output.line(`and ${rest.length} more with ${restMs.toFixed(3)} ms; --all shows them`);
  }
  table(
    ['kind of op', 'times'],
    sumsBy(rows, kindOf).map((row) => [row.name, String(row.count), ...numbers(row)]),
  );
  table(
    ['phase', 'times'],
    sumsBy(rows, phaseOf).map((row) => [row.name, String(row.count), ...numbers(row)]),
  );
  output.line('');
  output.line(
    `Medians of ${runs} steps; a whole one took ${stepMs.toFixed(2)} ms. Ops that run in one pass are one row. Where threads ` +
      `need not wait for each other between two rows, the second has all that is waited for. GB/s count every tensor that ` +
      `goes in or comes out once.`,
  );
}

const numberColumns = ['ms', 'share', 'GFLOP/s', 'GB/s'].map((title) => ({ title, align: 'right' }) as const);

interface Sum {
  readonly milliseconds: number;
  readonly flops: number;
  readonly bytes: number;
}

function sumsBy(rows: readonly BenchRow[], nameOf: (row: BenchRow) => string) {
  const groups = new Map<string, BenchRow[]>();
  for (const row of rows) groups.set(nameOf(row), [...(groups.get(nameOf(row)) ?? []), row]);
  return [...groups]
    .map(([name, members]) => ({
      name,
      count: members.length,
      milliseconds: sum(members.map(({ milliseconds }) => milliseconds)),
      flops: sum(members.map(({ flops }) => flops)),
      bytes: sum(members.map(({ bytes }) => bytes)),
    }))
    .sort(slowestFirst);
}

/** `batch_norm_running × 2 + relu` */
function kindOf({ ops }: BenchRow): string {
  const counts = new Map<string, number>();
  for (const op of ops) counts.set(op, (counts.get(op) ?? 0) + 1);
  return [...counts].map(([op, count]) => (count > 1 ? `${op} × ${count}` : op)).join(' + ');
}

function phaseOf({ phase }: BenchRow): string {
  return phase;
}

function slowestFirst(a: Sum, b: Sum): number {
  return b.milliseconds - a.milliseconds;
}

/** Thousand millions a second. */
function rate(count: number, milliseconds: number): string {
  return milliseconds > 0 ? (count / milliseconds / 1e6).toFixed(1) : '';
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
