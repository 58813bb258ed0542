import type { Dim } from '../../graph/dim';
import { dtypeNamed } from '../../ops/arithmetic/promote';
import { parseSignature, type SignatureParameter } from '../../ops/signature';
import type { AttributeValue, DType } from '../../graph/graph';
import type { Interpreter } from '../runtime/interpreter';
import { knownInteger } from '../runtime/subscript';
import { typeName } from '../runtime/type-name';
import {
  boolean,
  float,
  integer,
  list,
  native,
  none,
  string,
  tuple,
  type NativeFunctionValue,
  type TensorValue,
  type Value,
} from '../runtime/values';
import { writeInto } from './tensor-views';

/**
 * Functions of tensors that are more than one op, or take numbers as well. The key is name and parameters as Python
 * writes them: `'roll(input, shifts, dims=None)'`. Several names are separated by `|`; `Tensor.` and `torch.` before one say
 * that it is only a method, or only a function. A name that ends with `_` puts the result into the first argument.
 */
export type TensorFunctions = Readonly<Record<string, (call: TensorCall) => Value>>;

/** Functions by full name: `torch.roll`, `Tensor.roll`. */
export function defineFunctions(...tables: readonly TensorFunctions[]): ReadonlyMap<string, NativeFunctionValue> {
  const defined = new Map<string, NativeFunctionValue>();
  for (const [key, run] of tables.flatMap((table) => Object.entries(table))) {
    const at = key.indexOf('(');
    const signature = key.slice(at + 1, -1);
    for (const name of key.slice(0, at).split('|')) {
      const bare = name.replace(/^(torch|Tensor)\./, '');
      const made = native(bare, (interpreter, positional, keyword) => {
        const call = bind(interpreter, bare, signature, positional, keyword);
        if (call.unknown) return call.unknown;
        const result = run(call);
        return /[^_]_$/.test(bare) && result.kind === 'tensor'
          ? writeInto(interpreter, call.tensor('input'), result)
          : result;
      });
      for (const owner of name === bare ? ['torch', 'Tensor'] : [name.slice(0, -bare.length - 1)]) {
        defined.set(`${owner}.${bare}`, made);
      }
    }
  }
  return defined;
}

/** NumPy's names, which PyTorch takes as well. */
const numpyNames: ReadonlyMap<string, string> = new Map([
  ['axis', 'dim'],
  ['keepdims', 'keepdim'],
  ['x', 'input'],
  ['x1', 'input'],
  ['x2', 'other'],
]);

function bind(
  interpreter: Interpreter,
  name: string,
  signature: string,
  positional: readonly Value[],
  keyword: ReadonlyMap<string, Value>,
): TensorCall {
  const parameters = parseSignature(signature);
  const values = new Map<string, Value>();
  let next = 0;
  for (const parameter of parameters) {
    if (parameter.keywordOnly) continue;
    if (parameter.variadic) {
      const rest = positional.slice(next);
      if (rest.length > 0) values.set(parameter.name, tuple(rest));
      next = positional.length;
    } else if (next < positional.length) values.set(parameter.name, positional[next++] ?? none);
  }
  if (next < positional.length) {
    interpreter.raise('TypeError', `${name}() takes ${next} positional arguments but ${positional.length} were given`);
  }
  const given = [...positional, ...keyword.values()];
  let unknown = firstUnknown(given);
  for (const [key, value] of keyword) {
    if (key === 'out' && value.kind !== 'none') unknown ??= interpreter.unknown(`${name}(out=…) is not supported yet.`);
    const alias = numpyNames.get(key);
    const parameter = parameters.find((one) => one.name === key) ?? parameters.find((one) => one.name === alias);
    if (!parameter) {
      if (key === 'out') continue;
      return interpreter.raise('TypeError', `${name}() got an unexpected keyword argument '${key}'`);
    }
    if (values.has(parameter.name)) {
      interpreter.raise('TypeError', `${name}() got multiple values for argument '${parameter.name}'`);
    }
    values.set(parameter.name, value);
  }
  for (const parameter of parameters) {
    if (!values.has(parameter.name)) values.set(parameter.name, defaultOf(interpreter, name, parameter));
  }
  return new TensorCall(interpreter, name, values, unknown);
}

