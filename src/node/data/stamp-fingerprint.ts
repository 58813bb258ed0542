import { createHash } from 'node:crypto';
import type { FileTree } from './file-tree';

/** SHA-256 (hex) over names, sizes and times of files, and over what else the data set's contents depend on. */
export async function stampFingerprint(
  tree: FileTree,
  files: readonly string[],
  settings: readonly unknown[],
): Promise<string> {
  const { sizes, modified } = await tree.stamp(files.length, (index) => files[index] ?? '');
  const stamps = files.map((file, index) => [file, sizes[index], modified[index]]);
  return createHash('sha256')
    .update(JSON.stringify([settings, stamps]))
    .digest('hex');
}
