import type { SplitName } from './dataset';
import { splitNameOf } from './split-names';

/**
 * What the name of an IDX file tells: `train-images-idx3-ubyte.gz`, `t10k-labels.idx1-ubyte`,
 * `emnist-letters-train-images-idx3-ubyte`, … Undefined where it is no such name.
 */
export function parseIdxFileName(fileName: string): IdxFileName | undefined {
  const match = pattern.exec(fileName);
  if (!match) return undefined;
  const [, prefix = '', splitWord = '', contents = '', gz] = match;
  const split = splitWord.toLowerCase() === 't10k' ? 'test' : splitNameOf(splitWord);
  if (!split) return undefined;
  return {
    prefix: prefix.replace(/[-_.]$/, ''),
    split,
    contents: contents.toLowerCase() === 'images' ? 'images' : 'labels',
    compressed: gz !== undefined,
  };
}

export interface IdxFileName {
  /** What stands before the split: several data sets may share a folder. Empty in most. */
  readonly prefix: string;
  readonly split: SplitName;
  readonly contents: 'images' | 'labels';
  readonly compressed: boolean;
}

const pattern = /^(|.+[-_.])(train|t10k|test|val|valid|validation)[-_.](images|labels)[-_.]idx[13]-ubyte(\.gz)?$/i;
