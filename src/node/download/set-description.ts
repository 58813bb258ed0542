import type { DatasetFile } from '../../core/data/dataset-file';
import type { TeachingSet } from '../../core/data/teaching-sets';
import { assertNever } from '../../core/errors';

/** What goes into the set's dataset.json: what its files do not say themselves. */
export function setDescription({ title, layout }: TeachingSet): DatasetFile {
  switch (layout.kind) {
    case 'idx':
    case 'emnist':
      return { kind: 'idx', name: title, classes: [...layout.classes] };
    case 'cifar':
      return { kind: 'cifar', name: title };
    case 'class-folders':
      return {
        kind: 'images',
        name: title,
        labels: { from: 'folder' },
        splits: { from: 'folders', train: 'train', val: 'val' },
        inputSize: photographSize,
      };
    case 'oxford-pets':
      // The column `species` tells cats from dogs only.
      return {
        kind: 'table',
        name: title,
        table: 'labels.csv',
        header: true,
        columns: { file: 'file', labels: 'breed' },
        splits: { from: 'column', column: 'split' },
        inputSize: photographSize,
      };
    default:
      return assertNever(layout);
  }
}

/** Photographs are of many sizes. All of a set are kept in memory: at this one they take some hundred megabytes. */
const photographSize = { height: 128, width: 128 };

/** What goes beside the images: where they come from, and what is to be cited. The same for the same files. */
export function setNote({ title, about, counts, homepage, license, citation, files }: TeachingSet): string {
  const images = Object.entries(counts).map(([split, count]) => `${count.toLocaleString('en-US')} ${split}`);
  return [
    `${title}: ${about}`,
    `Images: ${images.join(', ')}`,
    `Home: ${homepage}`,
    `License: ${license}`,
    `To cite: ${citation}`,
    '',
    'Made by CNN Lab from these files:',
    ...files.map(({ name, bytes, checksum }) => `${name}  ${bytes} bytes  ${checksum.algorithm} ${checksum.value}`),
    '',
  ].join('\n');
}
