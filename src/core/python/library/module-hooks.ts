import type { Interpreter } from '../runtime/interpreter';
import { none, tuple, type InstanceValue, type Value } from '../runtime/values';
import { nativeClass, objectClass } from './native-class';

/** Functions that a module calls before and after its forward, in order of registration. */
interface Hooks {
  readonly before: Set<Hook>;
  readonly after: Set<Hook>;
}

interface Hook {
  readonly call: Value;
  /** Whether it is given the keyword arguments too. */
  readonly withKeywords: boolean;
}

const hooksOf = new WeakMap<InstanceValue, Hooks>();

/** `register_forward_hook`, `register_forward_pre_hook`: gives a handle that removes the hook. */
export function addHook(
  interpreter: Interpreter,
  module: InstanceValue,
  kind: keyof Hooks,
  call: Value,
  withKeywords: boolean,
): Value {
  const hooks = hooksOf.get(module) ?? { before: new Set(), after: new Set() };
  hooksOf.set(module, hooks);
  const hook: Hook = { call, withKeywords };
  hooks[kind].add(hook);
  const handleClass = nativeClass('RemovableHandle', [objectClass], {
    remove: () => {
      hooks[kind].delete(hook);
      return none;
    },
  });
  return { kind: 'instance', class: handleClass, attributes: new Map(), module: undefined, place: interpreter.place };
}

/** Copies of a module keep its hooks. */
export function copyHooks(from: InstanceValue, to: InstanceValue): void {
  const hooks = hooksOf.get(from);
  if (hooks) hooksOf.set(to, { before: new Set(hooks.before), after: new Set(hooks.after) });
}

/** The arguments of a call as the module's hooks leave them. */
export function runHooksBefore(
  interpreter: Interpreter,
  module: InstanceValue,
  positional: readonly Value[],
): readonly Value[] {
  let given = positional;
  for (const { call, withKeywords } of hooksOf.get(module)?.before ?? []) {
    if (withKeywords) return interpreter.fail('A forward hook with keyword arguments is not supported yet.');
    const changed = interpreter.call(call, [module, tuple(given)]);
    if (changed.kind === 'unknown') interpreter.failUnknown(changed);
    if (changed.kind !== 'none') given = changed.kind === 'tuple' ? changed.items : [changed];
  }
  return given;
}

/** What a call gives as the module's hooks leave it. */
export function runHooksAfter(
  interpreter: Interpreter,
  module: InstanceValue,
  positional: readonly Value[],
  output: Value,
): Value {
  let result = output;
  for (const { call, withKeywords } of hooksOf.get(module)?.after ?? []) {
    if (withKeywords) return interpreter.fail('A forward hook with keyword arguments is not supported yet.');
    const changed = interpreter.call(call, [module, tuple(positional), result]);
    if (changed.kind !== 'none') result = changed;
  }
  return result;
}
