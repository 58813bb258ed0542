import { isImageFileName } from '../../core/data/image-file-name';
import { fileItems } from './file-items';
import type { FileTree } from './file-tree';
import { compareText } from './folder-entries';
import type { ImageFolderSource } from './image-folders';
import type { ItemListing } from './item-listing';
import { ItemTableBuilder } from './item-table-builder';
import type { ListOptions } from './open-listing';

/**
 * The images of a folder for each class, in the order of their paths. One class after the other is read and sorted, so that no
 * more than the names of one are in memory as texts.
 */
export async function listImageFolder(
  tree: FileTree,
  source: ImageFolderSource,
  { signal, onProgress }: ListOptions,
): Promise<Omit<ItemListing, 'name' | 'path'>> {
  const builder = new ItemTableBuilder();
  for (const split of source.splits) {
    // Paths of different folders compare as their folders do, with the '/' that ends them.
    const folders = [...split.classFolders].sort((a, b) => compareText(`${a.path}/`, `${b.path}/`));
    for (const { path: folder, label } of folders) {
      const files = await imagesBelow(tree, folder, signal);
      for (const file of files) builder.add(file, split.name, label);
      onProgress?.(builder.count);
    }
  }
  const { classes } = source;
  return {
    format: 'image-folder',
    container: tree.container,
    task: 'multi-class',
    classes,
    skipped: [...source.skipped, ...tree.skipped],
    ...fileItems(tree, classes, builder.finish({ classCount: classes.length, multiLabel: false })),
  };
}

/** Paths of the image files below a folder, sorted. */
export async function imagesBelow(tree: FileTree, folder: string, signal?: AbortSignal): Promise<string[]> {
  const files: string[] = [];
  await tree.walk(
    folder,
    (file) => {
      if (isImageFileName(file)) files.push(file);
      return true;
    },
    signal,
  );
  return files.sort(compareText);
}
