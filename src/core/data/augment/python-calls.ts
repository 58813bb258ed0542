import { UserError } from '../../errors';

/** A value that is written out in Python: numbers are reckoned (`3 / 4`), members of enumerations are their last name. */
export type PythonValue = number | string | boolean | null | readonly PythonValue[] | PythonCall;

export interface PythonCall {
  readonly kind: 'call';
  /** Without what stands before its last dot. */
  readonly name: string;
  readonly positional: readonly PythonValue[];
  readonly named: ReadonlyMap<string, PythonValue>;
}

/**
 * Reads Python values that stand one after the other, with commas between them; one may be assigned to a name. Only what writes out
 * values: numbers and their arithmetic, strings, True, False, None, tuples, lists, calls with them. Throws a UserError that says where.
 */
export function parsePythonCalls(text: string): readonly PythonValue[] {
  const reader = new Reader(text);
  reader.skipAssignment();
  const values: PythonValue[] = [];
  while (!reader.atEnd()) {
    values.push(reader.value());
    if (!reader.take(',') && !reader.atEnd()) reader.fail('a comma');
  }
  return values;
}

interface Token {
  readonly kind: 'number' | 'string' | 'name' | 'sign' | 'end';
  readonly text: string;
  readonly start: number;
}

const tokenPattern =
  /(?<space>(?:\s|\\\n|#[^\n]*)+)|(?<number>(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?<string>'[^'\n]*'|"[^"\n]*")|(?<name>[A-Za-z_]\w*(?:\s*\.\s*[A-Za-z_]\w*)*)|(?<sign>\*\*|[-+*/(),=[\]])/gy;

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  for (let start = 0; start < text.length;) {
    tokenPattern.lastIndex = start;
    const match = tokenPattern.exec(text);
    if (!match?.groups) throw unreadable(text, start, `${text[start] ?? ''} does not belong there`);
    const kind = (['number', 'string', 'name', 'sign'] as const).find((each) => match.groups?.[each] !== undefined);
    if (kind) tokens.push({ kind, text: match[0], start });
    start += match[0].length;
  }
  return [...tokens, { kind: 'end', text: '', start: text.length }];
}

function unreadable(text: string, at: number, what: string): UserError {
  const before = text.slice(0, at).trimEnd();
  const place = before === '' ? 'at its beginning' : `after '${before.slice(-40)}'`;
  return new UserError(
    `The transforms can't be read: ${what}, ${place}.`,
    'Write them as RandomCrop(32, padding=4), RandomHorizontalFlip().',
  );
}

const deepest = 64;

class Reader {
  private readonly tokens: readonly Token[];
  private position = 0;
  private depth = 0;

  constructor(private readonly text: string) {
    this.tokens = tokenize(text);
  }

  atEnd(): boolean {
    return this.current().kind === 'end';
  }

  /** `augmentation = …` */
  skipAssignment(): void {
    if (this.current().kind === 'name' && this.tokens[this.position + 1]?.text === '=') this.position += 2;
  }

  take(sign: string): boolean {
    const { kind, text } = this.current();
    if (kind !== 'sign' || text !== sign) return false;
    this.position++;
    return true;
  }

  fail(expected: string): never {
    const { kind, text, start } = this.current();
    const found = kind === 'end' ? 'the text ends' : `there is ${text}`;
    throw unreadable(this.text, start, `${found} instead of ${expected}`);
  }

  /** Sums of products of powers. */
  value(): PythonValue {
    let left = this.product();
    for (;;) {
      if (this.take('+')) left = this.number(left) + this.number(this.product());
      else if (this.take('-')) left = this.number(left) - this.number(this.product());
      else return left;
    }
  }

  private product(): PythonValue {
    let left = this.signed();
    for (;;) {
      if (this.take('*')) left = this.number(left) * this.number(this.signed());
      else if (this.take('/')) left = this.number(left) / this.number(this.signed());
      else return left;
    }
  }

  private signed(): PythonValue {
    // All that nests goes through here.
    if (++this.depth > deepest) throw new UserError('The transforms are nested too deeply.');
    const value = this.take('-')
      ? -this.number(this.signed())
      : this.take('+')
        ? this.number(this.signed())
        : this.power();
    this.depth--;
    return value;
  }

  private power(): PythonValue {
    const base = this.single();
    return this.take('**') ? this.number(base) ** this.number(this.signed()) : base;
  }

  private single(): PythonValue {
    const token = this.current();
    switch (token.kind) {
      case 'number':
        this.position++;
        return Number(token.text.replaceAll('_', ''));
      case 'string':
        this.position++;
        return token.text.slice(1, -1);
      case 'name':
        this.position++;
        return this.named(token);
      case 'sign':
        if (this.take('[')) return this.list(']').values;
        if (this.take('(')) {
          const { values, comma } = this.list(')');
          const [only] = values;
          return values.length === 1 && !comma && only !== undefined ? only : values;
        }
        return this.fail('a value');
      case 'end':
        return this.fail('a value');
    }
  }

  private named({ text }: Token): PythonValue {
    const name = text.split('.').at(-1)?.trim() ?? '';
    if (this.take('(')) return this.call(name);
    if (text === 'True' || text === 'False') return text === 'True';
    if (text === 'None') return null;
    if (text.includes('.')) return name.toLowerCase();
    throw new UserError(
      `${text} is no value.`,
      /^[A-Z]/.test(text) ? `Write it as ${text}().` : 'Write numbers and strings out: nothing is looked up.',
    );
  }

  private call(name: string): PythonCall {
    const positional: PythonValue[] = [];
    const named = new Map<string, PythonValue>();
    while (!this.take(')')) {
      const { kind, text } = this.current();
      if (kind === 'name' && this.tokens[this.position + 1]?.text === '=') {
        this.position += 2;
        if (named.has(text)) throw new UserError(`${name}: ${text} is given twice.`, 'Leave one out.');
        named.set(text, this.value());
      } else {
        if (named.size > 0) this.fail('a parameter with its name');
        positional.push(this.value());
      }
      if (this.take(',')) continue;
      if (!this.take(')')) this.fail('a comma or )');
      break;
    }
    return { kind: 'call', name, positional, named };
  }

  private list(end: ')' | ']'): { readonly values: PythonValue[]; readonly comma: boolean } {
    const values: PythonValue[] = [];
    let comma = false;
    while (!this.take(end)) {
      values.push(this.value());
      comma = this.take(',');
      if (comma) continue;
      if (!this.take(end)) this.fail(`a comma or ${end}`);
      break;
    }
    return { values, comma };
  }

  private number(value: PythonValue): number {
    if (typeof value === 'number') return value;
    return this.fail('a number');
  }

  private current(): Token {
    return this.tokens[this.position] ?? { kind: 'end', text: '', start: this.text.length };
  }
}
