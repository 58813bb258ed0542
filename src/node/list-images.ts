import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { UserError } from '../core/errors';
import { FolderTree } from './data/folder-tree';
import { imagesBelow } from './data/list-image-folder';

/** Files as they are, and the image files of folders and of all folders in them, by their names. @throws UserError */
export async function listImages(paths: readonly string[]): Promise<readonly string[]> {
  const files: string[] = [];
  for (const path of paths) {
    const found = await stat(path).catch(() => undefined);
    if (!found?.isDirectory()) {
      // What is not there is told of with what can't be read.
      files.push(path);
      continue;
    }
    const inside = await imagesBelow(new FolderTree(resolve(path)), '');
    if (inside.length === 0) throw new UserError(`There are no images in ${path}.`);
    files.push(...inside.map((file) => join(path, file)).sort());
  }
  return files;
}
