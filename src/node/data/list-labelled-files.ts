import type { SplitName } from '../../core/data/dataset';
import { UserError } from '../../core/errors';
import { ClassNames } from './class-names';
import { fileItems } from './file-items';
import type { FileTree } from './file-tree';
import type { ItemListing } from './item-listing';
import { ItemTableBuilder } from './item-table-builder';
import { imagesBelow } from './list-image-folder';
import type { ListOptions } from './open-listing';
import type { PathAnswer } from './path-rules';
import { SkippedList } from './skipped-list';

export interface LabelledFiles {
  /** In the tree: images below it are taken. */
  readonly root: string;
  readonly labelOf: (file: string) => PathAnswer;
  readonly splitOf: (file: string) => SplitName | { readonly refused: string };
  readonly groupOf?: ((file: string) => string) | undefined;
  readonly classes?: readonly string[] | undefined;
}

/** Images whose paths tell their classes by a rule. @throws UserError where there are none. */
export async function listLabelledFiles(
  tree: FileTree,
  { root, labelOf, splitOf, groupOf, classes: wanted }: LabelledFiles,
  { signal, onProgress }: ListOptions,
): Promise<Omit<ItemListing, 'name' | 'path'>> {
  const builder = new ItemTableBuilder();
  const names = new ClassNames();
  const skipped = new SkippedList(tree.describe(root));
  for (const file of await imagesBelow(tree, root, signal)) {
    const split = splitOf(file);
    const label = labelOf(file);
    if (typeof split !== 'string') skipped.add(tree.describe(file), split.refused);
    else if ('refused' in label) skipped.add(tree.describe(file), label.refused);
    else builder.add(file, split, names.number(label.is), groupOf?.(file));
  }
  onProgress?.(builder.count);
  const left = skipped.finish();
  if (builder.count === 0) {
    const [first] = left;
    throw new UserError(
      `${tree.describe(root)} has no image that the rules of dataset.json give a class${first ? `: ${first.path} ${first.reason}` : ''}.`,
      'Check path, labels and splits in it.',
    );
  }
  const { classes, relabel } = names.finish(wanted, tree.describe(root));
  return {
    format: 'labelled-files',
    container: tree.container,
    task: 'multi-class',
    classes,
    skipped: [...left, ...tree.skipped],
    ...fileItems(tree, classes, builder.finish({ classCount: classes.length, multiLabel: false, relabel })),
  };
}
