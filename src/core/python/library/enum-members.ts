import type { Interpreter } from '../runtime/interpreter';
import { valuesEqual } from '../runtime/compare';
import { reprOf } from '../runtime/format';
import { binaryOperation } from '../runtime/operators';
import { contentOf, dict, integer, string, type ClassValue, type InstanceValue, type Value } from '../runtime/values';
import { nativeClass, objectClass } from './native-class';

/** The root of enumerations. Members are made by `makeEnum` when a class statement has been run. */
export const enumClass = nativeClass('Enum', [objectClass], {
  __str__: (interpreter, [self]) =>
    self?.kind === 'instance' && self.attributes.has('_name_')
      ? string(`${self.class.name}.${nameOf(self)}`)
      : interpreter.unknown('This text is not known.'),
  __repr__: (interpreter, [self]) =>
    self?.kind === 'instance' && self.attributes.has('_name_')
      ? string(`<${self.class.name}.${nameOf(self)}: ${reprOf(self.attributes.get('_value_') ?? self)}>`)
      : interpreter.unknown('This text is not known.'),
});
export const flagClass = nativeClass('Flag', [enumClass], {
  __or__: (interpreter) => interpreter.unknown('Combined flags are not supported yet.'),
  __and__: (interpreter) => interpreter.unknown('Combined flags are not supported yet.'),
});
/** `auto()` */
export const autoClass = nativeClass('auto', [objectClass]);

function nameOf(member: InstanceValue): string {
  const name = member.attributes.get('_name_');
  return name?.kind === 'string' ? name.value : '';
}

/** Turns the plain values in the body of a class derived from Enum into its members. */
export function makeEnum(interpreter: Interpreter, made: ClassValue): void {
  if (!made.order.includes(enumClass)) return;
  const members = dict();
  const distinct: InstanceValue[] = [];
  for (const [name, value] of made.namespace) {
    if (/^_.*_$/.test(name) || name.startsWith('__') || isDescriptor(value)) continue;
    const plain =
      value.kind === 'instance' && value.class === autoClass ? autoValue(interpreter, made, name, distinct) : value;
    const same = distinct.find((known) => valuesEqual(valueOf(known), plain) === true);
    const member = same ?? makeMember(interpreter, made, name, plain);
    if (!same) distinct.push(member);
    made.namespace.set(name, member);
    members.entries.set(`s:${name}`, { key: string(name), value: member });
  }
  if (distinct.length > 0) made.namespace.set('__members__', members);
}

function valueOf(member: InstanceValue): Value {
  return member.attributes.get('_value_') ?? member;
}

/** What makes methods is no member; C code (`torch.relu`) makes none. */
function isDescriptor(value: Value): boolean {
  if (value.kind === 'native') return !value.name.startsWith('torch.');
  return ['function', 'property', 'staticmethod', 'classmethod'].includes(value.kind);
}

function autoValue(interpreter: Interpreter, made: ClassValue, name: string, before: readonly InstanceValue[]): Value {
  if (made.order.some((base) => base.namespace.has('_generate_next_value_'))) {
    return interpreter.unknown('_generate_next_value_ is not supported yet.');
  }
  if (made.order.some((base) => base.name === 'StrEnum' && !base.place)) return string(name.toLowerCase());
  const last = before.at(-1);
  if (!last) return integer(1);
  return binaryOperation(
    interpreter,
    made.order.includes(flagClass) ? '*' : '+',
    valueOf(last),
    integer(made.order.includes(flagClass) ? 2 : 1),
  );
}

function makeMember(interpreter: Interpreter, made: ClassValue, name: string, value: Value): InstanceValue {
  const member: InstanceValue = {
    kind: 'instance',
    class: made,
    attributes: new Map<string, Value>([
      ['_name_', string(name)],
      ['name', string(name)],
      ['_value_', value],
      ['value', value],
    ]),
    module: undefined,
    place: interpreter.place,
  };
  const args = value.kind === 'tuple' ? value.items : [value];
  const base = made.order.find((candidate) => candidate.construct);
  if (base?.construct) {
    const content = base.construct(interpreter, args, new Map());
    member.content = content;
    if (value.kind === 'tuple') member.attributes.set('_value_', content).set('value', content);
  }
  const init = made.order.find((candidate) => candidate.place && candidate.namespace.has('__init__'));
  const function_ = init?.namespace.get('__init__');
  if (function_) interpreter.call(function_, [member, ...args]);
  return member;
}

/** `Activation('relu')`: the member with that value. */
export function memberWithValue(interpreter: Interpreter, type: ClassValue, value: Value): Value {
  if (value.kind === 'unknown') return value;
  if (value.kind === 'instance' && value.class === type) return value;
  const found = interpreter
    .iterate(type)
    .find((member) => member.kind === 'instance' && valuesEqual(contentOf(valueOf(member)), contentOf(value)) === true);
  if (found) return found;
  const missing = interpreter.findAttribute(type, '_missing_');
  if (missing && missing.kind !== 'unknown') {
    const made = interpreter.call(missing, [value]);
    if (made.kind !== 'none') return made;
  }
  return interpreter.raise('ValueError', `${reprOf(value)} is not a valid ${type.name}`);
}

/** `Activation['RELU']` */
export function memberNamed(interpreter: Interpreter, type: ClassValue, name: Value): Value | undefined {
  const members = type.namespace.get('__members__');
  if (members?.kind !== 'dict') return undefined;
  if (name.kind === 'unknown') return name;
  const key = contentOf(name);
  const entry = key.kind === 'string' ? members.entries.get(`s:${key.value}`) : undefined;
  return entry?.value ?? interpreter.raise('KeyError', reprOf(name));
}
