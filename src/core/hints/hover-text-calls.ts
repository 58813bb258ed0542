import { formatCount, formatMemory, formatQuantity, formatReceptiveField } from '../analysis/format-quantity';
import { formatValueShape } from '../analysis/format-value-shape';
import { codeBlock, escapeMarkdown, inlineCode, type HoverOptions } from './hover-text-markdown';
import type { ModelAnalysis, ModuleCall } from '../analysis/model-analysis';

/** What calls that one piece of code makes do with shapes: in full where they agree, as a table where they do not. */
export function callsText(model: ModelAnalysis, calls: readonly ModuleCall[], options: HoverOptions): string {
  const [first] = calls;
  if (!first) return '';
  const shapes = new Set(calls.map((call) => `${call.name} ${shapesText(call, model)}`));
  return shapes.size === 1 ? singleText(model, first, calls, options) : tableText(model, calls);
}

function singleText(
  model: ModelAnalysis,
  call: ModuleCall,
  calls: readonly ModuleCall[],
  options: HoverOptions,
): string {
  const lines: string[] = [];
  for (const [names, text] of formulasOf(call)) lines.push(`${names}: ${escapeMarkdown(text)}`);
  if (call.parameters !== 0) {
    const formula = call.parameterFormula === undefined ? '' : `${escapeMarkdown(call.parameterFormula)} = `;
    lines.push(`Parameters: ${formula}${formatCount(call.parameters)}`);
  }
  if (call.flops !== undefined && call.flops !== 0) lines.push(`FLOPs: ${formatQuantity(call.flops)} for one image`);
  if (call.activationBytes !== undefined && call.activationBytes !== 0)
    lines.push(`Activations: ${formatMemory(call.activationBytes, options.batchSize)}`);
  const fields = new Set(calls.map(fieldText));
  if (fields.size === 1 && call.receptiveField) lines.push(`Receptive field: ${fieldText(call)}`);
  const modules = modulesLine(calls);
  if (modules !== '') lines.push(modules);
  if (call.output.kind === 'unknown' && !isProblem(model, call.output.reason)) {
    const { reason, range } = call.output;
    lines.push(`Output not known: ${escapeMarkdown(reason)}${range ? ` (${options.placeOf(range)})` : ''}`);
  }
  return [codeBlock(`${call.name}  ${shapesText(call, model)}`), lines.join('  \n')].join('\n');
}

/** What is refused is told as a problem, by VS Code or by the hover. */
function isProblem({ problems }: ModelAnalysis, reason: string): boolean {
  return problems.some(({ message }) => message === reason);
}

/** Sizes with the same formula are told in one line. */
function formulasOf({ formulas }: ModuleCall): ReadonlyMap<string, string> {
  const byText = new Map<string, string>();
  for (const { name, text } of formulas) {
    const names = byText.get(text);
    byText.set(text, names === undefined ? name : `${names}, ${name}`);
  }
  return new Map([...byText].map(([text, names]) => [names, text]));
}

/** Whose calls these are: the module's path, or that of the module in whose forward a function stands. */
function modulesLine(calls: readonly ModuleCall[]): string {
  const paths = [...new Set(calls.map(({ path }) => path))].filter((path) => path !== '');
  if (paths.length === 0) return '';
  const shown = paths.slice(0, maxPaths).map(inlineCode).join(', ');
  const more = paths.length > maxPaths ? ` and ${paths.length - maxPaths} more` : '';
  if (calls[0]?.kind === 'function') return `In ${shown}${more}`;
  const text = `${paths.length === 1 ? 'Module' : `${paths.length} modules`}: ${shown}${more}`;
  if (!calls.some(({ repeated }) => repeated)) return text;
  const times = calls.length === 1 ? 'Called before' : `Called ${calls.length} times`;
  return calls[0]?.parameters === 0
    ? `${text}  \n${times}.`
    : `${text}  \n${times}: its parameters are shared, and count once.`;
}

const maxPaths = 4;

/** One line of code that makes many layers, or is run many times. */
function tableText(model: ModelAnalysis, calls: readonly ModuleCall[]): string {
  const names = [...new Set(calls.map(({ name }) => name))];
  const title = names.length > 3 ? `${names.slice(0, 3).join(', ')}, …` : names.join(', ');
  const hasParameters = calls.some(({ parameters }) => parameters !== 0);
  const head = ['Path', ...(names.length > 1 ? ['Layer'] : []), 'Shapes', ...(hasParameters ? ['Parameters'] : [])];
  const rows = calls
    .slice(0, maxRows)
    .map((call) => [
      call.path === '' ? 'the model itself' : inlineCode(call.path),
      ...(names.length > 1 ? [escapeMarkdown(call.name)] : []),
      inlineCode(shapesText(call, model)),
      ...(hasParameters ? [formatCount(call.parameters)] : []),
    ]);
  const table = [row(head), row(head.map((name) => (name === 'Parameters' ? '--:' : ':--'))), ...rows.map(row)].join(
    '\n',
  );
  const more = calls.length > maxRows ? [`… and ${calls.length - maxRows} more`] : [];
  return [`${codeBlock(`${title}  ×${calls.length}`)}`, table, ...more].join('\n\n');
}

const maxRows = 12;

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** `(N, 3, 224, 224) → (N, 64, 112, 112)` */
export function shapesText({ inputs, output }: ModuleCall, { framework }: ModelAnalysis): string {
  const given = inputs.filter(({ kind }) => kind !== 'other').map((input) => formatValueShape(input, framework));
  return `${given.join(', ')} → ${formatValueShape(output, framework)}`.trim();
}

function fieldText({ receptiveField }: ModuleCall): string {
  return receptiveField ? formatReceptiveField(receptiveField) : '';
}
