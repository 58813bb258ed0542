/** The text that a Python string literal stands for: prefix, quotes and escapes taken away. */
export function decodeString(literal: string): string {
  const { raw, quote, start } = literalStart(literal);
  const end =
    literal.endsWith(quote) && literal.length >= start + quote.length ? literal.length - quote.length : undefined;
  const content = literal.slice(start, end);
  return raw ? content : decodeEscapes(content);
}

/** Where the content of a literal begins, and what ends it. */
export function literalStart(literal: string): { raw: boolean; quote: string; start: number } {
  const prefix = /^[a-zA-Z]*/.exec(literal)?.[0] ?? '';
  const rest = literal.slice(prefix.length);
  const quote = rest.startsWith('"""') || rest.startsWith("'''") ? rest.slice(0, 3) : rest.slice(0, 1);
  return { raw: /r/i.test(prefix), quote, start: prefix.length + quote.length };
}

const simpleEscapes: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

const escape = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|N\{[^}]*\}|([0-7]{1,3})|([^]))/g;

export function decodeEscapes(content: string): string {
  if (!content.includes('\\')) return content;
  return content.replace(
    escape,
    (whole, hex2?: string, hex4?: string, hex8?: string, octal?: string, character?: string) => {
      const hex = hex2 ?? hex4 ?? hex8;
      if (hex !== undefined) return codePoint(Number.parseInt(hex, 16), whole);
      if (octal !== undefined) return codePoint(Number.parseInt(octal, 8), whole);
      return character === undefined ? whole : (simpleEscapes[character] ?? whole);
    },
  );
}

function codePoint(code: number, whole: string): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
}
