import { mkdir, readFile, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UserError, describeError } from '../core/errors';
import { parseRunRecord } from '../protocol/parse-run';
import type { RunRecord, RunStatus } from '../protocol/run-folder';
import { isWriterAlive } from './process-alive';
import { withRunLock } from './run-lock';
import { writeFileAtomically } from './write-file-atomically';

/** A run folder as it is shown. */
export interface StoredRun {
  /** Absolute path. */
  readonly folder: string;
  /** Name of the folder. */
  readonly id: string;
  readonly name: string;
  /** As in run.json, but `failed` where that can't be read, or says `running` and its process is gone. */
  readonly status: RunStatus;
  readonly failure: string | null;
  /** ISO 8601, UTC; the folder's time where run.json can't be read. */
  readonly startedAt: string;
  /** run.json as it stands; undefined where it can't be read. */
  readonly record: RunRecord | undefined;
}

/** The runs in a folder such as `.cnn-lab/runs`, newest first. A folder that is not there has none. */
export async function listRuns(runsFolder: string): Promise<StoredRun[]> {
  const entries = await unlessMissing(readdir(runsFolder, { withFileTypes: true }));
  const folders = (entries ?? []).filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
  const runs = await Promise.all(folders.map((entry) => openRun(join(runsFolder, entry.name))));
  return runs
    .filter((run) => run !== undefined)
    .sort((a, b) => compareText(b.startedAt, a.startedAt) || compareText(b.id, a.id));
}

/** Undefined where there is no folder, or an empty one: reserved for a run that has not started. */
export async function openRun(folder: string): Promise<StoredRun | undefined> {
  const id = basename(folder);
  const file = join(folder, runFile);
  const damaged = async (reason: string): Promise<StoredRun | undefined> => {
    const folderStat = await unlessMissing(stat(folder));
    if (!folderStat) return undefined;
    const startedAt = folderStat.mtime.toISOString();
    return { folder, id, name: id, status: 'failed', failure: reason, startedAt, record: undefined };
  };

  let text: string;
  let writtenAtMs: number;
  try {
    [text, { mtimeMs: writtenAtMs }] = await Promise.all([readFile(file, 'utf8'), stat(file)]);
  } catch (error) {
    if (!isMissing(error)) return damaged(`run.json can't be read: ${describeError(error)}`);
    const contents = (await unlessMissing(readdir(folder))) ?? [];
    return contents.length === 0 ? undefined : damaged('run.json is missing: the run ended before it had begun.');
  }
  const parsed = parseRunRecord(text);
  if (!parsed.ok) return damaged(parsed.reason);
  // The folder may have been copied or renamed by hand: its name is the id that everything else goes by.
  const record: RunRecord = { ...parsed.record, id };
  const { name, startedAt, processId } = record;
  const lost = record.status === 'running' && !isWriterAlive(processId, writtenAtMs);
  const status = lost ? 'failed' : record.status;
  const failure = lost ? `The training process ended without a word (process ${processId}).` : record.failure;
  return { folder, id, name, status, failure, startedAt, record };
}

/** Like openRun, for one that must be there. Throws a UserError where it is not, or can't be read. */
export async function readRunRecord(folder: string): Promise<RunRecord> {
  const run = await openRun(folder);
  if (!run)
    throw new UserError(`There is no run in ${folder}.`, 'Give the folder of a run, such as .cnn-lab/runs/<run>.');
  if (!run.record) throw new UserError(`The run in ${folder} can't be opened: ${run.failure ?? 'unknown reason'}`);
  return run.record;
}

export async function writeRunRecord(folder: string, record: RunRecord): Promise<void> {
  await writeFileAtomically(join(folder, runFile), `${JSON.stringify(record, null, 2)}\n`);
}

/** Changes what people see; the folder keeps its name. */
export async function renameRun(folder: string, name: string): Promise<void> {
  const trimmed = name.trim();
  if (trimmed === '') throw new UserError('A run needs a name.');
  await withRunLock(folder, async () => {
    await writeRunRecord(folder, { ...(await readRunRecord(folder)), name: trimmed });
  });
}

/** For a run whose worker is gone: says so in its run.json. Does nothing, and gives false, where the run has ended by itself. */
export async function markRunFailed(
  folder: string,
  processId: number,
  reason: string,
  failedOnGpu = false,
): Promise<boolean> {
  return withRunLock(folder, async () => {
    const record = (await openRun(folder))?.record;
    if (record?.status !== 'running' || record.processId !== processId) return false;
    const endedAt = new Date().toISOString();
    await writeRunRecord(folder, { ...record, status: 'failed', failure: reason, failedOnGpu, endedAt });
    return true;
  });
}

/** Makes the empty folder of a new run, `2026-11-21-1430-lenet-digits` (local time), with a number where that is taken. */
export async function reserveRunFolder(runsFolder: string, name: string, now = new Date()): Promise<string> {
  await mkdir(runsFolder, { recursive: true });
  const id = `${formatMinute(now)}-${slug(name)}`;
  for (let number = 1; ; number++) {
    const folder = join(runsFolder, number === 1 ? id : `${id}-${number}`);
    try {
      await mkdir(folder);
      return folder;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** `LeNet · digits` for lenet.py:LeNet on …/digits; for a target that is an expression, what it calls. */
export function defaultRunName(modelFile: string, target: string | null, dataPath: string): string {
  const callee = target?.match(/^[\w.]+/)?.[0];
  const model = callee ?? basename(modelFile).replace(/\.py$/i, '');
  return `${model} · ${basename(dataPath) || basename(dirname(dataPath))}`;
}

export const runFile = 'run.json';
export const metricsFile = 'metrics.jsonl';
export const graphFile = 'graph.json';
/** Only of models whose code branches on `self.training`. */
export const trainingGraphFile = 'training-graph.json';
/** Which images were set aside for validation, where the data set has none of its own. */
export const splitFile = 'split.json';
export const logFile = 'log.txt';
export const checkpointsFolder = 'checkpoints';
export const modelFolder = 'model';

export function checkpointPath(runFolder: string, name: 'best' | 'last'): string {
  return join(runFolder, checkpointsFolder, `${name}.safetensors`);
}

function formatMinute(date: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}-${two(date.getHours())}${two(date.getMinutes())}`;
}

/** Letters and digits of any script, hyphens between; short enough for a folder's name. */
function slug(name: string): string {
  const words = name.toLowerCase().match(/[\p{Letter}\p{Number}]+/gu) ?? [];
  return words.join('-').slice(0, 60).replace(/-$/, '') || 'run';
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

async function unlessMissing<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
