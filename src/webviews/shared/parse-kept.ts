import { isObject } from '../../core/is-object';
import type { ImageReference, SplitName, Subject } from '../../protocol/inspection';

/* What a panel has kept over a reload, by any version: what can't be read is as if it had not been kept. */

export function parseSubject(value: unknown): Subject | undefined {
  if (!isObject(value)) return undefined;
  const { kind, runFolder, checkpoint, file, target, inputShape, classCount, seed } = value;
  if (kind === 'run' && typeof runFolder === 'string') {
    const known = checkpoint === 'best' || checkpoint === 'last' || isWhole(checkpoint) ? checkpoint : 'best';
    return { kind, runFolder, checkpoint: known };
  }
  if (kind === 'model' && typeof file === 'string') {
    return {
      kind,
      file,
      target: typeof target === 'string' ? target : null,
      inputShape: Array.isArray(inputShape) && inputShape.every(isWhole) ? inputShape : null,
      classCount: isWhole(classCount) ? classCount : null,
      seed: isWhole(seed) ? seed : 0,
    };
  }
  return undefined;
}

/** Images that were pasted are not kept: state is for little things. */
export function parseImage(value: unknown): ImageReference | undefined {
  if (!isObject(value)) return undefined;
  const { kind, split, index, path } = value;
  if (kind === 'data' && isSplit(split) && isWhole(index)) return { kind, split, index };
  return kind === 'file' && typeof path === 'string' ? { kind, path } : undefined;
}

export function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** One of a few words, or the first of them. */
export function oneOf<Word extends string>(words: readonly [Word, ...Word[]], value: unknown): Word {
  return words.find((word) => word === value) ?? words[0];
}

function isSplit(value: unknown): value is SplitName {
  return value === 'train' || value === 'val' || value === 'test';
}
