import type { SourceRange } from '../graph/graph';
import type { FileAnalysis } from '../analysis/file-analysis';
import type { ModelAnalysis, Problem } from '../analysis/model-analysis';

/** What mends a problem, or might. */
export type QuickFix =
  /** Replaces a piece of code. */
  | { readonly kind: 'replace'; readonly title: string; readonly range: SourceRange; readonly text: string }
  /** Asks for the input shape. */
  | { readonly kind: 'setInputShape'; readonly title: string; readonly target: string };

/** The best first. `warnings`: what `checkHead` found. */
export function quickFixes(analysis: FileAnalysis, problem: Problem): readonly QuickFix[] {
  const fixes: QuickFix[] = [];
  if (problem.fix) fixes.push({ kind: 'replace', ...problem.fix });
  const model = analysis.models.find(({ problems }) => problems.includes(problem));
  if (model && isInputUncertain(model)) {
    fixes.push({ kind: 'setInputShape', title: 'Set input shape…', target: model.target });
  }
  return fixes;
}

/** The code itself does not say what goes in: the problem may be with that. */
function isInputUncertain({ input }: ModelAnalysis): boolean {
  return ['setting', 'symbolic', 'dataset'].includes(input.origin.kind);
}

/** The problems of all models of a file, each once: models that share code share its problems. */
export function distinctProblems(problems: readonly Problem[]): readonly Problem[] {
  const known = new Map<string, Problem>();
  for (const problem of problems) {
    const { file, startLine, startColumn, endLine, endColumn } = problem.range;
    const key = [file, startLine, startColumn, endLine, endColumn, problem.message].join('\n');
    if (!known.has(key)) known.set(key, problem);
  }
  return [...known.values()];
}
