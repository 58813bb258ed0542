import { appendFileSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { mkdir, open, readFile, readdir, rm } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative } from 'node:path';
import { UserError } from '../core/errors';
import type { SourceText } from '../node/read-python-module';
import {
  checkpointsFolder,
  graphFile,
  logFile,
  metricsFile,
  modelFolder,
  openRun,
  writeRunRecord,
} from '../node/run-store';
import { withRunLock } from '../node/run-lock';
import { writeFileAtomically } from '../node/write-file-atomically';
import { parseMetricsLine } from '../protocol/parse-run';
import type { MetricsLine, RunRecord } from '../protocol/run-folder';

/** The run folder as its one writer has it. */
export class RunFolder {
  private metrics: FileHandle | undefined;
  private unwritten = '';
  private writtenAtMs = 0;

  constructor(
    readonly path: string,
    private record: RunRecord,
  ) {}

  get current(): RunRecord {
    return this.record;
  }

  /** Replaces run.json. The name is people's: the one on disk is kept. */
  async update(changes: Partial<RunRecord>): Promise<void> {
    await withRunLock(this.path, async () => {
      const onDisk = await openRun(this.path);
      this.record = { ...this.record, ...changes, name: onDisk?.record?.name ?? this.record.name };
      await writeRunRecord(this.path, this.record);
    });
  }

  /** A line of log.txt, with the time. Never throws: a full disk shows in what matters more. */
  log(text: string): void {
    try {
      appendFileSync(join(this.path, logFile), `${new Date().toISOString()} ${text}\n`);
    } catch {
      // The log is the last to be missed; whatever else is written fails loudly.
    }
  }

  /** Many lines a second go to the disk together; an epoch's at once, and for good. */
  async appendMetrics(line: MetricsLine): Promise<void> {
    this.unwritten += `${JSON.stringify(line)}\n`;
    if (line.kind === 'epoch') await this.flush(true);
    else if (performance.now() - this.writtenAtMs >= metricsIntervalMs) await this.flush(false);
  }

  async flush(sync: boolean): Promise<void> {
    this.metrics ??= await open(join(this.path, metricsFile), 'a');
    const text = this.unwritten;
    this.unwritten = '';
    if (text !== '') await this.metrics.appendFile(text);
    if (sync) await this.metrics.sync();
    this.writtenAtMs = performance.now();
  }

  async close(): Promise<void> {
    await this.flush(true);
    await this.metrics?.close();
    this.metrics = undefined;
  }
}

const metricsIntervalMs = 200;

/** Makes the folder with all that must be there before run.json. Throws a UserError where something else is in it. */
export async function createRunFolder(
  folder: string,
  graphJson: string,
  sources: readonly SourceText[],
): Promise<void> {
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).length > 0) {
    throw new UserError(`${folder} is not empty.`, 'Choose a folder that is not there yet.');
  }
  await mkdir(join(folder, checkpointsFolder));
  await copySources(join(folder, modelFolder), sources);
  await writeFileAtomically(join(folder, graphFile), graphJson);
}

/** Takes back createRunFolder, for a run that could not begin. */
export async function removeRunFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

/** Keeps the metrics up to a checkpoint: what was written after it will be computed again. */
export async function cutMetrics(
  folder: string,
  stand: { readonly step: number; readonly epochsDone: number },
): Promise<void> {
  const file = join(folder, metricsFile);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const complete = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  const kept = complete.filter((line) => {
    const metrics = parseMetricsLine(line);
    if (!metrics) return false;
    return metrics.kind === 'step' ? metrics.step <= stand.step : metrics.epoch <= stand.epochsDone;
  });
  const keptText = kept.map((line) => `${line}\n`).join('');
  // A new file, not a shorter one: whoever follows the old one sees by its identity that it was replaced.
  if (keptText !== text) await writeFileAtomically(file, keptText);
}

/** The first source is the model's own file; the others lie beside it as they did, or by their names where they lay elsewhere. */
async function copySources(folder: string, sources: readonly SourceText[]): Promise<void> {
  const [main] = sources;
  if (!main) return;
  for (const { file, text } of sources) {
    const place = relative(dirname(main.file), file);
    const outside = place.startsWith('..') || isAbsolute(place);
    const copy = join(folder, outside ? join('outside', basename(file)) : place);
    await mkdir(dirname(copy), { recursive: true });
    await writeFileAtomically(copy, text);
  }
}
