import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UsageError } from './usage-error';
import { sampleDataFolder } from './installation';

/** A path, or the name of a shipped sample (`digits`, `shapes`); a folder of that name in the current directory goes first. */
export function resolveData(text: string): string {
  const path = resolve(text);
  if (existsSync(path)) return path;
  const sample = join(sampleDataFolder, text);
  if (/^[\w-]+$/.test(text) && existsSync(sample)) return sample;
  throw new UsageError(
    `There is no data set ${path}.`,
    `Give the folder of a data set, or the name of a sample: ${sampleNames().join(', ')}.`,
  );
}

/** A run folder, or the name of a run in `.cnn-lab/runs`. */
export function resolveRun(text: string): string {
  const path = resolve(text);
  if (isFolder(path)) return path;
  const named = join(defaultRunsFolder(), text);
  if (isFolder(named)) return named;
  throw new UsageError(`There is no run ${path}.`, 'Give a run folder, such as .cnn-lab/runs/<run>.');
}

export function defaultRunsFolder(): string {
  return resolve('.cnn-lab', 'runs');
}

function sampleNames(): string[] {
  if (!existsSync(sampleDataFolder)) return [];
  const entries = readdirSync(sampleDataFolder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
