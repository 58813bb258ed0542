import { formatShape } from '../../graph/dim';
import type { Value } from './values';

/** `str(value)` */
export function textOfValue(value: Value): string {
  if (value.kind === 'string') return value.value;
  if (value.kind === 'instance') {
    const args = value.attributes.get('args');
    if (args?.kind === 'tuple') {
      const [only] = args.items;
      return only && args.items.length === 1 ? textOfValue(only) : args.items.length === 0 ? '' : reprOf(args);
    }
  }
  return reprOf(value);
}

/** `repr(value)` */
export function reprOf(value: Value): string {
  switch (value.kind) {
    case 'none':
      return 'None';
    case 'boolean':
      return value.value ? 'True' : 'False';
    case 'integer':
      return String(value.value);
    case 'float':
      return floatText(value.value);
    case 'string':
      return value.value.includes("'") && !value.value.includes('"')
        ? `"${value.value}"`
        : `'${value.value.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n').replaceAll('\t', '\\t').replaceAll('\r', '\\r')}'`;
    case 'ellipsis':
      return 'Ellipsis';
    case 'tuple':
      return `(${value.items.map(reprOf).join(', ')}${value.items.length === 1 ? ',' : ''})`;
    case 'list':
      return `[${value.items.map(reprOf).join(', ')}]`;
    case 'set':
      return value.items.size === 0 ? 'set()' : `{${[...value.items.values()].map(reprOf).join(', ')}}`;
    case 'dict':
      return `{${[...value.entries.values()].map((entry) => `${reprOf(entry.key)}: ${reprOf(entry.value)}`).join(', ')}}`;
    case 'range':
      return `range(${value.start}, ${value.stop}${value.step === 1 ? '' : `, ${value.step}`})`;
    case 'class':
      return `<class '${value.name}'>`;
    case 'instance': {
      const { content } = value;
      if (content?.kind === 'tuple' && content.names) return namedItems(value.class.name, content.names, content.items);
      return content ? reprOf(content) : `<${value.class.name} object>`;
    }
    case 'module':
      return `<module '${value.name}'>`;
    case 'tensor':
      return `tensor of shape ${formatShape(value.type.shape)}`;
    case 'function':
    case 'native':
      return `<function ${value.name}>`;
    case 'method':
      return `<bound method ${reprOf(value.function)}>`;
    case 'opaque':
      return value.description;
    case 'unknown':
      return '<unknown>';
    case 'training':
      return 'self.training';
    case 'slice':
      return `slice(${reprOf(value.start)}, ${reprOf(value.stop)}, ${reprOf(value.step)})`;
    default:
      return `<${value.kind}>`;
  }
}

/** `Point(x=1, y=2)` */
function namedItems(name: string, names: readonly string[], items: readonly Value[]): string {
  return `${name}(${items.map((item, index) => `${names[index] ?? ''}=${reprOf(item)}`).join(', ')})`;
}

function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const magnitude = Math.abs(value);
  if (Number.isInteger(value) && magnitude < 1e16) return `${Object.is(value, -0) ? '-0' : value}.0`;
  if (magnitude >= 1e16 || magnitude < 1e-4) {
    return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
  }
  return String(value);
}

const specPattern = /^(?:(.)?([<>=^]))?([+\- ])?(0)?(\d+)?([,_])?(?:\.(\d+))?([bcdeEfFgGnosxX%])?$/u;

/** `format(value, spec)`; undefined where the specification is not known. */
export function formatValue(value: Value, spec: string): string | undefined {
  if (spec === '') return textOfValue(value);
  const match = specPattern.exec(spec);
  if (!match) return undefined;
  const [, fill, align, sign, zero, width, grouping, precision, type] = match;
  const numeric = value.kind === 'integer' || value.kind === 'float' || value.kind === 'boolean';
  const number = value.kind === 'boolean' ? Number(value.value) : numeric ? value.value : undefined;
  if (numeric && typeof number !== 'number') return width === undefined ? String(number) : undefined;
  const body =
    typeof number === 'number' && type !== 's'
      ? numberText(number, value.kind === 'float', type, precision)
      : precision === undefined
        ? textOfValue(value)
        : textOfValue(value).slice(0, Number(precision));
  if (body === undefined) return undefined;
  const signed = typeof number === 'number' && number >= 0 && (sign === '+' || sign === ' ') ? sign + body : body;
  const grouped = grouping ? signed.replace(/\d+/, (digits) => group(digits, grouping)) : signed;
  return pad(grouped, Number(width ?? 0), fill ?? (zero ? '0' : ' '), align ?? (zero ? '=' : numeric ? '>' : '<'));
}

