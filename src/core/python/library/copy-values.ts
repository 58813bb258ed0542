import type { Interpreter } from '../runtime/interpreter';
import { emptyLike } from '../runtime/dict-entries';
import { findSpecial } from '../runtime/special-methods';
import { list, set, type InstanceValue, type ModuleState, type TensorValue, type Value } from '../runtime/values';
import { copyBlueprint } from './layers';
import { copyHooks } from './module-hooks';

/** `copy.copy(value)` */
export function shallowCopy(interpreter: Interpreter, value: Value): Value {
  const same = (inner: Value): Value => inner;
  switch (value.kind) {
    case 'list':
    case 'dict':
    case 'set':
    case 'instance':
      return copyWith(interpreter, value, same, () => undefined);
    case 'tensor':
      return { ...value };
    default:
      return isPlain(value) || value.kind === 'unknown'
        ? value
        : interpreter.unknown('copy of this value is not supported yet.');
  }
}

/** `copy.deepcopy(value)`: modules get tensors of their own. What is shared within the value is shared within the copy. */
export function deepCopy(interpreter: Interpreter, value: Value, copies: Map<Value, Value>): Value {
  const known = copies.get(value);
  if (known) return known;
  const copy = (inner: Value): Value => deepCopy(interpreter, inner, copies);
  switch (value.kind) {
    case 'list':
    case 'dict':
    case 'set':
    case 'instance':
      return copyWith(interpreter, value, copy, (made) => copies.set(value, made));
    case 'tuple':
      return { ...value, items: value.items.map(copy) };
    case 'tensor': {
      const made: TensorValue = { ...value, storage: { changes: 0 }, changesSeen: 0 };
      if (value.changesSeen !== value.storage.changes) {
        return interpreter.unknown('deepcopy of a view of a changed tensor is not supported yet.');
      }
      copies.set(value, made);
      return made;
    }
    case 'method':
      return { ...value, self: copy(value.self) };
    case 'partial':
      return {
        ...value,
        positional: value.positional.map(copy),
        keyword: new Map([...value.keyword].map(([name, item]) => [name, copy(item)])),
      };
    default:
      return isPlain(value) ? value : interpreter.unknown('deepcopy of this value is not supported yet.');
  }
}

type Container = Value & { readonly kind: 'list' | 'dict' | 'set' | 'instance' };

/** `note` is told of the copy before what it holds is copied: a value may hold itself. */
function copyWith(
  interpreter: Interpreter,
  value: Container,
  copy: (inner: Value) => Value,
  note: (made: Value) => void,
): Value {
  switch (value.kind) {
    case 'list': {
      const made = list([]);
      note(made);
      made.items.push(...value.items.map(copy));
      return made;
    }
    case 'set':
      return set([...value.items.values()].map(copy));
    case 'dict': {
      const made = emptyLike(value);
      note(made);
      for (const [key, entry] of value.entries) made.entries.set(key, { key: entry.key, value: copy(entry.value) });
      return made;
    }
    case 'instance':
      return copyInstance(interpreter, value, copy, note);
  }
}

function copyInstance(
  interpreter: Interpreter,
  value: InstanceValue,
  copy: (inner: Value) => Value,
  note: (made: Value) => void,
): Value {
  const custom = findSpecial(value, '__deepcopy__') ?? findSpecial(value, '__copy__');
  if (custom) return interpreter.unknown('An object that copies itself is not supported yet.');
  if (value.class.namespace.has('__members__')) return value;
  const made: InstanceValue = { ...value, attributes: new Map(), module: undefined };
  note(made);
  for (const [name, item] of value.attributes) made.attributes.set(name, copy(item));
  if (value.content) made.content = copy(value.content);
  if (value.module) made.module = copyState(value.module, copy);
  copyBlueprint(value, made);
  copyHooks(value, made);
  return made;
}

function copyState({ parameters, buffers, children }: ModuleState, copy: (inner: Value) => Value): ModuleState {
  // A copy of a tensor is a tensor, and one of a module is a module.
  return {
    parameters: new Map([...parameters].map(([name, item]) => [name, copy(item) as typeof item])),
    buffers: new Map(
      [...buffers].map(([name, item]) => [name, { ...item, tensor: copy(item.tensor) as typeof item.tensor }]),
    ),
    children: new Map([...children].map(([name, item]) => [name, copy(item) as typeof item])),
  };
}

function isPlain(value: Value): boolean {
  return [
    'none',
    'boolean',
    'integer',
    'float',
    'string',
    'ellipsis',
    'tuple',
    'range',
    'slice',
    'class',
    'function',
    'native',
    'module',
    'opaque',
    'training',
    'unknown',
  ].includes(value.kind);
}
