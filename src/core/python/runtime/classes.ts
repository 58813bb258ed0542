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
  runBody(interpreter, { file: frame.file, scope, owner }, definition.body);
  const order: ClassValue[] = [];
  const made: ClassValue = {
    kind: 'class',
    name: definition.name,
    order,
    namespace: valuesOf(scope),
    place: { file: frame.file, from: definition.nameSpan.from, to: definition.nameSpan.to },
    unknownBase,
  };
  interpreter.at(frame, definition);
  order.push(made, ...linearize(interpreter, bases.length > 0 ? bases : [objectClass]));
  owner.current = made;
  return made;
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
