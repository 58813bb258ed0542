import type { SourceRange } from '../graph/graph';
import type { FileAnalysis } from '../analysis/file-analysis';
import { contains, findCallAt, findCallOf, type CodePosition, type Finding } from './find-call-at';
import {
  formatBytes,
  formatCount,
  formatMemory,
  formatQuantity,
  formatReceptiveField,
} from '../analysis/format-quantity';
import { formatSizes, formatValueShape } from '../analysis/format-value-shape';
import { callsText } from './hover-text-calls';
import { codeBlock, commandLink, escapeMarkdown, inlineCode, type HoverOptions } from './hover-text-markdown';
import type { InputOrigin, ModelAnalysis, ModuleEntry } from '../analysis/model-analysis';

export interface HoverText {
  /** Markdown. Its links run commands of the extension, and nothing else. */
  readonly markdown: string;
  /** The code that it speaks of. */
  readonly range: SourceRange;
}

/** What the code at a position, or just this piece of code, does with shapes; undefined where nothing is known of it. */
export function hoverText(
  analysis: FileAnalysis,
  place: CodePosition | SourceRange,
  options: HoverOptions,
): HoverText | undefined {
  const isRange = 'startLine' in place;
  const position = isRange ? { file: place.file, line: place.startLine, column: place.startColumn } : place;
  const finding = (isRange ? findCallOf(analysis, place) : undefined) ?? findCallAt(analysis, position);
  if (!finding) return undefined;
  const parts = [
    bodyOf(finding, options),
    ...remarks(finding, position, options),
    [inputText(finding.model, options), targetText(analysis, finding, options)].filter(Boolean).join('  \n'),
  ];
  return { markdown: parts.filter((part) => part !== '').join('\n\n'), range: finding.range };
}

function bodyOf(finding: Finding, options: HoverOptions): string {
  const { model } = finding;
  switch (finding.kind) {
    case 'calls':
      return callsText(model, finding.calls, options);
    case 'modules':
      return modulesText(finding.modules);
    case 'variable': {
      const { name = 'value', values } = finding.mention;
      const [only, second] = values;
      if (only && !second) return codeBlock(`${name}  ${formatValueShape(only.value, model.framework)}`);
      const rows = values
        .slice(0, maxValues)
        .map(({ path, value }) => `| ${pathText(path)} | ${inlineCode(formatValueShape(value, model.framework))} |`);
      const more = values.length > maxValues ? [`| … | and ${values.length - maxValues} more |`] : [];
      return [
        codeBlock(`${name}  (${values.length} shapes)`),
        ['| in | shape |', '|:--|:--|', ...rows, ...more].join('\n'),
      ].join('\n');
    }
    case 'model':
      return modelText(model, options);
    case 'block':
      return blockText(model, finding.modules);
  }
}

const maxValues = 12;

/** Made, but not called for this input. */
function modulesText(modules: readonly ModuleEntry[]): string {
  const [first] = modules;
  if (!first) return '';
  const count = modules.length > 1 ? `  ×${modules.length}` : '';
  return [
    codeBlock(`${first.name}${count}`),
    `Parameters: ${formatCount(first.parameters)}${modules.length > 1 ? ' each' : ''}  `,
    `Made as ${pathList(modules.map(({ path }) => path))}, and not called for this input.`,
  ].join('\n');
}

function modelText(model: ModelAnalysis, options: HoverOptions): string {
  const { totals, framework } = model;
  const input = formatSizes(model.input.shape, framework);
  const lines = [`Parameters: ${formatCount(totals.parameters)} (${formatBytes(totals.stateBytes)} with buffers)`];
  if (totals.frozenParameters !== 0) lines.push(`Frozen parameters: ${formatCount(totals.frozenParameters)}`);
  if (totals.flops !== undefined) lines.push(`FLOPs: ${formatQuantity(totals.flops)} for one image`);
  if (totals.activationBytes !== undefined)
    lines.push(`Activations: ${formatMemory(totals.activationBytes, options.batchSize)}`);
  if (totals.receptiveField)
    lines.push(`Receptive field: ${formatReceptiveField(totals.receptiveField)} (convolutional part)`);
  const [problem] = model.problems;
  if (problem) {
    const count = model.problems.length === 1 ? '1 problem' : `${model.problems.length} problems`;
    lines.push(`${count}: ${escapeMarkdown(problem.message)} (${options.placeOf(problem.range)})`);
  }
  const [unknown] = model.unknowns;
  if (unknown) {
    const more = model.unknowns.length === 1 ? '' : `, and ${model.unknowns.length - 1} more`;
    lines.push(`Not known: ${escapeMarkdown(unknown.reason)} (${options.placeOf(unknown.range)}${more})`);
  }
  return [
    codeBlock(`${model.className}  ${input} → ${formatValueShape(model.output, framework)}`),
    lines.join('  \n'),
  ].join('\n');
}

