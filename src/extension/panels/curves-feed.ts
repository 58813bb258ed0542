import { join } from 'node:path';
import { MetricsReader } from '../../node/metrics-reader';
import { metricsFile } from '../../node/run-store';
import type { CurvesRun, RunIncrement } from '../../protocol/curves-panel';
import type { EpochMetrics, MetricsLine, StepMetrics } from '../../protocol/run-folder';
import type { LibraryRun } from '../runs/library-run';
import { summarizeRun } from '../runs/run-presentation';

/**
 * What a curves panel has been told, and what it has to be told next. A run's id in the panel is the path of its folder.
 * Only the metrics of runs that are shown or that train are read; the others are listed without.
 */
export class CurvesFeed {
  private readonly readers = new Map<string, MetricsReader>();
  /** What was last told of each run apart from its metrics. */
  private readonly told = new Map<string, string>();

  /** Everything, from the start. */
  async snapshot(runs: readonly LibraryRun[], shown: ReadonlySet<string>): Promise<CurvesRun[]> {
    this.readers.clear();
    this.told.clear();
    const all = runs.map(async (run): Promise<CurvesRun | undefined> => {
      if (!run.record) return undefined;
      const lines = this.follows(run, shown) ? (await this.readerOf(run.folder).read()).lines : [];
      this.told.set(run.folder, headOf(run));
      return {
        id: run.folder,
        name: run.name,
        status: run.status,
        epochsPlanned: run.record.config.epochs,
        bestEpoch: run.record.bestEpoch,
        startedAt: run.startedAt,
        summary: summarizeRun(run.record),
        ...byKind(lines),
      };
    });
    return (await Promise.all(all)).filter((run) => run !== undefined);
  }

  /** Whether the runs are still those of the snapshot, under the same names. */
  fits(runs: readonly LibraryRun[]): boolean {
    const known = runs.filter((run) => run.record);
    return (
      known.length === this.told.size &&
      known.every((run) => this.told.get(run.folder)?.startsWith(`${run.name}\n`) === true)
    );
  }

  /** What is new of those runs; 'restart' where what was told no longer holds, so that only a snapshot helps. */
  async increments(
    runs: readonly LibraryRun[],
    shown: ReadonlySet<string>,
  ): Promise<readonly RunIncrement[] | 'restart'> {
    const increments: RunIncrement[] = [];
    for (const run of runs) {
      if (!run.record) continue;
      const { restarted, lines } = this.follows(run, shown)
        ? await this.readerOf(run.folder).read()
        : { restarted: false, lines: [] };
      if (restarted) return 'restart';
      const head = headOf(run);
      if (lines.length === 0 && head === this.told.get(run.folder)) continue;
      this.told.set(run.folder, head);
      increments.push({ id: run.folder, status: run.status, bestEpoch: run.record.bestEpoch, ...byKind(lines) });
    }
    return increments;
  }

  /** The list in the panel tells the epoch of running ones too; whatever was begun is followed to its end. */
  private follows(run: LibraryRun, shown: ReadonlySet<string>): boolean {
    return shown.has(run.folder) || run.status === 'running' || this.readers.has(run.folder);
  }

  private readerOf(runFolder: string): MetricsReader {
    const known = this.readers.get(runFolder);
    if (known) return known;
    const made = new MetricsReader(join(runFolder, metricsFile));
    this.readers.set(runFolder, made);
    return made;
  }
}

function headOf({ name, status, record }: LibraryRun): string {
  return `${name}\n${status}\n${record?.bestEpoch ?? ''}`;
}

function byKind(lines: readonly MetricsLine[]): { steps: StepMetrics[]; epochs: EpochMetrics[] } {
  const steps = lines.filter((line) => line.kind === 'step');
  const epochs = lines.filter((line) => line.kind === 'epoch');
  return { steps, epochs };
}
