import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UserError } from '../../core/errors';
import { parseModelReference } from '../../node/model-reference';
import type { ImageReference, Subject } from '../../protocol/inspection';
import { zooFolder } from '../installation';
import { defaultRunsFolder, resolveRun } from '../resolve-paths';
import { UsageError } from '../usage-error';
import type { InspectOptions } from './inspect-options';

/** A run, by its folder or its name, or a model that was never trained, by its file or its name in the zoo. */
export function resolveSubject(text: string, options: InspectOptions): Subject {
  const { checkpoint, seed = 1, input = null, classes = null } = options;
  if (isFolder(resolve(text)) || isFolder(join(defaultRunsFolder(), text))) {
    if (input !== null || classes !== null) {
      throw new UsageError('A run has its own shapes and classes.', 'Leave out --input and --classes.');
    }
    return { kind: 'run', runFolder: resolveRun(text), checkpoint: checkpoint ?? 'best' };
  }
  const { file, target } = modelOf(text);
  if (checkpoint !== undefined) {
    throw new UsageError(
      'A model that was never trained has no checkpoints.',
      'Leave out --checkpoint, or give a run.',
    );
  }
  return { kind: 'model', file, target, inputShape: input, classCount: classes, seed };
}

/** An image file, or `split:number` of the run's data. */
export function resolveImage(text: string): ImageReference {
  const own = /^(train|val|test):(\d+)$/.exec(text);
  if (own && !existsSync(resolve(text))) {
    return { kind: 'data', split: own[1] as 'train' | 'val' | 'test', index: Number(own[2]) };
  }
  return { kind: 'file', path: resolve(text) };
}

function modelOf(text: string): { readonly file: string; readonly target: string | null } {
  try {
    return parseModelReference(text, { cwd: process.cwd(), zoo: zooFolder });
  } catch (cause) {
    if (!(cause instanceof UserError)) throw cause;
    // What has no name of a model was meant to be a run.
    if (/\.\w+(:.*)?$/s.test(text)) throw new UsageError(cause.message, cause.remedy, { cause });
    throw new UsageError(
      `There is no run or model '${text}'.`,
      `A run is given by its folder, such as .cnn-lab/runs/<run>. ${cause.remedy ?? ''}`.trimEnd(),
      { cause },
    );
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
