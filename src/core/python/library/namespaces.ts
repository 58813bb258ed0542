import type { Interpreter } from '../runtime/interpreter';
import { runBody } from '../runtime/execute';
import type { Frame } from '../runtime/frame';
import { SourceFile } from '../source-file';
import { parseModule } from '../syntax/parse-module';
import {
  dict,
  lookUp,
  none,
  string,
  type Binding,
  type DictValue,
  type NativeCall,
  type Value,
} from '../runtime/values';

/** Functions that look at names, or run text, where they are called. */
export const namespaceFunctions: Readonly<Record<string, NativeCall>> = {
  vars: (interpreter, [object]) => (object ? attributesOf(interpreter, object) : localNames(interpreter)),
  locals: (interpreter) => localNames(interpreter),
  globals: (interpreter) => {
    const module = interpreter.frames.at(-1)?.scope.module;
    return module ? liveNames(module.namespace) : interpreter.unknown('The names of this file are not known.');
  },
  eval: (interpreter, [source = none, scope]) => {
    if (source.kind === 'unknown') return source;
    const { frame, statements } = readText(interpreter, source, scope);
    const [only, more] = statements;
    if (!frame || !only || more || only.kind !== 'expression') {
      return interpreter.unknown('This text is not an expression that can be followed.');
    }
    return interpreter.evaluate(frame, only.value);
  },
  exec: (interpreter, [source = none, scope]) => {
    if (source.kind === 'unknown') return interpreter.failUnknown(source);
    const { frame, statements } = readText(interpreter, source, scope);
    if (!frame) return interpreter.fail('exec() with these arguments is not supported yet.');
    runBody(interpreter, frame, statements);
    return none;
  },
};

/** `vars(object)`, `object.__dict__`: changing it changes the object. */
export function attributesOf(interpreter: Interpreter, object: Value): Value {
  switch (object.kind) {
    case 'unknown':
      return object;
    case 'instance':
      return liveNames(object.attributes);
    case 'module':
    case 'class':
      return liveNames<Binding>(object.namespace);
    case 'function':
      return liveNames(object.attributes);
    default:
      return interpreter.raise('TypeError', 'vars() argument must have __dict__ attribute');
  }
}

function liveNames<Held extends Binding>(names: Map<string, Held | Value>): DictValue {
  const pairs = [...names.keys()].map((name) => [string(name), lookUp(names as Map<string, Binding>, name) ?? none]);
  return {
    ...dict(pairs as [Value, Value][]),
    changed: (key, value) => {
      if (key.kind !== 'string') return;
      if (value) names.set(key.value, value);
      else names.delete(key.value);
    },
  };
}

function localNames(interpreter: Interpreter): Value {
  const frame = interpreter.frames.at(-1);
  if (!frame) return interpreter.unknown('The names here are not known.');
  const { names } = frame.scope;
  return dict([...names.keys()].map((name) => [string(name), lookUp(names, name) ?? none] as const));
}

/** The text as code of the place where `eval` or `exec` is called. */
function readText(
  interpreter: Interpreter,
  source: Value,
  scope: Value | undefined,
): { readonly frame: Frame | undefined; readonly statements: ReturnType<typeof parseModule> } {
  const caller = interpreter.frames.at(-1);
  if (source.kind !== 'string' || !caller || (scope && scope.kind !== 'none')) {
    return { frame: undefined, statements: [] };
  }
  const frame: Frame = { ...caller, file: new SourceFile(caller.file.path, source.value, { hidden: true }) };
  return { frame, statements: parseModule(source.value) };
}
