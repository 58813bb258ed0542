import type { SplitName } from './dataset';

/** The split that a folder or file word stands for, whatever its case; undefined where it is none. */
export function splitNameOf(word: string): SplitName | undefined {
  return splitWords.get(word.toLowerCase());
}

const splitWords: ReadonlyMap<string, SplitName> = new Map([
  ['train', 'train'],
  ['training', 'train'],
  ['val', 'val'],
  ['valid', 'val'],
  ['validation', 'val'],
  ['test', 'test'],
  ['testing', 'test'],
]);

/** In the order in which splits are shown. */
export const splitOrder: readonly SplitName[] = ['train', 'val', 'test'];
