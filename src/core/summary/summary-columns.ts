import { assertNever } from '../errors';
import { addDims, type Dim } from '../graph/dim';
import type { LocalField, ReceptiveField } from '../graph/receptive-field';
import { formatBytes, formatCount, formatQuantity } from '../analysis/format-quantity';
import { formatValueShape } from '../analysis/format-value-shape';
import type { Framework } from '../analysis/model-analysis';
import type { SummaryRow, SummaryTable } from './summary-table';

export type SummaryColumn =
  'module' | 'type' | 'input' | 'output' | 'parameters' | 'flops' | 'memory' | 'receptiveField' | 'source';

/** In the order in which they are shown. */
export const summaryColumns: readonly SummaryColumn[] = [
  'module',
  'type',
  'input',
  'output',
  'parameters',
  'flops',
  'memory',
  'receptiveField',
  'source',
];

export const columnTitles: Readonly<Record<SummaryColumn, string>> = {
  module: 'Module',
  type: 'Type',
  input: 'Input',
  output: 'Output',
  parameters: 'Parameters',
  flops: 'FLOPs',
  memory: 'Memory',
  receptiveField: 'Receptive field',
  source: 'Source',
};

/** Columns of numbers, which stand to the right. */
export function isNumeric(column: SummaryColumn): boolean {
  return column === 'parameters' || column === 'flops' || column === 'memory' || column === 'receptiveField';
}

/** A cell's text. `flat`: the row stands in a list of parts, not in the tree: it has its whole path and only what is its own. */
export function cellText(column: SummaryColumn, row: SummaryRow, framework: Framework, flat: boolean): string {
  switch (column) {
    case 'module':
      return flat ? fullPath(row) : row.label;
    case 'type':
      return row.kind === 'function' ? '' : row.name;
    case 'input':
      return row.inputs.map((input) => formatValueShape(input, framework)).join(', ');
    case 'output':
      if (!row.output) return 'not called';
      return row.output.kind === 'unknown' && row.note?.kind === 'problem'
        ? 'refused'
        : formatValueShape(row.output, framework);
    case 'parameters':
      return parametersText(row, flat);
    case 'flops': {
      const flops = flopsOf(row, flat);
      return flops === undefined || flops === 0 ? '' : formatQuantity(flops);
    }
    case 'memory': {
      const bytes = memoryOf(row);
      return bytes === undefined || bytes === 0 ? '' : formatBytes(bytes);
    }
    case 'receptiveField':
      return row.receptiveField ? fieldText(row.receptiveField) : '';
    case 'source':
      return row.source ? `${baseName(row.source.file)}:${row.source.startLine}` : '';
    default:
      return assertNever(column);
  }
}

/** What a column is sorted by, and what its bars show a share of; undefined: nothing or not a number. */
export function cellNumber(column: SummaryColumn, row: SummaryRow, flat: boolean): number | undefined {
  const value = cellValue(column, row, flat);
  return typeof value === 'number' ? value : undefined;
}

/** What a column's numbers are shares of. */
export function columnTotal(column: SummaryColumn, { totals }: SummaryTable): number | undefined {
  const total: Dim | undefined =
    column === 'parameters'
      ? addDims(totals.parameters, totals.frozenParameters)
      : column === 'flops'
        ? totals.flops
        : column === 'memory'
          ? totals.activationBytes
          : undefined;
  return typeof total === 'number' && total > 0 ? total : undefined;
}

/** Parameters of a row that are counted there: trained and frozen; in a flat list only its own. */
export function parametersOf(row: SummaryRow, flat: boolean): { readonly trained: Dim; readonly frozen: Dim } {
  if (!flat || row.leaf) return { trained: row.parameters, frozen: row.frozenParameters };
  return { trained: row.ownParameters, frozen: row.ownFrozen };
}

/** `layer1.0.conv1`; a function's name behind that of the module in which it stands. */
export function fullPath(row: SummaryRow): string {
  if (row.kind === 'module') return row.path === '' ? row.label : row.path;
  return row.path === '' ? row.label : `${row.path}: ${row.label}`;
}

/** `435×435`; `whole input` */
export function fieldText(field: ReceptiveField): string {
  return field.kind === 'global' ? 'whole input' : field.size.join('×');
}

/** One sentence with all that is known of a field. */
export function fieldDetail(field: ReceptiveField): string {
  if (field.kind === 'window') return `${windowDetail(field)}.`;
  if (!field.local) return 'Every element sees the whole input.';
  return `Every element sees the whole input; without the paths that see everything ${windowDetail(field.local)}.`;
}

function windowDetail({ size, smallest, jump, start }: LocalField): string {
  const paths = smallest ? ` (its smallest path ${smallest.join('×')})` : '';
  return `${size.join('×')} pixels${paths}, neighbours ${same(jump)} pixels apart, the first from pixel ${same(start)} on`;
}

function same(values: readonly number[]): string {
  const texts = values.map((value) => String(Number(value.toFixed(2))).replace('-', '−'));
  return new Set(texts).size === 1 ? (texts[0] ?? '') : texts.join('×');
}

function cellValue(column: SummaryColumn, row: SummaryRow, flat: boolean): Dim | undefined {
  switch (column) {
    case 'parameters': {
      const { trained, frozen } = parametersOf(row, flat);
      return addDims(trained, frozen);
    }
    case 'flops':
      return flopsOf(row, flat);
    case 'memory':
      return memoryOf(row);
    case 'receptiveField': {
      const field = row.receptiveField;
      if (!field) return undefined;
      return field.kind === 'global' ? Infinity : field.size.reduce((area, size) => area * size, 1);
    }
    case 'source':
      return row.source?.startLine;
    case 'module':
    case 'type':
    case 'input':
    case 'output':
      return undefined;
    default:
      return assertNever(column);
  }
}

function parametersText(row: SummaryRow, flat: boolean): string {
  if (row.shared) return 'shared';
  const { trained, frozen } = parametersOf(row, flat);
  if (frozen === 0) return trained === 0 ? '' : formatCount(trained);
  return trained === 0 ? `${formatCount(frozen)} frozen` : `${formatCount(trained)} + ${formatCount(frozen)} frozen`;
}

/** In a list of parts a module that holds others has none: theirs stand there. */
function flopsOf(row: SummaryRow, flat: boolean): Dim | undefined {
  return flat && !row.leaf ? undefined : row.flops;
}

/** Of a module that holds others it is the memory of its last part, which is told there. */
function memoryOf(row: SummaryRow): Dim | undefined {
  return row.leaf ? row.activationBytes : undefined;
}

function baseName(file: string): string {
  return file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
}
