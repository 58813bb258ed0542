import { readFileSync } from 'node:fs';
import { UserError } from '../core/errors';
import type { Dim } from '../core/graph/dim';
import { formatShape } from '../core/graph/dim';
import type { GraphSummary } from '../core/graph/summarize';
import { summarizeGraph } from '../core/graph/summarize';
import { declaredInput } from '../core/python/declared-input';
import { traceModel } from '../core/python/trace-model';
import { parseModelReference } from '../node/model-reference';
import { readPythonModule } from '../node/read-python-module';
import type { ModelRequest } from '../protocol/worker';
import { exitCodes } from './exit-codes';
import { formatCount, formatQuantity, formatTable } from './format';
import { zooFolder } from './installation';
import { createOutput } from './output';
import { asUsage } from './usage-error';

export interface SummaryOptions {
  /** [C, H, W] */
  readonly input?: readonly number[];
  readonly classes?: number;
  readonly json?: true;
}

/** `cnn-lab summary`; gives the exit code. */
export function summaryCommand(model: string, options: SummaryOptions): number {
  const output = createOutput(options.json === true);
  const { file, target } = asUsage(() => parseModelReference(model, { cwd: process.cwd(), zoo: zooFolder }));
  const text = readFileSync(file, 'utf8');
  const inputShape = options.input ?? inputShapeOf({ file, target }, text);
  const traced = traceModel({
    file,
    text,
    target,
    inputShape: ['N', ...inputShape],
    readModule: readPythonModule,
    ...(options.classes === undefined ? {} : { numClasses: options.classes }),
  });
  const summary = summarizeGraph(traced.graph);
  output.event({ event: 'summary', file, target: traced.target, ...summary });
  output.line(`${output.style.bold(traced.target)}  ${output.style.dim(file)}`);
  for (const line of tableOf(summary)) output.line(line);
  return exitCodes.done;
}

/** What the file says of the model's input. */
function inputShapeOf({ file, target }: ModelRequest, text: string): readonly number[] {
  const shape = declaredInput(text, file, target);
  if (shape) return shape;
  throw new UserError(
    'The file does not say what shape of images the model takes.',
    'Give it with --input, for example --input 3,32,32.',
  );
}

function tableOf(summary: GraphSummary): string[] {
  const rows = [
    ['', 'input', shapeText(summary.inputShape), '', ''],
    ...summary.rows.map(({ path, title, outputShape, parameters, flops }) => [
      path,
      title,
      shapeText(outputShape),
      parameters === 0 ? '' : formatCount(parameters),
      flops === 0 ? '' : formatQuantity(flops),
    ]),
  ];
  return [
    ...formatTable(columns, rows),
    '',
    `Parameters ${formatCount(summary.parameters)} (${(summary.stateBytes / 2 ** 20).toFixed(2)} MiB as float32 with buffers)`,
    `FLOPs      ${formatQuantity(summary.flops)} an image (a multiply-add is 2)`,
  ];
}

const columns = [
  { title: 'module', align: 'left' },
  { title: 'operation', align: 'left' },
  { title: 'output', align: 'left' },
  { title: 'parameters', align: 'right' },
  { title: 'FLOPs', align: 'right' },
] as const;

function shapeText(shape: readonly Dim[]): string {
  return formatShape(shape);
}
