import type { Dim } from '../graph/dim';
import type { AttributeValue, NodeId, TensorType } from '../graph/graph';
import { OpError, OpUnsupported } from './op';
import { parseSignature } from './signature';

/** A tensor given to a call. */
export interface TensorArgument {
  readonly id: NodeId;
  readonly type: TensorType;
}

/**
 * A value given to a layer or function, as the interpreter hands it over. Python's None is null, tuples and lists are
 * 'sequence'; `self.training` is 'training'; what the interpreter does not know is 'unknown' with its reason.
 */
export type ArgumentValue =
  | { readonly kind: 'integer'; readonly value: Dim }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'sequence'; readonly items: readonly ArgumentValue[] }
  | { readonly kind: 'tensor'; readonly tensor: TensorArgument }
  | { readonly kind: 'training' }
  /** Any other Python value (a function, a module): `description` names it for an error message. */
  | { readonly kind: 'other'; readonly description: string }
  | { readonly kind: 'unknown'; readonly reason: string };

/** A call's arguments bound to the signature, read by name and checked. All readers throw an OpError that names call, argument and value. */
export class Arguments {
  private constructor(
    private readonly callee: string,
    private readonly values: ReadonlyMap<string, ArgumentValue>,
  ) {}

  /** Binds as Python does: positional, then keyword, then defaults; too many, missing or unexpected ones throw. */
  static bind(
    callee: string,
    signature: string,
    positional: readonly ArgumentValue[],
    keyword: ReadonlyMap<string, ArgumentValue>,
  ): Arguments {
    const parameters = parseSignature(signature);
    const values = new Map<string, ArgumentValue>();
    let next = 0;
    for (const parameter of parameters) {
      if (parameter.keywordOnly) continue;
      if (parameter.variadic) {
        values.set(parameter.name, { kind: 'sequence', items: positional.slice(next) });
        next = positional.length;
      } else if (next < positional.length) {
        const value = positional[next++];
        if (value) values.set(parameter.name, value);
      }
    }
    if (next < positional.length) {
      const accepted = parameters.filter((parameter) => !parameter.keywordOnly).length;
      throw new OpError(`${callee}() takes at most ${accepted} positional arguments, ${positional.length} given.`);
    }
    for (const [name, value] of keyword) {
      const parameter = parameters.find((candidate) => candidate.name === name);
      if (!parameter) throw new OpError(`${callee}() has no argument '${name}'.`);
      if (values.has(name) && !parameter.variadic) throw new OpError(`${callee}() got '${name}' twice.`);
      values.set(name, value);
    }
    for (const parameter of parameters) {
      if (values.has(parameter.name)) continue;
      if (parameter.default === undefined) throw new OpError(`${callee}() misses the argument '${parameter.name}'.`);
      values.set(parameter.name, fromLiteral(parameter.default));
    }
    return new Arguments(callee, values);
  }

  /** Whether the signature has a parameter of that name. */
  has(name: string): boolean {
    return this.values.has(name);
  }

  value(name: string): ArgumentValue {
    const value = this.values.get(name);
    if (!value) throw new Error(`${this.callee}: the signature has no '${name}'`);
    if (value.kind === 'unknown') throw new OpUnsupported(`${this.callee}: ${name} is not known: ${value.reason}`);
    return value;
  }

  isNone(name: string): boolean {
    return this.value(name).kind === 'none';
  }

  /** A whole number that is known (bool counts as 0 or 1, as in Python). */
  integer(name: string): number {
    return this.toInteger(name, this.value(name));
  }

  positiveInteger(name: string): number {
    const value = this.integer(name);
    if (value <= 0) throw new OpError(`${this.callee}: ${name} must be positive, got ${value}.`);
    return value;
  }

  number(name: string): number {
    const value = this.value(name);
    if (value.kind === 'float') return value.value;
    return this.toInteger(name, value, 'a number');
  }

  boolean(name: string): boolean {
    const value = this.value(name);
    if (value.kind === 'boolean') return value.value;
    if (value.kind === 'none') return false;
    if (value.kind === 'integer' && typeof value.value === 'number') return value.value !== 0;
    throw this.wrong(name, 'True or False', value);
  }

  string(name: string): string {
    const value = this.value(name);
    if (value.kind === 'string') return value.value;
    throw this.wrong(name, 'a string', value);
  }

  isString(name: string): boolean {
    return this.value(name).kind === 'string';
  }

