import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UserError } from '../core/errors';
import type { ModelRequest } from '../protocol/worker';

/**
 * Reads what a person writes for a model: `file.py`, `file.py:Class`, `file.py:VGG('VGG16')`, or the name of a zoo model
 * (`lenet`, `resnet:resnet18()`). Throws a UserError where there is no such file.
 */
export function parseModelReference(
  text: string,
  folders: { readonly cwd: string; readonly zoo: string },
  /** Shapes are read in any language; training reads Python. */
  reads: 'python' | 'any language' = 'python',
): ModelRequest {
  const inFile = /^(.*?\.(?:py|ipynb|[cm]?[jt]sx?))(?::(.+))?$/is.exec(text);
  if (inFile) {
    const file = resolve(folders.cwd, inFile[1] ?? '');
    if (!existsSync(file))
      throw new UserError(`There is no file ${file}.`, 'Give the path of a Python file or the name of a zoo model.');
    if (reads === 'python' && !/\.py$/i.test(file)) {
      throw new UserError(
        `${file} is not a Python file.`,
        'Models are trained from .py files; shapes are read from others too.',
      );
    }
    return { file, target: inFile[2]?.trim() ?? null };
  }
  const named = /^([\w-]+)(?::(.+))?$/s.exec(text);
  const file = join(folders.zoo, `${(named?.[1] ?? '').toLowerCase().replaceAll('-', '_')}.py`);
  if (named && existsSync(file)) return { file, target: named[2]?.trim() ?? null };
  throw new UserError(
    `There is no model '${text}'.`,
    `Give a Python file (model.py or model.py:Class), or one of the zoo: ${zooModels(folders.zoo).join(', ')}.`,
  );
}

/** Names of the models in the zoo, sorted. */
export function zooModels(zooFolder: string): string[] {
  const files = existsSync(zooFolder) ? readdirSync(zooFolder) : [];
  return files
    .filter((file) => file.endsWith('.py') && !file.startsWith('_'))
    .map((file) => file.slice(0, -'.py'.length))
    .sort();
}
