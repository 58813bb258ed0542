import { findModels } from './find-models';

/**
 * Shape of one image [C, H, W] that a file says its model takes, by a comment or by a call that shows it; undefined
 * where it says none. `target` as for traceModel; of an expression, what it calls counts.
 */
export function declaredInput(text: string, file: string, target: string | null): readonly number[] | undefined {
  const models = findModels(text, file);
  const callee = target === null ? undefined : /^\w+/.exec(target.trim())?.[0];
  const named = models.filter(({ name, usedByAnother }) => (callee === undefined ? !usedByAnother : name === callee));
  return named.find(({ inputShape }) => inputShape?.length === 3)?.inputShape;
}
