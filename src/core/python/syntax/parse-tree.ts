import { TreeFragment, type Tree } from '@lezer/common';
import { parser } from '@lezer/python';

/** Trees without errors of texts that were parsed lately, newest last: while one types, a text differs little from the one before. */
const recent: { readonly text: string; readonly tree: Tree }[] = [];
const maxRecent = 6;

/** Lezer's tree of a text. What did not change since a text that was parsed lately is not parsed again. */
export function parseTree(text: string): Tree {
  const change = nearestChange(text);
  const reused = change && parser.parse(text, fragmentsOf(change));
  // What is made of a mistake depends on where parsing began: then all is parsed.
  const tree = reused && !hasErrors(reused) ? reused : parser.parse(text);
  if (tree === reused || !hasErrors(tree)) {
    if (recent.length >= maxRecent) recent.shift();
    recent.push({ text, tree });
  }
  return tree;
}

function hasErrors(tree: Tree): boolean {
  const cursor = tree.cursor();
  do {
    if (cursor.type.isError) return true;
  } while (cursor.next());
  return false;
}

interface Change {
  readonly tree: Tree;
  /** Characters that are the same at the beginning and at the end. */
  readonly before: number;
  readonly after: number;
  readonly oldLength: number;
  readonly newLength: number;
}

/** From the text that has most in common; undefined where all are others. */
function nearestChange(text: string): Change | undefined {
  let nearest: Change | undefined;
  for (const { text: old, tree } of recent) {
    const most = Math.min(old.length, text.length);
    let before = 0;
    while (before < most && old.charCodeAt(before) === text.charCodeAt(before)) before++;
    let after = 0;
    while (
      after < most - before &&
      old.charCodeAt(old.length - 1 - after) === text.charCodeAt(text.length - 1 - after)
    ) {
      after++;
    }
    const isNearer = !nearest || before + after > nearest.before + nearest.after;
    if (isNearer && before + after > text.length / 2) {
      nearest = { tree, before, after, oldLength: old.length, newLength: text.length };
    }
  }
  return nearest;
}

function fragmentsOf({ tree, before, after, oldLength, newLength }: Change): readonly TreeFragment[] {
  const change = { fromA: before, toA: oldLength - after, fromB: before, toB: newLength - after };
  return TreeFragment.applyChanges(TreeFragment.addTree(tree), [change]);
}