  /** An int, or a tuple of `length` ints (a tuple of one counts for all, as in PyTorch). */
  integers(name: string, length: number): readonly number[] {
    const value = this.value(name);
    if (value.kind !== 'sequence')
      return Array<number>(length).fill(this.toInteger(name, value, `an int or a tuple of ${length} ints`));
    const items = value.items.map((item) => this.toInteger(name, item));
    if (items.length === 1) return Array<number>(length).fill(items[0] ?? 0);
    if (items.length !== length) throw this.wrong(name, `an int or a tuple of ${length} ints`, value);
    return items;
  }

  pair(name: string): readonly [number, number] {
    const [height = 0, width = 0] = this.integers(name, 2);
    return [height, width];
  }

  /** Sizes that may be symbolic: `view(x.size(0), -1)`, `view((n, c))`. */
  dims(name: string): readonly Dim[] {
    const value = this.value(name);
    if (value.kind === 'integer') return [value.value];
    if (value.kind !== 'sequence') throw this.wrong(name, 'sizes', value);
    const [only] = value.items;
    const items = value.items.length === 1 && only?.kind === 'sequence' ? only.items : value.items;
    return items.map((item) => {
      if (item.kind === 'unknown') throw new OpUnsupported(`${this.callee}: a size is not known: ${item.reason}`);
      if (item.kind !== 'integer') throw this.wrong(name, 'whole numbers', item);
      return item.value;
    });
  }

  tensor(name: string): TensorArgument {
    const value = this.value(name);
    if (value.kind === 'tensor') return value.tensor;
    throw this.wrong(name, 'a tensor', value);
  }

  optionalTensor(name: string): TensorArgument | undefined {
    return this.isNone(name) ? undefined : this.tensor(name);
  }

  tensors(name: string): readonly TensorArgument[] {
    const value = this.value(name);
    if (value.kind !== 'sequence') throw this.wrong(name, 'a list of tensors', value);
    return value.items.map((item) => {
      if (item.kind === 'unknown') throw new OpUnsupported(`${this.callee}: a tensor is not known: ${item.reason}`);
      if (item.kind !== 'tensor') throw this.wrong(name, 'a list of tensors', item);
      return item.tensor;
    });
  }

  /** `training=self.training` follows the mode; True and False hold whatever the mode. */
  training(name: string): 'mode' | boolean {
    return this.value(name).kind === 'training' ? 'mode' : this.boolean(name);
  }

  /** Throws where an argument has a value that is not supported yet. */
  requireDefault(name: string, expected: AttributeValue): void {
    const value = this.value(name);
    const plain = value.kind === 'none' ? null : 'value' in value ? value.value : undefined;
    if (plain !== expected) throw new OpUnsupported(`${this.callee}: ${name}=${describe(value)} is not supported yet.`);
  }

  private toInteger(name: string, value: ArgumentValue, expected = 'an int'): number {
    if (value.kind === 'integer' && typeof value.value === 'number') return value.value;
    if (value.kind === 'boolean') return value.value ? 1 : 0;
    if (value.kind === 'unknown') throw new OpUnsupported(`${this.callee}: ${name} is not known: ${value.reason}`);
    throw this.wrong(name, expected, value);
  }

  private wrong(name: string, expected: string, value: ArgumentValue): OpError {
    return new OpError(`${this.callee}: ${name} must be ${expected}, got ${describe(value)}.`);
  }
}

function fromLiteral(literal: AttributeValue): ArgumentValue {
  if (literal === null) return { kind: 'none' };
  if (typeof literal === 'boolean') return { kind: 'boolean', value: literal };
  if (typeof literal === 'string') return { kind: 'string', value: literal };
  if (typeof literal === 'number') {
    return Number.isInteger(literal) ? { kind: 'integer', value: literal } : { kind: 'float', value: literal };
  }
  if (Array.isArray(literal))
    return { kind: 'sequence', items: (literal as readonly AttributeValue[]).map(fromLiteral) };
  throw new Error('Signature defaults are literals');
}

/** The value as Python would print it, for messages. */
export function describe(value: ArgumentValue): string {
  switch (value.kind) {
    case 'integer':
      return String(value.value);
    case 'float':
      return Number.isInteger(value.value) ? value.value.toFixed(1) : String(value.value);
    case 'boolean':
      return value.value ? 'True' : 'False';
    case 'string':
      return `'${value.value}'`;
    case 'none':
      return 'None';
    case 'sequence':
      return `(${value.items.map(describe).join(', ')}${value.items.length === 1 ? ',' : ''})`;
    case 'tensor':
      return `a tensor of shape (${value.tensor.type.shape.join(', ')})`;
    case 'training':
      return 'self.training';
    case 'other':
      return value.description;
    case 'unknown':
      return 'an unknown value';
  }
}
