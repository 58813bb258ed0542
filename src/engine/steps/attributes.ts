import type { Attributes } from '../../core/graph/graph';

/** A number of a Plan's step: plans come from checked graphs, so a wrong type is a bug. */
export function numberAttribute(attrs: Attributes, name: string): number {
  const value = attrs[name];
  if (typeof value !== 'number') throw new Error(`Attribute '${name}' must be a number, got ${JSON.stringify(value)}`);
  return value;
}

export function stringAttribute(attrs: Attributes, name: string): string {
  const value = attrs[name];
  if (typeof value !== 'string') throw new Error(`Attribute '${name}' must be a text, got ${JSON.stringify(value)}`);
  return value;
}

export function booleanAttribute(attrs: Attributes, name: string): boolean {
  const value = attrs[name];
  if (typeof value !== 'boolean')
    throw new Error(`Attribute '${name}' must be true or false, got ${JSON.stringify(value)}`);
  return value;
}

/** Numbers, any number of them. */
export function listAttribute(attrs: Attributes, name: string): readonly number[] {
  const value = attrs[name];
  if (!Array.isArray(value)) throw new Error(`Attribute '${name}' must be numbers, got ${JSON.stringify(value)}`);
  return numbersAttribute(attrs, name, value.length);
}

/** The same; undefined where it is not given. */
export function optionalListAttribute(attrs: Attributes, name: string): readonly number[] | undefined {
  return attrs[name] === undefined ? undefined : listAttribute(attrs, name);
}

/** Two numbers: [height, width]. */
export function pairAttribute(attrs: Attributes, name: string): readonly [number, number] {
  const [height, width] = numbersAttribute(attrs, name, 2);
  return [height ?? 0, width ?? 0];
}

export function numbersAttribute(attrs: Attributes, name: string, length: number): readonly number[] {
  const value = attrs[name];
  if (!Array.isArray(value) || value.length !== length || !value.every((item) => typeof item === 'number')) {
    throw new Error(`Attribute '${name}' must be ${length} numbers, got ${JSON.stringify(value)}`);
  }
  return value;
}
