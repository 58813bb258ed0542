import type { Shape } from '../graph/graph';
import type { ModelDeclaration } from '../python/find-models';
import type { AnalyzedInput } from './model-analysis';

/**
 * What input a model is called with: what the code says (a comment, a call, Keras' own declaration), else what the
 * request knows of it (the data set last used, the setting), else symbols.
 */
export function resolveInput(
  target: string,
  declarations: readonly ModelDeclaration[],
  inputs: Readonly<Record<string, AnalyzedInput>>,
): AnalyzedInput {
  const name = /^\w+/.exec(target)?.[0] ?? target;
  const given = inputs[target] ?? inputs['*'];
  if (given?.origin.kind === 'given') return given;
  const declared =
    declarations.find((declaration) => declaration.target === target) ??
    declarations.find((declaration) => declaration.name === name);
  if (declared?.inputShape)
    return { shape: ['N', ...declared.inputShape], origin: declared.inputOrigin ?? { kind: 'call' } };
  return given ?? { shape: symbolicImages, origin: { kind: 'symbolic' } };
}

/** Images of unknown channels and size. */
export const symbolicImages: Shape = ['N', 'C', 'H', 'W'];
