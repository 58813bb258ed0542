import { formatNumber } from '../shared/scale-bar';

/** What a transform has drawn for an image, in words: numbers with their names, as short as they can be told. */
export function describeDrawn(drawn: unknown): string {
  const text = words(drawn);
  return text === '' ? 'nothing to draw' : text;
}

function words(value: unknown): string {
  switch (typeof value) {
    case 'boolean':
      return value ? 'applied' : 'left out';
    case 'number':
      return formatNumber(value);
    case 'string':
      return value;
    case 'object':
      break;
    default:
      return '';
  }
  if (value === null) return 'left out';
  if (Array.isArray(value)) return list(value);
  if (ArrayBuffer.isView(value)) return list(Array.from(value as Float32Array));
  const fields = Object.entries(value);
  // { kind: 'brightness', factor: 1.2 }: the kind says what the number is.
  const kind = fields.find(([name]) => name === 'kind' || name === 'name' || name === 'op');
  const others = fields.filter((field) => field !== kind);
  if (kind && others.length === 1) return `${words(kind[1])} ${words(others[0]?.[1])}`.trim();
  const told = others.map(([name, each]) => `${spoken(name)} ${words(each)}`.trim());
  return [...(kind ? [words(kind[1])] : []), ...told].join(', ');
}

function list(values: readonly unknown[]): string {
  if (values.length > 12) return `${values.length} values`;
  const texts = values.map(words).filter(Boolean);
  return values.every((value) => typeof value === 'number') ? `(${texts.join(', ')})` : texts.join(', ');
}

/** `shearX` → `shear x` */
function spoken(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
