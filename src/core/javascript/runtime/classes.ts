import { objectClass } from '../../python/library/native-class';
import type { Interpreter } from '../../python/runtime/interpreter';
import type { ClassValue, InstanceValue, UnknownValue, Value } from '../../python/runtime/values';
import type { ClassExpression } from '../syntax/javascript-syntax';
import { evaluate, evaluateKey } from './evaluate';
import { runBody } from './execute';
import { at, withScope, type JavaScriptFrame, type Receiver } from './frame';
import { invoke, makeFunction } from './functions';
import { accessor, classOf, registerClass, undefinedValue, type HomeObject, type JavaScriptClass } from './js-values';
import { raiseError } from './raise-error';
import { JavaScriptScope } from './scope';
import { textOf } from './text-of';

/** A class; its static fields and blocks run now. */
export function defineClass(outer: JavaScriptFrame, node: ClassExpression): Value {
  const { interpreter } = outer;
  const frame = withScope(outer, new JavaScriptScope(outer.scope));
  const base = node.base ? evaluate(frame, node.base) : undefined;
  if (node.base) at(frame, node.base);
  const baseClass = base?.kind === 'class' ? base : undefined;
  const unknownBase = baseClass?.unknownBase ?? unknownBaseOf(interpreter, base);
  const order: ClassValue[] = [];
  const made: ClassValue = {
    kind: 'class',
    name: node.name,
    order,
    namespace: new Map(),
    place: { file: frame.file, from: node.from, to: node.to },
    unknownBase,
  };
  order.push(made, ...(baseClass?.order ?? [objectClass]));
  if (node.name !== '') frame.scope.declare(node.name, made, true);
  const record: JavaScriptClass = {
    node,
    frame,
    base: baseClass,
    statics: new Map(),
    ...constructorOf(frame, node),
  };
  registerClass(made, record);
  for (const member of node.members) addMember(frame, made, record, member);
  return made;
}

function unknownBaseOf(interpreter: Interpreter, base: Value | undefined): UnknownValue | undefined {
  if (!base || base.kind === 'class') return undefined;
  if (base.kind === 'unknown') return base;
  if (base.kind !== 'opaque') return interpreter.unknown('The class that this one extends is not known.');
  return { ...interpreter.unknown(`Classes that extend ${base.description} are not supported yet.`), layer: true };
}

function constructorOf(
  frame: JavaScriptFrame,
  node: ClassExpression,
): Pick<JavaScriptClass, 'constructorNode' | 'fields' | 'parameterFields'> {
  const found = node.members.find(
    (member) => member.kind === 'method' && member.key === 'constructor' && !member.static,
  );
  const fields = node.members.flatMap((value) => {
    if (value.kind !== 'field' || value.static) return [];
    return [{ key: textOf(evaluateKey(frame, value.key)), value }];
  });
  return {
    constructorNode: found?.kind === 'method' ? found.value : undefined,
    fields,
    parameterFields: found?.kind === 'method' ? found.fields : [],
  };
}

function addMember(
  frame: JavaScriptFrame,
  made: ClassValue,
  record: JavaScriptClass,
  member: ClassExpression['members'][number],
): void {
  const home: HomeObject = { class: made, static: member.static };
  const inClass: JavaScriptFrame = { ...frame, receiver: { current: made, home, newTarget: undefined } };
  if (member.kind === 'block') {
    runBody(withScope(inClass, new JavaScriptScope(frame.scope, 'function')), member.body);
    return;
  }
  if (member.key === 'constructor' && !member.static) return;
  if (member.kind === 'field' && !member.static) return;
  const key = textOf(evaluateKey(frame, member.key));
  if (member.kind === 'field') {
    record.statics.set(key, member.value ? evaluate(inClass, member.value) : undefinedValue);
    return;
  }
  const target = member.static ? record.statics : made.namespace;
  const method = makeFunction(frame, member.value, key, home);
  const known = target.get(key);
  const other = known?.kind === 'property' ? known : undefined;
  if (member.kind === 'method') target.set(key, method);
  else if (member.kind === 'getter') target.set(key, accessor(method, other?.setter));
  else target.set(key, accessor(other?.getter ?? undefinedValue, method));
}

