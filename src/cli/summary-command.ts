import { arrangeRows, type Sort } from '../core/summary/arrange-rows';
import type { ModelAnalysis } from '../core/analysis/model-analysis';
import { summaryTable, type SummaryRow, type SummaryTable } from '../core/summary/summary-table';
import { summaryMarkdown, summaryText, type ShownRows } from '../core/summary/summary-text';
import type { TrainingMemory } from '../core/summary/training-memory';
import { UserError } from '../core/errors';
import { parseModelReference } from '../node/model-reference';
import type { Shape } from '../core/graph/graph';
import { analyzeReference } from './analyze-reference';
import { exitCodes } from './exit-codes';
import { zooFolder } from './installation';
import { createOutput, type Output } from './output';
import { runWorkerJob } from './run-worker-job';

export interface SummaryOptions {
  /** [C, H, W] */
  readonly input?: readonly number[];
  readonly classes?: number;
  /** Images in a batch, for the memory of the activations. */
  readonly batch: number;
  /** Rows below this depth are left out. */
  readonly depth?: number;
  /** Also what functions compute. */
  readonly functions?: true;
  readonly sort?: SortKey;
  readonly markdown?: true;
  readonly json?: true;
}

export const sortKeys = ['params', 'flops', 'memory', 'path'] as const;
export type SortKey = (typeof sortKeys)[number];

/** `cnn-lab summary`; gives the exit code: 1 where PyTorch would refuse the model. */
export async function summaryCommand(model: string, options: SummaryOptions): Promise<number> {
  const output = createOutput(options.json === true);
  const { file, analysis } = analyzeReference(model, options);
  const table = summaryTable(analysis);
  if (table.rows.length === 0) throw notMade(analysis);
  const shown = shownRows(table, options);
  const training = await trainingMemory(model, options, analysis, output);
  if (options.json) output.event({ event: 'summary', file, ...summaryJson(analysis, table, shown.rows), training });
  else if (options.markdown) output.line(summaryMarkdown(table, shown, options.batch, training).trimEnd());
  else {
    const [title = '', ...lines] = summaryText(table, shown, options.batch, training);
    output.line(`${output.style.bold(title)}  ${output.style.dim(file)}`);
    for (const line of lines) output.line(line);
    if (analysis.input.origin.kind === 'symbolic') output.note(askForInput);
  }
  return analysis.problems.length > 0 ? exitCodes.failed : exitCodes.done;
}

/** What a training step of the model would take; in words where that can't be said. */
async function trainingMemory(
  model: string,
  { classes, batch }: SummaryOptions,
  { input, problems }: ModelAnalysis,
  output: Output,
): Promise<TrainingMemory> {
  const unknown = (reason: string): TrainingMemory => ({ kind: 'unknown', reason });
  if (problems.length > 0) return unknown('PyTorch would refuse the model.');
  const [, ...inputShape] = input.shape;
  if (inputShape.length !== 3) return unknown('only models of images (N, channels, height, width) are trained.');
  if (!inputShape.every((size) => typeof size === 'number')) return unknown("the size of the model's input is open.");
  try {
    const request = { inputShape, classCount: classes ?? null, batchSize: batch, threads: null };
    const reference = parseModelReference(model, { cwd: process.cwd(), zoo: zooFolder });
    return await runWorkerJob(output, {}, (calls) => calls.memory({ ...request, model: reference }));
  } catch (error) {
    if (error instanceof UserError) return unknown(error.message);
    throw error;
  }
}

/** Of a target that is no model, or whose constructor was refused at once. */
function notMade({ target, problems, unknowns }: ModelAnalysis): UserError {
  const [problem] = problems;
  const [unknown] = unknowns;
  if (problem) return new UserError(`${target} can't be made: line ${problem.range.startLine}: ${problem.message}`);
  return new UserError(
    `${target} is not known${unknown ? `: line ${unknown.range.startLine}: ${unknown.reason}` : '.'}`,
  );
}

const askForInput =
  'The file does not say what shape of images the model takes. Give it with --input, for example --input 3,32,32.';

const sorts: Readonly<Record<SortKey, Sort>> = {
  params: { column: 'parameters', descending: true },
  flops: { column: 'flops', descending: true },
  memory: { column: 'memory', descending: true },
  path: { column: 'module', descending: false },
};

function shownRows(table: SummaryTable, { depth = Infinity, functions, sort }: SummaryOptions): ShownRows {
  if (sort) return { rows: arrangeRows(table, { kind: 'list', sort: sorts[sort] }, functions === true), flat: true };
  const isOpen = (row: SummaryRow) => row.depth < depth;
  return { rows: arrangeRows(table, { kind: 'tree', isOpen }, functions === true), flat: false };
}

/** What `--json` prints: numbers for one image; sizes that are not known are symbols, what is not known is null. */
function summaryJson(analysis: ModelAnalysis, table: SummaryTable, rows: readonly SummaryRow[]) {
  const { totals, output, problems, unknowns } = analysis;
  return {
    target: table.target,
    rows: rows.map((row) => ({
      path: row.path,
      title: row.name,
      kind: row.kind,
      depth: row.depth,
      inputShapes: row.inputs.flatMap(shapesOf),
      outputShape: row.output ? (shapesOf(row.output)[0] ?? null) : null,
      parameters: row.parameters,
      frozenParameters: row.frozenParameters,
      shared: row.shared,
      flops: row.flops ?? null,
      activationBytes: row.activationBytes ?? null,
      receptiveField: row.receptiveField ?? null,
      line: row.source?.startLine ?? null,
    })),
    parameters: totals.parameters,
    frozenParameters: totals.frozenParameters,
    stateBytes: totals.stateBytes,
    flops: totals.flops ?? null,
    activationBytes: totals.activationBytes ?? null,
    receptiveField: totals.receptiveField ?? null,
    inputShape: table.input.shape,
    outputShapes: shapesOf(output),
    problems: problems.map(({ range, message, path }) => ({ line: range.startLine, message, path: path ?? null })),
    unknowns: unknowns.map(({ range, reason, path }) => ({ line: range.startLine, reason, path: path ?? null })),
  };
}

/** Of the tensors in a value. */
function shapesOf(value: SummaryRow['inputs'][number]): Shape[] {
  if (value.kind === 'tensor') return [value.shape];
  return value.kind === 'several' ? value.items.flatMap(shapesOf) : [];
}
