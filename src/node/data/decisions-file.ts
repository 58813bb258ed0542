import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import {
  decisionsFileName,
  decisionsHeading,
  formatStep,
  parseDecisions,
  standingDecisions,
  type Decision,
  type ParsedDecisions,
  type StandingDecision,
} from '../../core/data/decisions';
import { parseIdxFileName } from '../../core/data/idx-file-name';
import { describeError, UserError } from '../../core/errors';
import { withFileLock } from '../file-lock';
import { writeFileAtomically } from '../write-file-atomically';

export interface StoredDecisions {
  /** Absolute; it need not be there. */
  readonly file: string;
  readonly standing: readonly StandingDecision[];
  readonly canUndo: boolean;
  /** Lines that could not be read. */
  readonly unread: ParsedDecisions['unread'];
}

/**
 * Where the decisions about a data set are kept: in its folder; of a file (an archive, one of several sets of IDX files), beside it.
 * The same for every way to open a data set.
 */
export async function decisionsFileOf(location: string): Promise<string> {
  const absolute = path.resolve(location);
  const stats = await stat(absolute).catch(() => undefined);
  if (stats?.isDirectory()) return path.join(absolute, decisionsFileName);
  if (!stats) return besideArchive(absolute);
  const folder = path.dirname(absolute);
  const name = path.basename(absolute);
  if (name === 'dataset.json') return path.join(folder, decisionsFileName);
  const idx = parseIdxFileName(name);
  if (!idx) return path.join(folder, `${name}.${decisionsFileName}`);
  const names = await readdir(folder).catch(() => []);
  const prefixes = new Set(names.map((each) => parseIdxFileName(each)?.prefix).filter((each) => each !== undefined));
  return path.join(
    folder,
    prefixes.size > 1 && idx.prefix !== '' ? `${idx.prefix}.${decisionsFileName}` : decisionsFileName,
  );
}

/** A place inside an archive has decisions of its own, beside the archive. */
async function besideArchive(absolute: string): Promise<string> {
  for (let archive = path.dirname(absolute); archive !== path.dirname(archive); archive = path.dirname(archive)) {
    const stats = await stat(archive).catch(() => undefined);
    if (stats?.isDirectory()) break;
    if (stats) return `${archive}.${path.relative(archive, absolute).split(path.sep).join('-')}.${decisionsFileName}`;
  }
  return `${absolute}.${decisionsFileName}`;
}

/** @throws UserError where there is such a file and it can't be read. */
export async function readDecisions(location: string): Promise<StoredDecisions> {
  const file = await decisionsFileOf(location);
  return storedIn(file, await readText(file));
}

/** Keeps decisions as one step. Returns when they are on the disk. @throws UserError where they can't be kept. */
export async function addDecisions(location: string, decisions: readonly Decision[]): Promise<StoredDecisions> {
  const file = await decisionsFileOf(location);
  if (decisions.length === 0) return storedIn(file, await readText(file));
  return change(file, (text) => {
    const number = 1 + lastStep(text);
    return beforeNext(text) + formatStep({ number, time: new Date().toISOString(), decisions });
  });
}

/** Takes the latest step back: its lines leave the file. @throws UserError where there is none, or the file can't be written. */
export async function undoDecisions(location: string): Promise<StoredDecisions> {
  const file = await decisionsFileOf(location);
  return change(file, (text) => {
    const number = lastStep(text);
    if (number === 0) throw new UserError('There is no decision to take back.');
    // Line by line: what is not understood stays.
    return text
      .split('\n')
      .filter((line) => parseDecisions(`${line}\n`).steps[0]?.number !== number)
      .join('\n');
  });
}

async function change(file: string, edit: (text: string) => string): Promise<StoredDecisions> {
  const lock = path.join(path.dirname(file), `.${path.basename(file)}.lock`);
  try {
    return await withFileLock(lock, file, async () => {
      const text = edit(await readText(file));
      await writeFileAtomically(file, text);
      return storedIn(file, text);
    });
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    throw new UserError(
      `The decision can't be kept in ${file}: ${describeError(cause)}.`,
      'See whether the folder may be written to; else copy the data set to where it may.',
      { cause },
    );
  }
}

/** What is cut short has not counted so far, and does not from now on. */
function beforeNext(text: string): string {
  if (text === '') return decisionsHeading;
  const end = text.lastIndexOf('\n') + 1;
  const rest = text.slice(end);
  return rest.trim() === '' ? text.slice(0, end) : `${text.slice(0, end)}# cut short: ${rest}\n`;
}

function lastStep(text: string): number {
  return parseDecisions(text).steps.at(-1)?.number ?? 0;
}

function storedIn(file: string, text: string): StoredDecisions {
  const { steps, unread } = parseDecisions(text);
  return { file, standing: standingDecisions(steps), canUndo: steps.length > 0, unread };
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw new UserError(`${file} can't be read: ${describeError(cause)}.`, 'Check that you may read it.', { cause });
  }
}