/** `new callee(…)` */
export function construct(interpreter: Interpreter, callee: Value, positional: readonly Value[], text: string): Value {
  switch (callee.kind) {
    case 'class':
      if (classOf(callee)) return makeInstance(interpreter, callee, callee, positional);
      return interpreter.call(callee, positional);
    case 'unknown':
      return callee;
    case 'opaque':
      return interpreter.unknown(`${callee.description} is not supported yet.`);
    case 'native':
      return interpreter.unknown('Functions as constructors are not supported yet.');
    default:
      return raiseError(interpreter, 'TypeError', `${text} is not a constructor`);
  }
}

/** `super(…)`: makes the object as the class above does, then this class' fields. */
export function constructSuper(frame: JavaScriptFrame, positional: readonly Value[]): Value {
  const { interpreter, receiver } = frame;
  const { home, newTarget } = receiver;
  const record = home && classOf(home.class);
  if (!record || !newTarget) return interpreter.fail('super(…) stands in no constructor of a derived class.');
  const made = makeBase(interpreter, record, newTarget, positional);
  receiver.current = made;
  if (made.kind === 'instance') addFields(record, made, home);
  return undefinedValue;
}

function makeInstance(
  interpreter: Interpreter,
  callee: ClassValue,
  newTarget: ClassValue,
  positional: readonly Value[],
): Value {
  const record = classOf(callee);
  if (!record) return makeNative(interpreter, callee, newTarget, positional);
  const home: HomeObject = { class: callee, static: false };
  const derived = record.node.base !== undefined;
  const receiver: Receiver = { current: undefined, home, newTarget };
  if (!derived) {
    const plain: InstanceValue = {
      kind: 'instance',
      class: newTarget,
      attributes: new Map(),
      module: undefined,
      place: interpreter.place,
    };
    receiver.current = plain;
    addFields(record, plain, home);
  }
  const { constructorNode } = record;
  if (!constructorNode) {
    if (!derived) return receiver.current ?? undefinedValue;
    const made = makeBase(interpreter, record, newTarget, positional);
    if (made.kind === 'instance') addFields(record, made, home);
    return made;
  }
  const { current } = receiver;
  if (current?.kind === 'instance') addParameterFields(record, current, positional);
  const returned = invoke(
    { node: constructorNode, name: callee.name, frame: record.frame, home, properties: new Map() },
    undefinedValue,
    positional,
    receiver,
  );
  if (['instance', 'dict', 'list', 'unknown'].includes(returned.kind)) return returned;
  if (!receiver.current) {
    return raiseError(interpreter, 'ReferenceError', "Must call super constructor before accessing 'this'");
  }
  if (!current && receiver.current.kind === 'instance') addParameterFields(record, receiver.current, positional);
  return receiver.current;
}

function makeBase(
  interpreter: Interpreter,
  record: JavaScriptClass,
  newTarget: ClassValue,
  positional: readonly Value[],
): Value {
  if (record.base) return makeInstance(interpreter, record.base, newTarget, positional);
  return newTarget.unknownBase ?? interpreter.unknown('The class that this one extends is not known.');
}

/** A class of JavaScript or of a library: errors may be extended, others are not followed. */
function makeNative(
  interpreter: Interpreter,
  callee: ClassValue,
  newTarget: ClassValue,
  positional: readonly Value[],
): Value {
  const made = interpreter.call(callee, positional);
  if (made.kind === 'instance' && made.class.name.endsWith('Error')) return { ...made, class: newTarget };
  return interpreter.unknown(`Classes that extend ${callee.name} are not supported yet.`);
}

/** TypeScript: `constructor(private units: number)` keeps its argument. */
function addParameterFields(record: JavaScriptClass, made: InstanceValue, positional: readonly Value[]): void {
  const parameters = record.constructorNode?.parameters ?? [];
  for (const name of record.parameterFields) {
    const index = parameters.findIndex(({ target }) => target.kind === 'identifier' && target.name === name);
    const given = positional[index] ?? undefinedValue;
    const fallback = parameters[index]?.default;
    made.attributes.set(name, given.kind === 'none' && fallback ? evaluate(record.frame, fallback) : given);
  }
}

function addFields(record: JavaScriptClass, made: InstanceValue, home: HomeObject): void {
  const receiver: Receiver = { current: made, home, newTarget: undefined };
  const frame: JavaScriptFrame = {
    ...record.frame,
    receiver,
    scope: new JavaScriptScope(record.frame.scope, 'function'),
  };
  for (const { key, value } of record.fields) {
    if (value.kind !== 'field') continue;
    // A field without a value does not undo what TypeScript's `declare` or a class above gave.
    made.attributes.set(key, value.value ? evaluate(frame, value.value) : undefinedValue);
  }
}
