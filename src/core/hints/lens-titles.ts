import type { ModelDeclaration } from '../python/find-models';
import type { FileAnalysis } from '../analysis/file-analysis';
import { blocksOf, modelOf } from './find-call-at';
import { formatCount, formatQuantity } from '../analysis/format-quantity';
import { formatSizes } from '../analysis/format-value-shape';
import type { ModelAnalysis } from '../analysis/model-analysis';

/** One lens over a declaration; those of one line stand beside each other. */
export interface LensTitle {
  /** 1-based. */
  readonly line: number;
  readonly title: string;
  readonly tooltip?: string;
  readonly action: LensAction;
}

export type LensAction =
  | { readonly kind: 'train' | 'summary' | 'lookInside' | 'setInputShape' | 'showTarget'; readonly target: string }
  | { readonly kind: 'chooseTarget' }
  /** Text alone. */
  | { readonly kind: 'none' };

/** What stands over the models of a file, and over the blocks that they are made of. */
export function lensTitles(analysis: FileAnalysis): readonly LensTitle[] {
  return analysis.declarations.flatMap((declaration) => {
    const model = modelOf(analysis, declaration);
    if (model) return wholeModel(analysis, declaration, model);
    const holder = analysis.models.find((each) => blocksOf(each, declaration).length > 0);
    if (holder) return [block(declaration, holder)];
    return notAnalyzed(analysis, declaration);
  });
}

function wholeModel(
  analysis: FileAnalysis,
  { line, name }: ModelDeclaration,
  model: ModelAnalysis,
): readonly LensTitle[] {
  const { target, totals, input, framework, problems } = model;
  const lenses: LensTitle[] = [];
  const add = (title: string, action: LensAction, tooltip?: string) =>
    lenses.push({ line, title, action, ...(tooltip === undefined ? {} : { tooltip }) });
  // Training runs PyTorch code; models of other frameworks are read and shown.
  if (framework === 'pytorch') add('▷ Train', { kind: 'train', target }, `Train ${target}`);
  if (framework === 'pytorch')
    add('Look Inside', { kind: 'lookInside', target }, `Filters, feature maps and fields of ${target}`);
  add('Summary', { kind: 'summary', target }, `Open the model summary of ${target}`);
  add(
    `${formatQuantity(totals.parameters)} parameters`,
    { kind: 'summary', target },
    `${formatCount(totals.parameters)} trained values`,
  );
  const field = totals.receptiveField;
  if (field && field.kind === 'window')
    add(`Receptive field ${field.size.join(' × ')}`, { kind: 'summary', target }, 'Of the convolutional part');
  const sizes = input.origin.kind === 'symbolic' ? 'input of any size' : `input ${formatSizes(input.shape.slice(1))}`;
  if (input.origin.kind === 'code') add(sizes, { kind: 'none' });
  else add(sizes, { kind: 'setInputShape', target }, 'Set the input shape that sizes are shown for');
  // A class that functions make with different arguments: which of them is shown.
  if (target !== name && analysis.declarations.length > 1)
    add(`as ${target}`, { kind: 'chooseTarget' }, 'Choose the model whose sizes are shown');
  if (problems.length > 0)
    add(`${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`, { kind: 'none' }, problems[0]?.message);
  return lenses;
}

function block(declaration: ModelDeclaration, holder: ModelAnalysis): LensTitle {
  const blocks = blocksOf(holder, declaration);
  const [first] = blocks;
  const parameters = first ? `${formatQuantity(first.parameters)} parameters` : '';
  const where = blocks.length === 1 ? `in ${holder.target}` : `the first of ${blocks.length} in ${holder.target}`;
  return { line: declaration.line, title: `${parameters}, ${where}`, action: { kind: 'none' } };
}

/** A builder beside the one that is shown, or what could not be read. */
function notAnalyzed(analysis: FileAnalysis, declaration: ModelDeclaration): readonly LensTitle[] {
  const { line, target, requiredArguments, usedByAnother } = declaration;
  const failure = analysis.failures.find((each) => each.target === target);
  const lenses: LensTitle[] = [];
  if (requiredArguments.length === 0 && !usedByAnother && analysis.framework === 'pytorch')
    lenses.push({ line, title: '▷ Train', tooltip: `Train ${target}`, action: { kind: 'train', target } });
  if (failure) {
    const title = `Not read: ${shortened(failure.reason)}`;
    lenses.push({ line, title, tooltip: `Line ${failure.line}: ${failure.reason}`, action: { kind: 'none' } });
  } else if (requiredArguments.length === 0 && analysis.models.length > 0) {
    const tooltip = `Show the sizes of ${target} in the code`;
    lenses.push({ line, title: 'Show Shapes', tooltip, action: { kind: 'showTarget', target } });
  }
  return lenses;
}

function shortened(text: string): string {
  return text.length > maxReason ? `${text.slice(0, maxReason - 1)}…` : text;
}

const maxReason = 80;
