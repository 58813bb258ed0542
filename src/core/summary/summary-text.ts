import { multiplyDims, type Dim } from '../graph/dim';
import { formatBytes, formatCount, formatFieldSize, formatQuantity } from '../analysis/format-quantity';
import { formatSizes } from '../analysis/format-value-shape';
import { csvCell } from '../formats/csv-cell';
import {
  cellText,
  columnTitles,
  fullPath,
  isNumeric,
  parametersOf,
  summaryColumns,
  type SummaryColumn,
} from './summary-columns';
import type { SummaryRow, SummaryTable } from './summary-table';
import { totalTrainingBytes, type TrainingMemory } from './training-memory';

/** Rows in the order in which they are shown. */
export interface ShownRows {
  readonly rows: readonly SummaryRow[];
  /** A list of the model's parts, each with its whole path; not the tree. */
  readonly flat: boolean;
}

/** The summary for a terminal: a tree with aligned columns, the totals at the end. `batchSize`: for the memory. */
export function summaryText(
  table: SummaryTable,
  { rows, flat }: ShownRows,
  batchSize: number,
  training?: TrainingMemory,
): string[] {
  const branches = flat ? rows.map(() => '') : treeBranches(rows);
  const columns = textColumns.filter((column) => column !== 'input');
  const cells = rows.map((row, index) =>
    columns.map((column) => {
      const text = cellText(column, row, table.framework, flat);
      return column === 'module' ? `${branches[index] ?? ''}${text}` : text;
    }),
  );
  return [
    `${table.target}  input ${formatSizes(table.input.shape, table.framework)}`,
    '',
    ...align(columns, cells),
    '',
    ...totalsLines(table, batchSize, training).map(
      ([label, value]) => `${label.padEnd('Receptive field'.length)}  ${value}`,
    ),
    ...separated(noteLines(table)),
  ];
}

/** The summary as a Markdown table, its tree by indentation, with the totals under it. */
export function summaryMarkdown(
  table: SummaryTable,
  { rows, flat }: ShownRows,
  batchSize: number,
  training?: TrainingMemory,
): string {
  const cell = (text: string) => ` ${text.replaceAll('|', '\\|').replaceAll('\n', ' ')} `;
  const line = (texts: readonly string[]) => `|${texts.map(cell).join('|')}|`;
  const module = (row: SummaryRow) => {
    const text = `\`${cellText('module', row, table.framework, flat)}\``;
    return flat ? text : `${'&nbsp;&nbsp;'.repeat(row.depth)}${text}`;
  };
  const textOf = (row: SummaryRow) => (column: SummaryColumn) =>
    column === 'module' ? module(row) : cellText(column, row, table.framework, flat);
  return [
    `**${table.target}**, input ${formatSizes(table.input.shape, table.framework)}`,
    '',
    line(textColumns.map((column) => columnTitles[column])),
    `|${textColumns.map((column) => (isNumeric(column) ? ' ---: ' : ' --- ')).join('|')}|`,
    ...rows.map((row) => line(textColumns.map(textOf(row)))),
    '',
    ...totalsLines(table, batchSize, training).map(([label, value]) => `- ${label}: ${value}`),
    ...noteLines(table).map((text) => `- ${text}`),
    '',
  ].join('\n');
}

/** The same rows for a spreadsheet: numbers as they are (RFC 4180 quoting, `\n` line breaks); paths are whole. */
export function summaryCsv(table: SummaryTable, { rows, flat }: ShownRows): string {
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
      (row.leaf ? row.activationBytes : undefined) ?? '',
      field ? (field.kind === 'global' ? 'global' : field.size.join('x')) : '',
      field?.kind === 'window' ? field.jump.join('x') : '',
      row.source?.file ?? '',
      row.source?.startLine ?? '',
    ];
  });
  return `${[csvHeader, ...lines].map((cells) => cells.map(csvCell).join(',')).join('\n')}\n`;
}

const textColumns = summaryColumns.filter((column) => column !== 'source');

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

/** What holds for the whole model: label and value. `training`: absent where nobody reckoned it. */
export function totalsLines(
  table: SummaryTable,
  batchSize: number,
  training?: TrainingMemory,
): (readonly [label: string, value: string])[] {
  const { totals } = table;
  const { parameters, frozenParameters, stateBytes, flops, activationBytes, receptiveField } = totals;
  const frozen = frozenParameters === 0 ? '' : ` trained and ${formatCount(frozenParameters)} frozen`;
  return [
    ['Parameters', `${formatCount(parameters)}${frozen} (${formatBytes(stateBytes)} with buffers)`],
    ['FLOPs', flops === undefined ? notKnown : `${formatQuantity(flops)} an image (a multiply-add is 2)`],
    ['Activations', activationBytes === undefined ? notKnown : activationsText(activationBytes, batchSize)],
    ...(training ? [['Training', trainingText(training)] as const] : []),
    ...(receptiveField
      ? [['Receptive field', `${formatFieldSize(receptiveField)} ${fieldPlace(table)}`] as const]
      : []),
  ];
}

/** Where the model's receptive field is that of. */
export function fieldPlace({ problems, unknowns }: SummaryTable): string {
  const isWhole = problems.length + unknowns.length === 0;
  return isWhole ? 'at the end of the convolutional part' : 'as far as the model is known';
}

const notKnown = 'not known';

function activationsText(bytes: Dim, batchSize: number): string {
  const batch = batchSize === 1 ? '' : `, ${formatBytes(multiplyDims(bytes, batchSize))} for a batch of ${batchSize}`;
  return `${formatBytes(bytes)} an image${batch}`;
}

function trainingText(training: TrainingMemory): string {
  if (training.kind === 'unknown') return `${notKnown}: ${training.reason}`;
  const { batchSize, stateBytes, arenaBytes, scratchBytes, limitBytes } = training;
  const total = totalTrainingBytes(training);
  const parts = `state ${formatBytes(stateBytes)}, arena ${formatBytes(arenaBytes)}, scratch ${formatBytes(scratchBytes)}`;
  const beyond = total > limitBytes ? `; more than the ${formatBytes(limitBytes)} there are: trained in parts` : '';
  return `${formatBytes(total)} on the CPU for a batch of ${batchSize} with Adam (${parts})${beyond}`;
}

function noteLines({ problems, unknowns }: SummaryTable): string[] {
  return [
    ...problems.map(({ range, message }) => `line ${range.startLine}: ${message}`),
    ...unknowns.map(({ range, reason }) => `line ${range.startLine}: not known: ${reason}`),
  ];
}

function separated(lines: readonly string[]): string[] {
  return lines.length > 0 ? ['', ...lines] : [];
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
