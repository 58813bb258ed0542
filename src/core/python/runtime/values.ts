import type { Dim } from '../../graph/dim';
import type { GraphBuilder } from '../../graph/graph-builder';
import type { Initializer, NodeId, TensorType } from '../../graph/graph';
import type { SourceError } from '../source-error';
import type { Place } from '../source-file';
import type { Body, Expression, Parameters } from '../syntax/syntax';
import type { Interpreter } from './interpreter';
import type { Scope } from './scope';

// Over 400 lines: one union of all values, and what makes them.

/** What a Python expression can stand for while a model is read. */
export type Value =
  | NoneValue
  | BooleanValue
  | IntegerValue
  | FloatValue
  | StringValue
  | EllipsisValue
  | TupleValue
  | ListValue
  | SetValue
  | DictValue
  | RangeValue
  | SliceValue
  | IteratorValue
  | FunctionValue
  | NativeFunctionValue
  | BoundMethodValue
  | PartialValue
  | PropertyValue
  | StaticMethodValue
  | ClassMethodValue
  | SuperValue
  | ClassValue
  | InstanceValue
  | ModuleValue
  | TensorValue
  | TrainingValue
  | OpaqueValue
  | UnknownValue;

/** A name in a scope: its value, or how to find it when it is first used (an import). */
export type Binding = Value | { readonly kind: 'lazy'; resolve(): Value };

export interface NoneValue {
  readonly kind: 'none';
}
export interface BooleanValue {
  readonly kind: 'boolean';
  readonly value: boolean;
}
/** A whole number; a size may be symbolic. */
export interface IntegerValue {
  readonly kind: 'integer';
  readonly value: Dim;
}
export interface FloatValue {
  readonly kind: 'float';
  readonly value: number;
}
export interface StringValue {
  readonly kind: 'string';
  readonly value: string;
}
export interface EllipsisValue {
  readonly kind: 'ellipsis';
}
export interface TupleValue {
  readonly kind: 'tuple';
  readonly items: readonly Value[];
  /** Names of the items, of a namedtuple. */
  readonly names?: readonly string[];
}
export interface ListValue {
  readonly kind: 'list';
  readonly items: Value[];
}
export interface SetValue {
  readonly kind: 'set';
  /** By `keyOf` of the value. */
  readonly items: Map<unknown, Value>;
}
export interface DictValue {
  readonly kind: 'dict';
  /** By `keyOf` of the key; insertion order is Python's. */
  readonly entries: Map<unknown, { readonly key: Value; value: Value }>;
  readonly flavour?: 'OrderedDict' | 'defaultdict';
  /** Makes a missing value: of a defaultdict. */
  readonly factory?: Value;
  /** Why it must not be changed: it is a copy of what nn.Module keeps. */
  readonly frozen?: string;
  /** Told of every change, a removal without a value: `vars(self)` is the object's attributes themselves. */
  readonly changed?: (key: Value, value: Value | undefined) => void;
}
export interface RangeValue {
  readonly kind: 'range';
  readonly start: number;
  readonly stop: number;
  readonly step: number;
}
export interface SliceValue {
  readonly kind: 'slice';
  readonly start: Value;
  readonly stop: Value;
  readonly step: Value;
}
/** Anything that is walked through once. */
export interface IteratorValue {
  readonly kind: 'iterator';
  /** What is known of it; all there is when `source` is undefined. */
  items: readonly Value[];
  next: number;
  /** A generator that has not begun: walks through it, calling `take` with each item. */
  source?: ((take: (item: Value) => void) => void) | undefined;
  /** What comes after the items, without end: `itertools.count()`. */
  beyond?: (index: number) => Value;
}
export interface FunctionValue {
  readonly kind: 'function';
  readonly name: string;
  readonly parameters: Parameters;
  /** By parameter name, evaluated at definition. */
  readonly defaults: ReadonlyMap<string, Value>;
  readonly body: FunctionBody;
  readonly scope: Scope;
  readonly place: Place;
  /** The class in whose body it was defined: what `super()` and private names refer to. */
  readonly owner: { current: ClassValue | undefined };
  /** `f.attribute = value` */
  readonly attributes: Map<string, Value>;
}
export type FunctionBody =
  | { readonly kind: 'expression'; readonly value: Expression }
  | { readonly kind: 'statements'; readonly body: Body; readonly generator: boolean };

export type NativeCall = (
  interpreter: Interpreter,
  positional: readonly Value[],
  keyword: ReadonlyMap<string, Value>,
) => Value;

