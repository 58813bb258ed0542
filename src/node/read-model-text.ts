import { readFileSync } from 'node:fs';
import { notebookSource } from '../core/analysis/notebook-source';
import { UserError } from '../core/errors';
import { isObject } from '../core/is-object';

/** The code of a file; of a notebook (`.ipynb`) its code cells, one after the other. Throws a UserError. */
export function readModelText(file: string): string {
  const text = readFileSync(file, 'utf8');
  return file.toLowerCase().endsWith('.ipynb') ? notebookSource(codeCells(file, text)).text : text;
}

/** Source: nbformat 4, https://nbformat.readthedocs.io/en/latest/format_description.html */
function codeCells(file: string, text: string): string[] {
  const notebook = parseJson(text);
  const cells = isObject(notebook) && Array.isArray(notebook.cells) ? (notebook.cells as unknown[]) : undefined;
  if (!cells)
    throw new UserError(`${file} is not a notebook.`, 'A notebook is JSON with a list of cells (nbformat 4).');
  return cells.flatMap((cell) => {
    if (!isObject(cell) || cell.cell_type !== 'code') return [];
    const { source } = cell;
    return [Array.isArray(source) ? source.join('') : typeof source === 'string' ? source : ''];
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Told as what it is: no notebook.
  }
}
