import { multiplyDims, type Dim } from '../graph/dim';
import { arrangeRows, type Sort } from './arrange-rows';
import { formatBytes, formatCount, formatFieldSize, formatQuantity } from './format-quantity';
import { formatSizes } from './format-value-shape';
import {
  cellNumber,
  cellText,
  columnTitles,
  fullPath,
  isNumeric,
  parametersOf,
  type SummaryColumn,
} from './summary-columns';
import type { SummaryRow, SummaryTable } from './summary-table';

export interface TextOptions {
  /** Rows below this depth are left out; the model itself is depth 0. */
  readonly depth?: number;
  /** Also what functions compute. */
  readonly functions?: boolean;
  /** A list of the model's parts in this order, not the tree. */
  readonly sort?: Sort;
  /** Images in a batch, for the memory of all activations. */
  readonly batchSize: number;
}

/** The summary for a terminal: a tree with aligned columns, the totals at the end. */
export function summaryText(table: SummaryTable, options: TextOptions): string[] {
  const { rows, flat } = chosenRows(table, options);
  const branches = flat ? rows.map(() => '') : treeBranches(rows);
  const columns: readonly SummaryColumn[] = [
    'module',
    'type',
    'output',
    'parameters',
    'flops',
    'memory',
    'receptiveField',
  ];
  const cells = rows.map((row, index) =>
    columns.map((column) => {
      const text = cellText(column, row, table.framework, flat);
      return column === 'module' ? `${branches[index] ?? ''}${text}` : text;
    }),
  );
  const { framework, input } = table;
  return [
    `${table.target}  input ${formatSizes(input.shape, framework)}`,
    '',
    ...align(columns, cells),
    '',
    ...totalsLines(table, options.batchSize),
    ...noteLines(table),
  ];
}

/** The summary as a Markdown table, its tree by indentation, with the totals under it. */
export function summaryMarkdown(table: SummaryTable, options: TextOptions): string {
  const { rows, flat } = chosenRows(table, options);
  const columns: readonly SummaryColumn[] = [
    'module',
    'type',
    'input',
    'output',
    'parameters',
    'flops',
    'memory',
    'receptiveField',
  ];
  const cell = (text: string) => ` ${text.replaceAll('|', '\\|').replaceAll('\n', ' ')} `;
  const line = (texts: readonly string[]) => `|${texts.map(cell).join('|')}|`;
  const module = (row: SummaryRow) => {
    const text = `\`${cellText('module', row, table.framework, flat)}\``;
    return flat ? text : `${'&nbsp;&nbsp;'.repeat(row.depth)}${text}`;
  };
  return [
    `**${table.target}**, input ${formatSizes(table.input.shape, table.framework)}`,
    '',
    line(columns.map((column) => columnTitles[column])),
    `|${columns.map((column) => (isNumeric(column) ? ' ---: ' : ' --- ')).join('|')}|`,
    ...rows.map((row) =>
      line(columns.map((column) => (column === 'module' ? module(row) : cellText(column, row, table.framework, flat)))),
    ),
    '',
    ...totalsLines(table, options.batchSize).map((text) => `- ${text.replace(/ {2,}/, ': ')}`),
    ...noteLines(table)
      .filter((text) => text !== '')
      .map((text) => `- ${text}`),
    '',
  ].join('\n');
}

/** The same rows for a spreadsheet: numbers as they are (RFC 4180 quoting, `\n` line breaks); paths are whole. */
export function summaryCsv(table: SummaryTable, options: TextOptions): string {
  const { rows, flat } = chosenRows(table, options);
  const lines = rows.map((row) => {
    const { trained, frozen } = parametersOf(row, flat);
    const field = row.receptiveField;
    return [
      fullPath(row),
      row.depth,
      row.name,
      cellText('input', row, table.framework, flat),
      cellText('output', row, table.framework, flat),
      trained,
      frozen,
      row.shared ? 1 : 0,
      (flat && !row.leaf ? undefined : row.flops) ?? '',
      cellNumber('memory', row, flat) ?? '',
      field ? (field.kind === 'global' ? 'global' : field.size.join('x')) : '',
      field?.kind === 'window' ? field.jump.join('x') : '',
      row.source?.file ?? '',
      row.source?.startLine ?? '',
    ];
  });
  return `${[csvHeader, ...lines].map((cells) => cells.map(csvCell).join(',')).join('\n')}\n`;
}

