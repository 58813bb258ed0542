/**
 * How M rows are cut into panels of 6 and then of 4 rows, with as few rows of padding as can be: a panel of 4 costs 4
 * rows of work where one of 6 costs 6.
 */
export function sixesOf(rows: i32): i32 {
  const sixes = rows / 6;
  const rest = rows - sixes * 6;
  if (rest == 5) return sixes + 1;
  return rest == 2 && sixes > 0 ? sixes - 1 : sixes;
}

export function panelsOf(rows: i32): i32 {
  const sixes = sixesOf(rows);
  return sixes + (max(rows - sixes * 6, 0) + 3) / 4;
}

/** First row of a panel; for `panel` = the number of panels: all rows with padding. */
export function panelRow(panel: i32, sixes: i32): i32 {
  return panel < sixes ? panel * 6 : sixes * 6 + (panel - sixes) * 4;
}

export function panelHeight(panel: i32, sixes: i32): i32 {
  return panel < sixes ? 6 : 4;
}

/** Rows with padding. */
export function paddedRows(rows: i32): i32 {
  return panelRow(panelsOf(rows), sixesOf(rows));
}