function defaultOf(interpreter: Interpreter, name: string, parameter: SignatureParameter): Value {
  if (parameter.default !== undefined) return literal(parameter.default);
  if (parameter.variadic) return tuple([]);
  return interpreter.raise('TypeError', `${name}() missing the argument '${parameter.name}'`);
}

function literal(value: AttributeValue): Value {
  if (value === null) return none;
  if (typeof value === 'boolean') return boolean(value);
  if (typeof value === 'string') return string(value);
  if (typeof value === 'number') return Number.isInteger(value) ? integer(value) : float(value);
  return list(Array.isArray(value) ? (value as readonly AttributeValue[]).map(literal) : []);
}

function firstUnknown(values: readonly Value[]): (Value & { readonly kind: 'unknown' }) | undefined {
  for (const value of values) {
    if (value.kind === 'unknown') return value;
    const inner = value.kind === 'tuple' || value.kind === 'list' ? firstUnknown(value.items) : undefined;
    if (inner) return inner;
  }
  return undefined;
}

/** The bound arguments of a call, read by name. A value of a wrong type raises what PyTorch raises; what is not known ends the reading. */
export class TensorCall {
  constructor(
    readonly interpreter: Interpreter,
    readonly name: string,
    private readonly values: ReadonlyMap<string, Value>,
    /** An argument that is not known: so is the result. */
    readonly unknown: (Value & { readonly kind: 'unknown' }) | undefined,
  ) {}

  value(name: string): Value {
    const value = this.values.get(name);
    if (!value) throw new Error(`${this.name}: the signature has no '${name}'`);
    return value;
  }

  has(name: string): boolean {
    return this.value(name).kind !== 'none';
  }

  get input(): TensorValue {
    return this.tensor('input');
  }

  tensor(name: string): TensorValue {
    const value = this.value(name);
    return value.kind === 'tensor' ? value : this.wrong(name, 'Tensor');
  }

  tensors(name: string): readonly TensorValue[] {
    const value = this.value(name);
    if (value.kind === 'tensor') return this.wrong(name, 'tuple of Tensors');
    const only = value.kind === 'tuple' && value.items.length === 1 ? value.items[0] : undefined;
    const items = this.interpreter.iterate(only?.kind === 'list' || only?.kind === 'tuple' ? only : value);
    return items.map((item) => {
      if (item.kind === 'unknown') return this.interpreter.failUnknown(item);
      return item.kind === 'tensor' ? item : this.wrong(name, 'tuple of Tensors');
    });
  }

  /** A whole number that is known. */
  integer(name: string): number {
    return knownInteger(this.interpreter, this.value(name), `${this.name}(): argument '${name}' must be int`);
  }

  /** A whole number, which may be a size that is not known. */
  size(name: string): Dim {
    return this.toSize(name, this.value(name));
  }

  /** Sizes, alone or in a tuple. */
  sizes(name: string): readonly Dim[] {
    return this.items(name).map((item) => this.toSize(name, item));
  }

  integers(name: string): readonly number[] {
    const message = `${this.name}(): argument '${name}' must be tuple of ints`;
    return this.items(name).map((item) => knownInteger(this.interpreter, item, message));
  }

  number(name: string): number {
    const value = this.value(name);
    if (value.kind === 'float') return value.value;
    if (value.kind === 'boolean') return value.value ? 1 : 0;
    if (value.kind === 'integer' && typeof value.value === 'number') return value.value;
    if (value.kind === 'integer') return this.interpreter.fail(`${this.name}: ${name} is the size ${value.value}.`);
    return this.wrong(name, 'Number');
  }