function numberText(
  value: number,
  isFloat: boolean,
  type: string | undefined,
  precision: string | undefined,
): string | undefined {
  const digits = precision === undefined ? 6 : Number(precision);
  switch (type) {
    case undefined:
      if (precision !== undefined) return general(value, digits);
      return isFloat ? floatText(value) : String(value);
    case 'd':
    case 'n':
      return isFloat ? undefined : String(value);
    case 'f':
    case 'F':
      return value.toFixed(digits);
    case 'e':
    case 'E': {
      const text = value.toExponential(digits).replace(/e([+-])(\d)$/, 'e$10$2');
      return type === 'E' ? text.toUpperCase() : text;
    }
    case 'g':
    case 'G':
      return general(value, digits);
    case '%':
      return `${(value * 100).toFixed(digits)}%`;
    case 'x':
      return value.toString(16);
    case 'X':
      return value.toString(16).toUpperCase();
    case 'o':
      return value.toString(8);
    case 'b':
      return value.toString(2);
    default:
      return undefined;
  }
}

function general(value: number, digits: number): string {
  const text = value.toPrecision(Math.max(1, digits));
  const shortened = text.includes('.') ? text.replace(/\.?0+(e|$)/, '$1') : text;
  return shortened.replace(/e([+-])(\d)$/, 'e$10$2');
}

function group(digits: string, separator: string): string {
  return digits.replace(/\B(?=(\d{3})+(?!\d))/g, separator);
}

function pad(text: string, width: number, fill: string, align: string): string {
  const missing = width - [...text].length;
  if (missing <= 0) return text;
  switch (align) {
    case '<':
      return text + fill.repeat(missing);
    case '^': {
      const left = Math.floor(missing / 2);
      return fill.repeat(left) + text + fill.repeat(missing - left);
    }
    case '=': {
      const sign = /^[+\- ]/.test(text) ? text.slice(0, 1) : '';
      return sign + fill.repeat(missing) + text.slice(sign.length);
    }
    default:
      return fill.repeat(missing) + text;
  }
}

/** `'conv%d' % 3`; undefined where that is not known. */
export function percentFormat(template: string, argument: Value): string | undefined {
  const items = argument.kind === 'tuple' ? [...argument.items] : [argument];
  let failed = false;
  const text = template.replace(/%(?:\((\w+)\))?([-+ 0#]*)(\d+)?(?:\.(\d+))?([%diufFeEgGxXsr])/g, (...found) => {
    const [, key, flags, width, precision, type] = found as (string | undefined)[];
    if (type === '%') return '%';
    const value =
      key !== undefined && argument.kind === 'dict' ? argument.entries.get(`s:${key}`)?.value : items.shift();
    if (!value || value.kind === 'unknown') {
      failed = true;
      return '';
    }
    const isText = type === 's' || type === 'r';
    const align = flags?.includes('-') ? '<' : flags?.includes('0') ? '' : '>';
    const zero = flags?.includes('0') && !flags.includes('-') ? '0' : '';
    const shown = type === 'r' ? { kind: 'string' as const, value: reprOf(value) } : value;
    const code = isText ? '' : type === 'i' || type === 'u' ? 'd' : (type ?? '');
    const whole =
      code === 'd' && shown.kind === 'float' ? { kind: 'integer' as const, value: Math.trunc(shown.value) } : shown;
    const subject = isText ? { kind: 'string' as const, value: textOfValue(shown) } : whole;
    const spec = `${width ? align : ''}${zero}${width ?? ''}${precision ? `.${precision}` : ''}${code}`;
    const formatted = formatValue(subject, spec);
    if (formatted === undefined) failed = true;
    return formatted ?? '';
  });
  return failed ? undefined : text;
}

/** `'{}_{name}'.format(…)`; undefined where that is not known. */
export function braceFormat(
  template: string,
  positional: readonly Value[],
  keyword: ReadonlyMap<string, Value>,
): string | undefined {
  let next = 0;
  let failed = false;
  const text = template.replace(/\{\{|\}\}|\{([^{}:!]*)(?:!([rsa]))?(?::([^{}]*))?\}/g, (...found) => {
    const [whole, field, conversion, spec] = found as (string | undefined)[];
    if (whole === '{{') return '{';
    if (whole === '}}') return '}';
    const value =
      field === undefined || field === ''
        ? positional[next++]
        : /^\d+$/.test(field)
          ? positional[Number(field)]
          : keyword.get(field);
    if (!value || value.kind === 'unknown') {
      failed = true;
      return '';
    }
    const shown = conversion === 'r' ? { kind: 'string' as const, value: reprOf(value) } : value;
    const formatted = formatValue(shown, spec ?? '');
    if (formatted === undefined) failed = true;
    return formatted ?? '';
  });
  return failed ? undefined : text;
}
