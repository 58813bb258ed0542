import { makeEnum } from '../library/enum-members';
import { makeNamedTuple, namedTupleBase, namedTupleBases, namedTupleFields } from '../library/named-tuple';
import { nativeClass, objectClass } from '../library/native-class';
import type { ClassDefinition } from '../syntax/syntax';
import { runBody } from './execute';
import type { Frame } from './frame';
import type { Interpreter } from './interpreter';
import { Scope } from './scope';
import { lookUp, type ClassValue, type FunctionValue, type UnknownValue, type Value } from './values';

/** Runs a class statement. */
export function defineClass(interpreter: Interpreter, frame: Frame, definition: ClassDefinition): ClassValue {
  const bases: ClassValue[] = [];
  let unknownBase: UnknownValue | undefined;
  for (const expression of definition.bases) {
    const base = interpreter.evaluate(frame, expression);
    interpreter.at(frame, expression);
    const known = asClass(base);
    if (known) bases.push(known);
    else if (base.kind === 'unknown') unknownBase = base;
    else unknownBase = interpreter.unknown('This base class is not supported yet.');
  }
  interpreter.at(frame, definition);
  const scope = new Scope('class', frame.scope, frame.scope.module);
  const owner: FunctionValue['owner'] = { current: undefined };
  const body: Frame = { file: frame.file, scope, owner };
  interpreter.frames.push(body);
  try {
    runBody(interpreter, body, definition.body);
  } finally {
    interpreter.frames.pop();
  }
  const order: ClassValue[] = [];
  const named = bases.includes(namedTupleBase) ? namedTupleFields(scope) : undefined;
  const made: ClassValue = {
    kind: 'class',
    name: definition.name,
    order,
    bases,
    namespace: valuesOf(scope),
    // What stands in no file of the user's is as good as native.
    place: frame.file.hidden
      ? undefined
      : { file: frame.file, from: definition.nameSpan.from, to: definition.nameSpan.to },
    unknownBase,
    ...(named ? { construct: (machine, ...given) => makeNamedTuple(machine, made, named, ...given) } : {}),
  };
  interpreter.at(frame, definition);
  const ancestors = named ? namedTupleBases() : bases;
  order.push(made, ...linearize(interpreter, ancestors.length > 0 ? ancestors : [objectClass]));
  owner.current = made;
  makeEnum(interpreter, made);
  tellBases(interpreter, frame, definition, made);
  return made;
}

/** Calls the `__init_subclass__` of the nearest base that has one, with the class' keywords. */
function tellBases(interpreter: Interpreter, frame: Frame, definition: ClassDefinition, made: ClassValue): void {
  const base = made.order.slice(1).find((candidate) => candidate.namespace.has('__init_subclass__'));
  const hook = base?.namespace.get('__init_subclass__');
  if (!hook) return;
  const keyword = new Map<string, Value>();
  for (const { name, value } of definition.keyword) {
    if (name !== undefined && name !== 'metaclass') keyword.set(name, interpreter.evaluate(frame, value));
  }
  interpreter.at(frame, definition);
  interpreter.call(hook.kind === 'classmethod' ? hook.function : hook, [made], keyword);
}

function valuesOf(scope: Scope): Map<string, Value> {
  const values = new Map<string, Value>();
  for (const name of scope.names.keys()) {
    const value = lookUp(scope.names, name);
    if (value) values.set(name, value);
  }
  return values;
}

/** `Generic[T]`, `Protocol` and abstract base classes add nothing that matters here. */
function asClass(base: Value): ClassValue | undefined {
  if (base.kind === 'class') return base;
  return base.kind === 'opaque' ? plainBase : undefined;
}

const plainBase = nativeClass('Generic', [objectClass]);

/** Python's method resolution order (C3) of the bases. */
function linearize(interpreter: Interpreter, bases: readonly ClassValue[]): ClassValue[] {
  const distinct = [...new Set(bases)];
  let sequences: (readonly ClassValue[])[] = [...distinct.map((base) => base.order), distinct];
  const order: ClassValue[] = [];
  for (;;) {
    sequences = sequences.filter((sequence) => sequence.length > 0);
    if (sequences.length === 0) return order;
    const next = sequences
      .map(([head]) => head)
      .find((head) => head && !sequences.some((sequence) => sequence.indexOf(head) > 0));
    if (!next) return interpreter.raise('TypeError', 'Cannot create a consistent method resolution order of the bases');
    order.push(next);
    sequences = sequences.map((sequence) => (sequence[0] === next ? sequence.slice(1) : sequence));
  }
}