  flag(name: string): boolean {
    const value = this.value(name);
    if (value.kind === 'boolean') return value.value;
    if (value.kind === 'training') return this.interpreter.decide(value);
    return value.kind === 'none' ? false : this.wrong(name, 'bool');
  }

  text(name: string): string {
    const value = this.value(name);
    return value.kind === 'string' ? value.value : this.wrong(name, 'str');
  }

  /** A dimension of a tensor of that rank, counted from the front. */
  dim(name: string, rank = this.input.type.shape.length): number {
    return this.normalDim(this.integer(name), rank);
  }

  /** One or several dimensions, none of them twice; all of them for None and for an empty tuple. */
  dims(name: string, rank = this.input.type.shape.length): readonly number[] {
    const given = this.has(name) ? this.integers(name).map((dim) => this.normalDim(dim, rank)) : [];
    const twice = given.find((dim, index) => given.indexOf(dim) !== index);
    if (twice !== undefined) {
      this.interpreter.raise('RuntimeError', `dim ${twice} appears multiple times in the list of dims`);
    }
    // A tensor without dimensions has nothing to be reduced.
    if (rank === 0) return [];
    return given.length > 0 ? given : Array.from({ length: rank }, (_, dim) => dim);
  }

  /** `dtype=torch.float64`; undefined where none is given. */
  dtype(name = 'dtype'): DType | undefined {
    const value = this.value(name);
    return value.kind === 'none' ? undefined : dtypeOf(this.interpreter, value);
  }

  normalDim(dim: number, rank: number): number {
    // A tensor without dimensions counts as if it had one.
    const last = Math.max(rank, 1) - 1;
    if (dim < -last - 1 || dim > last) {
      this.interpreter.raise(
        'IndexError',
        `Dimension out of range (expected to be in range of [${-last - 1}, ${last}], but got ${dim})`,
      );
    }
    return dim < 0 ? dim + last + 1 : dim;
  }

  wrong(name: string, expected: string): never {
    const value = this.value(name);
    if (value.kind === 'opaque')
      return this.interpreter.fail(`${this.name}: ${name} is not known: ${value.description}.`);
    return this.interpreter.raise(
      'TypeError',
      `${this.name}(): argument '${name}' must be ${expected}, not ${typeName(value)}`,
    );
  }

  private items(name: string): readonly Value[] {
    const value = this.value(name);
    const items = value.kind === 'tuple' || value.kind === 'list' ? value.items : [value];
    const [only] = items;
    return items.length === 1 && (only?.kind === 'tuple' || only?.kind === 'list') ? only.items : items;
  }

  private toSize(name: string, value: Value): Dim {
    if (value.kind === 'integer') return value.value;
    if (value.kind === 'unknown') return this.interpreter.failUnknown(value);
    if (value.kind === 'tensor') return this.interpreter.fail("A tensor's values are not known before the model runs.");
    return this.interpreter.raise(
      'TypeError',
      `${this.name}(): argument '${name}' must be tuple of ints, but found element of type ${typeName(value)}`,
    );
  }
}

/** The dtype that a value of Python names; what is none ends the reading. */
export function dtypeOf(interpreter: Interpreter, value: Value): DType {
  const description = value.kind === 'opaque' ? value.description : '';
  const known = description.startsWith('torch.') ? dtypeNamed(description.slice('torch.'.length)) : undefined;
  if (known) return known;
  if (value.kind === 'class' && !value.place) {
    if (value.name === 'float') return 'f64';
    if (value.name === 'int') return 'i64';
    if (value.name === 'bool') return 'bool';
  }
  if (value.kind === 'unknown') return interpreter.failUnknown(value);
  if (value.kind === 'opaque') return interpreter.fail(`Tensors of ${description} are not supported yet.`);
  return interpreter.raise('TypeError', `expected a torch.dtype, got ${typeName(value)}`);
}
