import type { Span } from '../python/syntax/syntax';

/**
 * Shape of one input that a piece of code says its model takes (`inputShape: [28, 28, 1]`, `tf.input({shape: …})`): an
 * image as [C, H, W], as everywhere outside of Keras; undefined where it stands nowhere in numbers or constants.
 */
export function declaredShape(text: string, { from, to }: Span): readonly number[] | undefined {
  const found = /\b(inputShape|batchInputShape|shape)\s*:\s*\[([^[\]]*)\]/.exec(afterName(text, from, to));
  if (!found) return undefined;
  const parts = (found[2] ?? '').split(',').map((part) => part.trim());
  const sizes = parts.filter((part) => part !== '').map((part) => sizeOf(text, part));
  const whole = found[1] === 'batchInputShape' ? sizes.slice(1) : sizes;
  if (whole.length === 0 || !whole.every((size) => size !== undefined)) return undefined;
  const [height, width, channels] = whole;
  return whole.length === 3 && height !== undefined && width !== undefined && channels !== undefined
    ? [channels, height, width]
    : whole;
}

/** Of a variable, its layers may be added further down. */
function afterName(text: string, from: number, to: number): string {
  const code = text.slice(from, to);
  return /\b(inputShape|batchInputShape|shape)\s*:/.test(code) ? code : text.slice(from);
}

/** A number, or a constant of the file that is one. */
function sizeOf(text: string, part: string): number | undefined {
  if (/^\d+$/.test(part)) return Number(part);
  if (!/^[A-Za-z_$][\w$]*$/.test(part)) return undefined;
  const declared = new RegExp(
    `(?:const|let|var)\\s+${part.replace(/\$/g, '\\$')}\\s*(?::[^=;]*)?=\\s*(\\d+)\\s*(?:;|,|\\n|$)`,
  ).exec(text);
  return declared ? Number(declared[1]) : undefined;
}