const csvHeader = [
  'path',
  'depth',
  'type',
  'input',
  'output',
  'parameters',
  'frozen_parameters',
  'shared',
  'flops',
  'activation_bytes',
  'receptive_field',
  'jump',
  'file',
  'line',
];

function csvCell(cell: Dim): string {
  const text = String(cell);
  return /[",\n\r]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}

/** Label, two or more spaces, value: what holds for the whole model. */
export function totalsLines({ totals }: SummaryTable, batchSize: number): string[] {
  const { parameters, frozenParameters, stateBytes, flops, activationBytes, receptiveField } = totals;
  const frozen = frozenParameters === 0 ? '' : `, and ${formatCount(frozenParameters)} frozen`;
  const batch =
    batchSize === 1 || activationBytes === undefined
      ? ''
      : `, ${formatBytes(multiplyDims(activationBytes, batchSize))} for a batch of ${batchSize}`;
  return [
    `Parameters       ${formatCount(parameters)}${frozen} (${formatBytes(stateBytes)} with buffers)`,
    `FLOPs            ${flops === undefined ? 'not known' : `${formatQuantity(flops)} an image (a multiply-add is 2)`}`,
    `Activations      ${activationBytes === undefined ? 'not known' : `${formatBytes(activationBytes)} an image${batch}`}`,
    ...(receptiveField
      ? [`Receptive field  ${formatFieldSize(receptiveField)} at the end of the convolutional part`]
      : []),
  ];
}

function noteLines({ problems, unknowns }: SummaryTable): string[] {
  const lines = [
    ...problems.map(({ range, message }) => `line ${range.startLine}: ${message}`),
    ...unknowns.map(({ range, reason }) => `line ${range.startLine}: not known: ${reason}`),
  ];
  return lines.length > 0 ? ['', ...lines] : [];
}

function chosenRows(
  table: SummaryTable,
  options: TextOptions,
): { readonly rows: readonly SummaryRow[]; readonly flat: boolean } {
  const { depth = Infinity, functions = false, sort } = options;
  if (sort) return { rows: arrangeRows(table, { kind: 'list', sort }, functions), flat: true };
  const isOpen = (row: SummaryRow) => row.depth < depth;
  return { rows: arrangeRows(table, { kind: 'tree', isOpen }, functions), flat: false };
}

/** `├─ `, `│  └─ `: what stands before a row's name. The model's own row has none. */
export function treeBranches(rows: readonly SummaryRow[]): string[] {
  const shown = new Set(rows.map(({ index }) => index));
  const lastChild = new Map<number, number>();
  for (const { parent, index } of rows) if (parent !== undefined && shown.has(parent)) lastChild.set(parent, index);
  const byIndex = new Map(rows.map((row) => [row.index, row]));
  return rows.map((row) => {
    let branch = '';
    for (let at: SummaryRow | undefined = row; at?.parent !== undefined; at = byIndex.get(at.parent)) {
      const isLast = lastChild.get(at.parent) === at.index;
      branch = (at === row ? (isLast ? '└─ ' : '├─ ') : isLast ? '   ' : '│  ') + branch;
    }
    return branch;
  });
}

/** Columns two spaces apart, with a line under the titles. */
function align(columns: readonly SummaryColumn[], rows: readonly (readonly string[])[]): string[] {
  const widths = columns.map((column, index) =>
    Math.max(columnTitles[column].length, ...rows.map((cells) => cells[index]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    columns
      .map((column, index) => {
        const [cell, width] = [cells[index] ?? '', widths[index] ?? 0];
        return isNumeric(column) ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return [
    line(columns.map((column) => columnTitles[column])),
    line(widths.map((width) => '─'.repeat(width))),
    ...rows.map(line),
  ];
}
