/** A notebook's code cells as one text: what one cell defines, the next ones use. */
export interface NotebookSource {
  readonly text: string;
  /** Of each cell in turn, the 0-based line of the text that it begins in. */
  readonly starts: readonly number[];
}

/**
 * Joins code cells in the notebook's order. Lines that are IPython's, not Python's (`%matplotlib inline`, `!pip …`,
 * `?help`, cells of another language below `%%bash`) are blanked with equal length: every place stays where it is.
 */
export function notebookSource(cells: readonly string[]): NotebookSource {
  const starts: number[] = [];
  const lines: string[] = [];
  for (const cell of cells) {
    starts.push(lines.length);
    lines.push(...blankMagics(cell));
  }
  return { text: lines.join('\n'), starts };
}

function blankMagics(cell: string): string[] {
  const lines = cell.split(/\r\n|\r|\n/);
  const first = lines.findIndex((line) => line.trim() !== '');
  const magic = /^\s*%%(\w*)/.exec(lines[first] ?? '')?.[1];
  // The body of %%time and its like is Python; that of %%bash, %%html or %%writefile is not.
  if (magic !== undefined && !pythonCellMagics.has(magic)) return lines.map(blank);
  let continues = false;
  let depth = 0;
  return lines.map((line) => {
    // Inside of brackets a line goes on with Python: `% 3` is an operator there.
    const isMagic = depth === 0 && (continues || /^\s*(%|!|\?)/.test(line) || /^\s*[\w.]+\?{1,2}\s*$/.test(line));
    const assigned = /^(\s*[\w, ]+=\s*)[!%]/.exec(line);
    continues = isMagic && /\\\s*$/.test(line);
    if (isMagic) return blank(line);
    depth = Math.max(0, depth + openedIn(line));
    // `files = !ls`: a value that is not known, of a name that is.
    return assigned ? `${assigned[1] ?? ''}...`.slice(0, line.length).padEnd(line.length) : line;
  });
}

const pythonCellMagics = new Set(['time', 'timeit', 'capture', 'prun', 'python', 'python3', 'pypy']);

/** Brackets that a line opens, less those that it closes; strings and comments left out. */
function openedIn(line: string): number {
  const code = line.replace(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/g, '').replace(/#.*/, '');
  return (code.match(/[([{]/g) ?? []).length - (code.match(/[)\]}]/g) ?? []).length;
}

function blank(line: string): string {
  return ' '.repeat(line.length);
}

/** The cell and its 0-based line that a 0-based line of the text stands in. */
export function cellAt(
  { starts }: Pick<NotebookSource, 'starts'>,
  line: number,
): { readonly cell: number; readonly line: number } {
  let cell = 0;
  while ((starts[cell + 1] ?? Infinity) <= line) cell++;
  return { cell, line: line - (starts[cell] ?? 0) };
}
