import { formatSizes, formatValueShape } from '../core/analysis/format-value-shape';
import type { ModelAnalysis, ModuleCall, ValueShape } from '../core/analysis/model-analysis';
import { substituteDim, type Dim } from '../core/graph/dim';
import { analyzeReference } from './analyze-reference';
import { exitCodes } from './exit-codes';
import { formatCount, formatTable } from './format';
import { createOutput } from './output';

export interface ShapesOptions {
  /** [C, H, W] */
  readonly input?: readonly number[];
  readonly classes?: number;
  readonly json?: true;
  /** Also what functions compute, and modules that hold others. */
  readonly all?: true;
}

/** One line of `--json`: a call, what could not be known, or the totals at the end. */
export type ShapesLine =
  | {
      readonly path: string;
      readonly op: string;
      readonly line: number;
      readonly file?: string;
      readonly inputShapes: readonly ShapeJson[];
      readonly outputShape: ShapeJson;
      readonly params: Dim;
      readonly flops: Dim | null;
      readonly receptiveField: FieldJson | null;
      readonly shared?: true;
      readonly kind?: 'container' | 'function';
    }
  | { readonly unknown: string; readonly line: number; readonly reason: string; readonly refused?: true }
  | {
      readonly totals: {
        readonly target: string;
        readonly input: readonly Dim[];
        readonly output: ShapeJson;
        readonly params: Dim;
        readonly frozenParams: Dim;
        readonly flops: Dim | null;
        readonly activationBytes: Dim | null;
        readonly receptiveField: FieldJson | null;
        readonly calls: number;
        readonly unknowns: number;
      };
    };

/** The sizes of a tensor; of several tensors a list or an object of these; null for what is no tensor. */
type ShapeJson = readonly Dim[] | readonly ShapeJson[] | { readonly [name: string]: ShapeJson } | null;

/** With `global` every element also sees the whole image (by a squeeze-excitation, a global pool). */
type FieldJson =
  | {
      readonly size: readonly number[];
      readonly jump: readonly number[];
      readonly smallest?: readonly number[];
      readonly global?: true;
    }
  | { readonly global: true };

/** `cnn-lab shapes`; gives the exit code: 1 where PyTorch would refuse the model. */
export function shapesCommand(model: string, options: ShapesOptions): number {
  const output = createOutput(options.json === true);
  const { file, analysis } = analyzeReference(model, options);
  for (const line of shapesLines(analysis, file, options.all === true)) output.event(line);
  if (!options.json) for (const line of textOf(analysis, options.all === true)) output.line(line);
  return analysis.problems.length > 0 ? exitCodes.failed : exitCodes.done;
}

/** What `--json` prints, for one image. */
export function shapesLines(analysis: ModelAnalysis, file: string, all: boolean): ShapesLine[] {
  const calls = callsOf(analysis, all);
  const lines: ShapesLine[] = calls.flatMap((call): ShapesLine[] => {
    const range = call.made?.file === file ? call.made : call.called;
    if (call.output.kind === 'unknown') {
      return [{ unknown: call.path, line: range.startLine, reason: call.output.reason }];
    }
    return [
      {
        path: call.path,
        op: call.name,
        line: range.startLine,
        ...(range.file === file ? {} : { file: range.file }),
        inputShapes: call.inputs.filter(({ kind }) => kind !== 'other').map(shapeJson),
        outputShape: shapeJson(call.output),
        params: call.parameters,
        flops: call.flops ?? null,
        receptiveField: fieldJson(call.receptiveField),
        ...(call.repeated ? { shared: true } : {}),
        ...(call.kind === 'function' ? { kind: 'function' } : call.leaf ? {} : { kind: 'container' }),
      },
    ];
  });
  for (const { range, message, path } of analysis.problems) {
    lines.push({ unknown: path ?? '', line: range.startLine, reason: message, refused: true });
  }
  const said = new Set(lines.flatMap((line) => ('unknown' in line ? [line.reason] : [])));
  for (const { range, reason, path } of analysis.unknowns) {
    if (!said.has(reason)) lines.push({ unknown: path ?? '', line: range.startLine, reason });
  }
  const { totals } = analysis;
  lines.push({
    totals: {
      target: analysis.target,
      input: forOne(analysis.input.shape),
      output: shapeJson(analysis.output),
      params: totals.parameters,
      frozenParams: totals.frozenParameters,
      flops: totals.flops ?? null,
      activationBytes: totals.activationBytes ?? null,
      receptiveField: fieldJson(totals.receptiveField),
      calls: calls.length,
      unknowns: analysis.unknowns.length + analysis.problems.length,
    },
  });
  return lines;
}

function callsOf({ calls }: ModelAnalysis, all: boolean): ModuleCall[] {
  return calls.filter(({ kind, leaf }) => all || (kind === 'module' && leaf));
}

function shapeJson(shape: ValueShape): ShapeJson {
  switch (shape.kind) {
    case 'tensor':
      return forOne(shape.shape);
    case 'several':
      if (!shape.names) return shape.items.map(shapeJson);
      return Object.fromEntries(shape.items.map((item, index) => [shape.names?.[index] ?? index, shapeJson(item)]));
    default:
      return null;
  }
}

function forOne(shape: readonly Dim[]): Dim[] {
  return shape.map((dim) => substituteDim(dim, { N: 1 }));
}

function fieldJson(field: ModuleCall['receptiveField']): FieldJson | null {
  if (!field) return null;
  const global = field.kind === 'global' ? ({ global: true } as const) : {};
  const local = field.kind === 'window' ? field : field.local;
  if (!local) return { global: true };
  const { size, jump, smallest } = local;
  return { size, jump, ...(smallest ? { smallest } : {}), ...global };
}

function textOf(analysis: ModelAnalysis, all: boolean): string[] {
  const rows = callsOf(analysis, all).map((call) => [
    call.path,
    call.name,
    call.inputs.map((input) => formatValueShape(input, analysis.framework)).join(' '),
    formatValueShape(call.output, analysis.framework),
    typeof call.parameters === 'number' ? (call.parameters === 0 ? '' : formatCount(call.parameters)) : call.parameters,
    call.receptiveField?.kind === 'window' ? call.receptiveField.size.join('×') : (call.receptiveField?.kind ?? ''),
  ]);
  const notes = [
    ...analysis.problems.map(({ range, message }) => `line ${range.startLine}: ${message}`),
    ...analysis.unknowns.map(({ range, reason }) => `line ${range.startLine}: not known: ${reason}`),
  ];
  return [
    `${analysis.target}  ${formatSizes(analysis.input.shape, analysis.framework)}`,
    ...formatTable(columns, rows),
    ...(notes.length > 0 ? ['', ...notes] : []),
  ];
}

const columns = [
  { title: 'module', align: 'left' },
  { title: 'operation', align: 'left' },
  { title: 'input', align: 'left' },
  { title: 'output', align: 'left' },
  { title: 'parameters', align: 'right' },
  { title: 'receptive field', align: 'right' },
] as const;
