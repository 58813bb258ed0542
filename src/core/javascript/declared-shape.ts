import type { Span } from '../python/syntax/syntax';

/**
 * Shape of one input that a piece of code says its model takes, as it is written (`inputShape: [28, 28, 1]`,
 * `tf.input({shape: …})`), and where; undefined where it stands nowhere in numbers or constants.
 */
export function declaredShape(
  text: string,
  { from, to }: Span,
): { readonly shape: readonly number[]; readonly span: Span } | undefined {
  // The layers of a variable may be added further down.
  const found = searchShape(text, from, to) ?? searchShape(text, from, text.length);
  if (!found) return undefined;
  const sizes = found.items.map((item) => sizeOf(text, item));
  const shape = sizes.filter((size) => size !== undefined);
  return shape.length > 0 && shape.length === sizes.length ? { shape, span: found.span } : undefined;
}

const pattern = /\b(inputShape|batchInputShape|shape)\s*:\s*\[([^[\]]*)\]/;

function searchShape(
  text: string,
  from: number,
  to: number,
): { readonly items: readonly string[]; readonly span: Span } | undefined {
  const found = pattern.exec(text.slice(from, to));
  if (!found) return undefined;
  const start = from + found.index;
  const items = (found[2] ?? '').split(',').map((part) => part.trim());
  return {
    items: items.filter((item) => item !== '').slice(found[1] === 'batchInputShape' ? 1 : 0),
    span: { from: start, to: start + found[0].length },
  };
}

/** A number, or a constant of the file that is one. */
function sizeOf(text: string, item: string): number | undefined {
  if (/^\d+$/.test(item)) return Number(item);
  if (!/^[A-Za-z_$][\w$]*$/.test(item)) return undefined;
  const name = item.replaceAll('$', '\\$');
  const declared = new RegExp(`(?:const|let|var)\\s+${name}\\s*(?::[^=;]*)?=\\s*(\\d+)\\s*(?:;|,|\\n|$)`).exec(text);
  return declared ? Number(declared[1]) : undefined;
}
