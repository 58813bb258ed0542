import { UserError } from '../errors';
import type { ImageSplit } from './dataset';
import type { SplitConfig } from './split-config';

/**
 * The images that belong together, as lists of their indices, in the order of their first ones.
 * @throws UserError where nothing says which belong together, or the pattern does not fit all names.
 */
export function imageGroups(split: ImageSplit, { groupPattern }: SplitConfig): readonly Int32Array[] {
  const nameOf = groupPattern === null ? numberedGroup(split) : namedGroup(split, groupPattern);
  const members = new Map<string | number, number[]>();
  for (let index = 0; index < split.count; index++) {
    const name = nameOf(index);
    const list = members.get(name);
    if (list) list.push(index);
    else members.set(name, [index]);
  }
  return [...members.values()].map((list) => Int32Array.from(list));
}

function numberedGroup({ groups }: ImageSplit): (index: number) => number {
  if (groups) return (index) => groups[index] ?? 0;
  throw new UserError(
    'The data set does not say which of its images belong together.',
    'Give a pattern that finds the name of the group in the names of the images, such as ^(patient\\d+)_.',
  );
}

function namedGroup({ keys, count }: ImageSplit, pattern: string): (index: number) => string {
  if (!keys) {
    throw new UserError(
      'The images of this data set have no names that could be grouped by a pattern.',
      'Split them by class or at random.',
    );
  }
  const expression = new RegExp(pattern, 'u');
  const names = keys.map((key) => {
    const match = expression.exec(key);
    return match?.slice(1).find((text) => text !== undefined) ?? match?.[0];
  });
  const missed = names.flatMap((name, index) => (name === undefined ? [index] : []));
  const [first] = missed;
  if (first !== undefined) {
    throw new UserError(
      `The group pattern ${pattern} does not fit ${missed.length} of ${count} image names, such as ${keys[first] ?? ''}.`,
      'It is looked for in the path from the data set’s folder, with / between folders.',
    );
  }
  return (index) => names[index] ?? '';
}
