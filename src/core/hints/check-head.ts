import type { FileAnalysis, FileRequest } from '../analysis/file-analysis';
import { modelOf } from './find-call-at';
import type { ModelAnalysis, ModuleCall, Problem } from '../analysis/model-analysis';

/** Layers whose number of outputs is the number of classes, with the argument that says it and its position. */
const heads: Readonly<Record<string, { readonly argument: string; readonly position: number }>> = {
  Linear: { argument: 'out_features', position: 1 },
  LazyLinear: { argument: 'out_features', position: 0 },
  Conv2d: { argument: 'out_channels', position: 1 },
  Dense: { argument: 'units', position: 0 },
};

/**
 * Models whose last layer gives another number of scores than the data set last used with them has classes. PyTorch
 * takes such a model, and so do we: it is a warning. Where the model takes the number of classes as an argument, it is
 * set from the data when it is trained.
 */
export function checkHead(
  analysis: FileAnalysis,
  { classCounts, text }: Pick<FileRequest, 'classCounts' | 'text'>,
): readonly Problem[] {
  return analysis.models.flatMap((model) => {
    const classes = classCounts[model.target] ?? classCounts['*'];
    if (classes === undefined || takesClassCount(analysis, model)) return [];
    const scores = scoresOf(model);
    if (scores === undefined || scores === classes) return [];
    const head = headOf(model, scores);
    if (!head?.made || head.made.file !== analysis.file) return [];
    const number = literalIn(text, head, scores);
    const range = number ?? head.made;
    const message =
      `This layer gives ${scores} scores, but the data set last used with ${model.target} has ${classes} classes.` +
      ` Change it to ${classes}.`;
    const fix = { title: `Change ${scores} to ${classes}`, range, text: String(classes) };
    return [{ range, message, path: head.path, related: [], ...(number ? { fix } : {}) }];
  });
}

function takesClassCount(analysis: FileAnalysis, model: ModelAnalysis): boolean {
  return analysis.declarations.some(
    (declaration) => declaration.takesClassCount && modelOf(analysis, declaration) === model,
  );
}

/** Scores for each image, where the output is `(N, scores)`. */
function scoresOf({ output }: ModelAnalysis): number | undefined {
  if (output.kind !== 'tensor' || output.shape.length !== 2) return undefined;
  const [, scores] = output.shape;
  return typeof scores === 'number' ? scores : undefined;
}

/** The last layer that makes scores; what follows it must leave their number alone. */
function headOf(model: ModelAnalysis, scores: number): ModuleCall | undefined {
  const layers = model.calls.filter(({ kind, name }) => kind === 'module' && name in heads);
  const last = layers.at(-1);
  const sizes = last?.output.kind === 'tensor' ? last.output.shape : [];
  const size = last?.name === 'Conv2d' ? sizes[1] : sizes.at(-1);
  return size === scores ? last : undefined;
}

/** Where the number stands in the constructor's call, if it is written there as a number. */
function literalIn(text: string, { made, name }: ModuleCall, scores: number): Problem['range'] | undefined {
  const head = heads[name];
  if (!made || !head || made.startLine !== made.endLine) return undefined;
  const line = text.split('\n')[made.startLine - 1] ?? '';
  const call = line.slice(made.startColumn, made.endColumn);
  const before = new RegExp(`^[\\w.]+\\(\\s*${'[^,()]*,\\s*'.repeat(head.position)}$`);
  const named = new RegExp(`\\b${head.argument}\\s*=\\s*$`);
  for (const match of call.matchAll(/\b\d+\b/g)) {
    if (Number(match[0]) !== scores) continue;
    const front = call.slice(0, match.index);
    const rest = call.slice(match.index + match[0].length);
    if (!/^\s*[,)]/.test(rest) || !(before.test(front) || named.test(front))) continue;
    const startColumn = made.startColumn + match.index;
    return { ...made, startColumn, endColumn: startColumn + match[0].length };
  }
  return undefined;
}