/** A function that is part of Python or of a library. */
export interface NativeFunctionValue {
  readonly kind: 'native';
  readonly name: string;
  readonly call: NativeCall;
}
export interface BoundMethodValue {
  readonly kind: 'method';
  readonly self: Value;
  readonly function: Value;
}
export interface PartialValue {
  readonly kind: 'partial';
  readonly function: Value;
  readonly positional: readonly Value[];
  readonly keyword: ReadonlyMap<string, Value>;
}
export interface PropertyValue {
  readonly kind: 'property';
  readonly getter: Value;
  readonly setter: Value | undefined;
}
export interface StaticMethodValue {
  readonly kind: 'staticmethod';
  readonly function: Value;
}
export interface ClassMethodValue {
  readonly kind: 'classmethod';
  readonly function: Value;
}
/** `super()`: looks attributes up after `after` in the order of the object's classes. */
export interface SuperValue {
  readonly kind: 'super';
  readonly after: ClassValue;
  readonly self: InstanceValue | ClassValue;
}
export interface ClassValue {
  readonly kind: 'class';
  readonly name: string;
  /** The class itself first, then its ancestors in Python's method resolution order. */
  readonly order: readonly ClassValue[];
  /** As the class statement names them. */
  readonly bases?: readonly ClassValue[];
  readonly namespace: Map<string, Value>;
  readonly place: Place | undefined;
  /** A base that is not known: attributes that are not found may be its own. */
  readonly unknownBase: UnknownValue | undefined;
  /** Makes the value for a native class whose instances are not InstanceValues (`int`, `list`). */
  readonly construct?: NativeCall;
  /** How objects of classes derived from it hold such a value; absent: classes cannot be derived from it here. */
  readonly extension?: 'changeable' | 'constant';
}
export interface InstanceValue {
  readonly kind: 'instance';
  readonly class: ClassValue;
  readonly attributes: Map<string, Value>;
  /** What it holds where its class derives from a built-in one: the dict of `class Config(dict)`. */
  content?: Value;
  /** Of an nn.Module, from its `__init__` on. */
  module: ModuleState | undefined;
  /** Where it was made. */
  readonly place: Place;
}
/** What nn.Module keeps beside plain attributes, each in order of registration. */
export interface ModuleState {
  readonly parameters: Map<string, TensorValue | NoneValue>;
  readonly buffers: Map<string, { readonly tensor: TensorValue | NoneValue; readonly persistent: boolean }>;
  readonly children: Map<string, InstanceValue | NoneValue>;
}
/** A Python module (a file or a library); its unknown names are resolved by `missing`. */
export interface ModuleValue {
  readonly kind: 'module';
  readonly name: string;
  readonly namespace: Map<string, Binding>;
  readonly missing?: (name: string) => Value | undefined;
}
export interface TensorValue {
  readonly kind: 'tensor';
  readonly type: TensorType;
  data: TensorData;
  /** An nn.Parameter. */
  readonly parameter: boolean;
  requiresGrad: boolean;
  /** Memory that views of the tensor share; counts the changes in place. */
  readonly storage: { changes: number };
  /** The count of changes that `data` includes. */
  changesSeen: number;
}
export type TensorData =
  /** A node of a Graph under construction. */
  | { readonly kind: 'node'; readonly builder: GraphBuilder; readonly id: NodeId; readonly values?: KnownValues }
  /** Not computed in the Graph: made by torch.zeros and the like. */
  | { readonly kind: 'initial'; readonly init: Initializer }
  /** Shape known, values not. */
  | { readonly kind: 'unknown'; readonly reason: string; readonly place: Place; readonly values?: KnownValues };
/** Values in row-major order, where code says them: see known-values.ts. Undefined: not known. */
export type KnownValues = readonly number[] | undefined;
/** `self.training` */
export interface TrainingValue {
  readonly kind: 'training';
}
/** A thing that only has a name here: `torch.float32`, a device, a type of `typing`. */
export interface OpaqueValue {
  readonly kind: 'opaque';
  readonly description: string;
  /** The types of a union: `int | None`. */
  readonly parts?: readonly Value[];
}
/** What cannot be known, with the reason and the place where it began. Never a guess. */
export interface UnknownValue {
  readonly kind: 'unknown';
  readonly reason: string;
  readonly place: Place;
  /** The error that made it unknown, where there was one. */
  readonly cause?: SourceError;
  /** It may be a layer with weights: a model that keeps it is not known, even if its forward does not use it. */
  readonly layer?: boolean;
}

