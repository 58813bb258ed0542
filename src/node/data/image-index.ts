import type { FileTree } from './file-tree';
import { imagesBelow } from './list-image-folder';
import { trimmed } from './path-rules';
import { folderOf, inFolder, nameOf, stemOf } from './tree-paths';

/**
 * Finds the images of a folder by what tables call them: with folders or without, with ending or without. Where a bare name
 * stands for two files, it finds none.
 */
export class ImageIndex {
  private readonly exact: ReadonlySet<string>;
  private loose: Map<string, string | undefined> | undefined;

  private constructor(
    private readonly root: string,
    private readonly extension: string | undefined,
    files: readonly string[],
  ) {
    this.exact = new Set(files);
  }

  static async of(
    tree: FileTree,
    root: string,
    extension: string | undefined,
    signal?: AbortSignal,
  ): Promise<ImageIndex> {
    return new ImageIndex(root, extension, await imagesBelow(tree, root, signal));
  }

  /** Its path in the tree. */
  find(called: string): string | undefined {
    const name = trimmed(called) + (this.extension ?? '');
    if (name === '') return undefined;
    const place = inFolder(this.root, name);
    if (this.exact.has(place)) return place;
    return this.looseNames().get(name);
  }

  /** Made when the first name is not that of a file: it takes time and room. */
  private looseNames(): Map<string, string | undefined> {
    if (this.loose) return this.loose;
    const loose = new Map<string, string | undefined>();
    for (const file of this.exact) {
      const below = this.root === '' ? file : file.slice(this.root.length + 1);
      const folder = folderOf(below);
      for (const name of new Set([inFolder(folder, stemOf(below)), nameOf(below), stemOf(below)])) {
        loose.set(name, loose.has(name) && loose.get(name) !== file ? undefined : file);
      }
    }
    return (this.loose = loose);
  }
}
