/** Columns of a register tile. */
export const TILE_COLUMNS = 8;
/** Bytes that the kernels write beyond the end of a packed block or slab. */
export const SPILL_BYTES = 256;

/** How rows are cut into panels of 6 and 4: the same as `kernels/panels.ts`. */
export function panelsOf(rows: number): { readonly panels: number; readonly paddedRows: number } {
  const rest = rows % 6;
  let sixes = Math.floor(rows / 6);
  if (rest === 5) sixes++;
  else if (rest === 2 && sixes > 0) sixes--;
  const fours = Math.ceil(Math.max(rows - 6 * sixes, 0) / 4);
  return { panels: sixes + fours, paddedRows: 6 * sixes + 4 * fours };
}

/**
 * Panels of a unit of work whose rows are transformed four at a time: pairs have 12, 10 or 8 rows; single panels of 6 cost
 * more, and are taken where pairs would leave some threads with less to do than others.
 */
export function panelsOfUnit(panels: number, threads: number): 1 | 2 {
  const pairs = 2 * Math.ceil(Math.ceil(panels / 2) / threads);
  return pairs <= SINGLE_COST * Math.ceil(panels / threads) ? 2 : 1;
}

const SINGLE_COST = 1.15;

/**
 * Into how many parts to cut the rows, so that the busiest part has least to do; the other factor of `threads` cuts the columns.
 * Parts that share columns each pack them again, which costs about as much as one panel.
 */
export function chooseRowParts(panels: number, tiles: number, threads: number): number {
  let best = 1;
  let bestCost = Number.POSITIVE_INFINITY;
  for (let rowParts = 1; rowParts <= threads; rowParts++) {
    const columnParts = Math.floor(threads / rowParts);
    const cost = (Math.ceil(panels / rowParts) + 1) * Math.ceil(tiles / columnParts);
    if (cost < bestCost) {
      best = rowParts;
      bestCost = cost;
    }
  }
  return best;
}

/** Cuts `total` into equal blocks of at most `most`. */
export function evenBlock(total: number, most: number): number {
  return Math.ceil(total / Math.max(1, Math.ceil(total / Math.max(1, most))));
}