export const none: NoneValue = { kind: 'none' };
export const ellipsis: EllipsisValue = { kind: 'ellipsis' };
export const training: TrainingValue = { kind: 'training' };
const yes: BooleanValue = { kind: 'boolean', value: true };
const no: BooleanValue = { kind: 'boolean', value: false };

/** The value of a name; what is lazy is found now, once. */
export function lookUp(names: Map<string, Binding>, name: string): Value | undefined {
  const binding = names.get(name);
  if (binding?.kind !== 'lazy') return binding;
  // Files that import each other: while a name is being found, it is not there yet.
  names.delete(name);
  try {
    const value = binding.resolve();
    names.set(name, value);
    return value;
  } catch (error) {
    names.set(name, binding);
    throw error;
  }
}

export function boolean(value: boolean): BooleanValue {
  return value ? yes : no;
}

export function integer(value: Dim): IntegerValue {
  return { kind: 'integer', value };
}

export function float(value: number): FloatValue {
  return { kind: 'float', value };
}

export function string(value: string): StringValue {
  return { kind: 'string', value };
}

export function tuple(items: readonly Value[]): TupleValue {
  return { kind: 'tuple', items };
}

export function list(items: readonly Value[]): ListValue {
  return { kind: 'list', items: [...items] };
}

export function iterator(items: readonly Value[]): IteratorValue {
  return { kind: 'iterator', items, next: 0 };
}

/** A generator: `source` runs when the first item is wanted. */
export function generator(source: NonNullable<IteratorValue['source']>): IteratorValue {
  return { kind: 'iterator', items: [], next: 0, source };
}

export function opaque(description: string): OpaqueValue {
  return { kind: 'opaque', description };
}

export function native(name: string, call: NativeCall): NativeFunctionValue {
  return { kind: 'native', name, call };
}

export function initialTensor(type: TensorType, init: Initializer): TensorValue {
  return tensor(type, { kind: 'initial', init });
}

/** A tensor; a view shares the storage of what it views. */
export function tensor(
  type: TensorType,
  data: TensorData,
  { parameter = false, requiresGrad = false, storage = { changes: 0 } } = {},
): TensorValue {
  return { kind: 'tensor', type, data, parameter, requiresGrad, storage, changesSeen: storage.changes };
}

/** Identity of a value as a key of a dict or set: equal keys are the same key; `undefined` for what cannot be one. */
export function keyOf(value: Value): unknown {
  switch (value.kind) {
    case 'none':
      return 'none';
    case 'boolean':
      return value.value ? 1 : 0;
    case 'integer':
      return typeof value.value === 'number' ? value.value : `dim:${value.value}`;
    case 'float':
      return value.value;
    case 'string':
      return `s:${value.value}`;
    case 'tuple': {
      const keys = value.items.map(keyOf);
      if (keys.includes(undefined) || !keys.every((key) => typeof key === 'string' || typeof key === 'number'))
        return undefined;
      return `t:${JSON.stringify(keys)}`;
    }
    case 'list':
    case 'dict':
    case 'set':
    case 'slice':
    case 'unknown':
    case 'training':
      return undefined;
    case 'method':
    case 'ellipsis':
    case 'opaque':
    case 'range':
    case 'iterator':
    case 'function':
    case 'native':
    case 'partial':
    case 'property':
    case 'staticmethod':
    case 'classmethod':
    case 'super':
    case 'class':
    case 'module':
    case 'tensor':
      return value;
    case 'instance':
      return value.content ? keyOf(value.content) : value;
  }
}

/** The built-in value that an object of a derived class holds; other values are their own. */
export function contentOf(value: Value): Value {
  return value.kind === 'instance' && value.content ? value.content : value;
}

export function dict(pairs: Iterable<readonly [Value, Value]> = []): DictValue {
  const entries: DictValue['entries'] = new Map();
  for (const [key, value] of pairs) entries.set(keyOf(key), { key, value });
  return { kind: 'dict', entries };
}

export function set(items: Iterable<Value>): SetValue {
  const map = new Map<unknown, Value>();
  for (const item of items) if (!map.has(keyOf(item))) map.set(keyOf(item), item);
  return { kind: 'set', items: map };
}

/** Whether the class is, or descends from, the other. */
export function isSubclass(candidate: ClassValue, ancestor: ClassValue): boolean {
  return candidate.order.includes(ancestor);
}
