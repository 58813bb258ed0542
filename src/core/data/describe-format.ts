import type { DatasetContainer, DatasetFormat } from './dataset';

/** How a data set is kept, for people: `image folder`, `zip of IDX files`. */
export function describeFormat({
  format,
  container = 'folder',
}: {
  readonly format: DatasetFormat;
  readonly container?: DatasetContainer;
}): string {
  const { alone, contents } = words[format];
  return container === 'folder' ? alone : `${container} of ${contents}`;
}

const words: Readonly<Record<DatasetFormat, { readonly alone: string; readonly contents: string }>> = {
  idx: { alone: 'IDX files (as MNIST)', contents: 'IDX files' },
  'image-folder': { alone: 'image folder', contents: 'images' },
  table: { alone: 'images with a table of labels', contents: 'images with a table of labels' },
  'labelled-files': { alone: 'images labelled by dataset.json', contents: 'images labelled by dataset.json' },
  cifar: { alone: 'CIFAR binary', contents: 'CIFAR binary files' },
  npy: { alone: 'NumPy arrays', contents: 'NumPy arrays' },
  parquet: { alone: 'Parquet', contents: 'Parquet files' },
};