/** A class that a model is built of. */
function blockText(model: ModelAnalysis, blocks: readonly ModuleEntry[]): string {
  const [entry] = blocks;
  const name = entry?.name ?? '';
  const calls = model.calls.filter((call) => call.kind === 'module' && call.name === name);
  const [first] = calls;
  const shapes = first
    ? `  ${formatValueShape(first.inputs[0] ?? { kind: 'other', text: '' }, model.framework)} → ${formatValueShape(first.output, model.framework)}`
    : '';
  const lines = [
    `${blocks.length} in ${inlineCode(model.target)}: ${pathList(blocks.map(({ path }) => path))}`,
    `Parameters of ${pathText(entry?.path ?? '')}: ${formatCount(entry?.parameters ?? 0)}`,
  ];
  return [codeBlock(`${name}${shapes}`), lines.join('  \n')].join('\n');
}

/** What went wrong elsewhere with what is shown here: what is wrong here is underlined, and told by VS Code. */
function remarks(finding: Finding, position: CodePosition, options: HoverOptions): string[] {
  if (finding.kind === 'model' || finding.kind === 'block') return [];
  const { model } = finding;
  const paths = new Set(finding.kind === 'calls' ? finding.calls.map(({ path }) => path) : []);
  const problems = model.problems.filter(
    ({ path, range }) => path !== undefined && paths.has(path) && path !== '' && !contains(range, position),
  );
  const unknowns = model.unknowns.filter(
    ({ path, range }) => contains(range, position) || (path !== undefined && path !== '' && paths.has(path)),
  );
  return [
    ...problems.map(({ message, range }) => `${escapeMarkdown(message)} (${options.placeOf(range)})`),
    ...new Set(unknowns.map(({ reason, range }) => `Not known: ${escapeMarkdown(reason)} (${options.placeOf(range)})`)),
  ].slice(0, maxRemarks);
}

const maxRemarks = 4;

/** Which input the shapes are for, why, and the way to another. */
function inputText({ input, framework, target }: ModelAnalysis, options: HoverOptions): string {
  const shape = formatSizes(input.shape, framework);
  const text = `Input ${shape}: ${originText(input.origin, options)}`;
  const link =
    input.origin.kind === 'code' ? '' : commandLink('Set input shape', 'cnn-lab.setInputShape', target, options);
  return link === '' ? text : `${text} · ${link}`;
}

function originText(origin: InputOrigin, options: HoverOptions): string {
  switch (origin.kind) {
    case 'comment':
      return origin.range ? `the comment (${options.placeOf(origin.range)})` : 'the comment';
    case 'call':
      return origin.range ? `the call (${options.placeOf(origin.range)})` : 'a call in the file';
    case 'code':
      return origin.range ? `the code (${options.placeOf(origin.range)})` : 'the code';
    case 'dataset':
      return `the data set ${escapeMarkdown(origin.name)}`;
    case 'setting':
      return 'the setting `cnn-lab.inputShape`';
    case 'given':
      return 'as given';
    case 'symbolic':
      return 'no sizes are given, so height and width stay symbols';
  }
}

/** Which of the file's models is shown, where that is not plain. */
function targetText(analysis: FileAnalysis, { model }: Finding, options: HoverOptions): string {
  if (model.target === model.className && analysis.models.length < 2) return '';
  const others = analysis.declarations.some(({ target }) => target !== model.target);
  const link = others ? commandLink('Choose another', 'cnn-lab.chooseTarget', model.target, options) : '';
  return `Shown for ${inlineCode(model.target)}${link === '' ? '' : ` · ${link}`}`;
}

function pathList(paths: readonly string[]): string {
  const shown = paths.slice(0, maxPaths).map(pathText).join(', ');
  return paths.length > maxPaths ? `${shown} and ${paths.length - maxPaths} more` : shown;
}

const maxPaths = 4;

function pathText(path: string): string {
  return path === '' ? 'the model itself' : inlineCode(path);
}
