import type { SyntaxNode } from '@lezer/common';

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  v: '\v',
  '0': '\0',
  '\n': '',
};

/** A string's value: without its quotes, escapes resolved. */
export function parseString(node: SyntaxNode, text: string): string {
  return unescape(text.slice(node.from + 1, node.to - 1));
}

export function unescape(source: string): string {
  return source.replace(
    /\\(?:x([0-9a-fA-F]{2})|u\{([0-9a-fA-F]+)\}|u([0-9a-fA-F]{4})|\r\n|([\s\S]))/g,
    (_, hex?: string, point?: string, unit?: string, plain?: string) => {
      const code = hex ?? point ?? unit;
      if (code !== undefined) return String.fromCodePoint(Math.min(parseInt(code, 16), 0x10ffff));
      return plain === undefined ? '' : (escapes[plain] ?? plain);
    },
  );
}

/** A number's value; undefined for a BigInt. */
export function parseNumber(source: string): number | undefined {
  const digits = source.replaceAll('_', '');
  return digits.endsWith('n') && !digits.startsWith('0x') ? undefined : Number(digits);
}
