import type { ShownRow } from './shown-rows';

export type TreeAction =
  | { readonly kind: 'move'; readonly to: number }
  | { readonly kind: 'open'; readonly keys: readonly string[]; readonly open: boolean }
  | { readonly kind: 'reveal' };

/**
 * What a key does in the tree, after the ARIA patterns of tree grids: arrows up and down, right opens and then goes in,
 * left closes and then goes out, '*' opens all rows beside this one. `at`: the active row, −1 where there is none.
 */
export function treeKey(key: string, rows: readonly ShownRow[], at: number, page: number): TreeAction | undefined {
  const last = rows.length - 1;
  const current = rows[at];
  const move = (to: number): TreeAction => ({ kind: 'move', to: Math.max(0, Math.min(last, to)) });
  switch (key) {
    case 'ArrowDown':
      return move(at + 1);
    case 'ArrowUp':
      return move(current ? at - 1 : 0);
    case 'PageDown':
      return move(at + page);
    case 'PageUp':
      return move(at - page);
    case 'Home':
      return move(0);
    case 'End':
      return move(last);
    case 'ArrowRight':
      if (current?.isOpen === undefined) return undefined;
      return current.isOpen ? move(at + 1) : { kind: 'open', keys: [current.key], open: true };
    case 'ArrowLeft':
      if (!current) return undefined;
      if (current.isOpen) return { kind: 'open', keys: [current.key], open: false };
      return move(parentOf(rows, at));
    case '*':
      return current && { kind: 'open', keys: siblings(rows, current).map((row) => row.key), open: true };
    case 'Enter':
      return current && { kind: 'reveal' };
    default:
      return undefined;
  }
}

function parentOf(rows: readonly ShownRow[], at: number): number {
  const parent = rows[at]?.row.parent;
  const found = rows.findIndex(({ row }) => row.index === parent);
  return found < 0 ? at : found;
}

function siblings(rows: readonly ShownRow[], { row }: ShownRow): ShownRow[] {
  return rows.filter((each) => each.row.parent === row.parent && each.isOpen !== undefined);
}
