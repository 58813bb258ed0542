import type { Interpreter } from '../runtime/interpreter';
import {
  dict,
  iterator,
  none,
  opaque,
  string,
  training,
  tuple,
  type ClassValue,
  type InstanceValue,
  type ModuleState,
  type NativeCall,
  type TensorValue,
  type UnknownValue,
  type Value,
} from '../runtime/values';
import { addHook, runHooksAfter, runHooksBefore } from './module-hooks';
import { nativeClass, objectClass } from './native-class';
import { readArguments } from './read-arguments';

/** torch.nn.Module. Modules, parameters and buffers are listed in PyTorch's order. */
export const moduleClass: ClassValue = nativeClass('Module', [objectClass], {
  __init__: (_, positional) => {
    const [self] = positional;
    if (self?.kind === 'instance') initModule(self);
    return none;
  },
  forward: (interpreter, [self]) => interpreter.raise('NotImplementedError', `${className(self)} has no forward`),
  add_module: addModule,
  register_module: addModule,
  register_parameter: method(['name', 'param'], (interpreter, self, { name, param }) => {
    const key = textOf(interpreter, name);
    if (param?.kind === 'tensor' && !param.parameter) {
      return interpreter.raise(
        'TypeError',
        `cannot assign this tensor as parameter '${key}' (torch.nn.Parameter or None required)`,
      );
    }
    if (param?.kind === 'unknown') return interpreter.failUnknown(param);
    stateOf(interpreter, self).parameters.set(key, param?.kind === 'tensor' ? param : none);
    return none;
  }),
  register_buffer: method(['name', 'tensor', 'persistent?'], (interpreter, self, { name, tensor, persistent }) => {
    if (tensor?.kind === 'unknown') return interpreter.failUnknown(tensor);
    stateOf(interpreter, self).buffers.set(textOf(interpreter, name), {
      tensor: tensor?.kind === 'tensor' ? tensor : none,
      persistent: persistent?.kind !== 'boolean' || persistent.value,
    });
    return none;
  }),
  parameters: method(['recurse?'], (interpreter, self, { recurse }) =>
    iterator(namedParameters(interpreter, self, isOff(recurse)).map(([, value]) => value)),
  ),
  named_parameters: method(['prefix?', 'recurse?', 'remove_duplicate?'], (interpreter, self, { prefix, recurse }) =>
    iterator(
      namedParameters(interpreter, self, isOff(recurse)).map(([name, value]) =>
        tuple([string(withPrefix(interpreter, prefix, name)), value]),
      ),
    ),
  ),
  buffers: method(['recurse?'], (interpreter, self) =>
    iterator(namedBuffers(interpreter, self).map(([, value]) => value)),
  ),
  named_buffers: method(['prefix?', 'recurse?'], (interpreter, self) =>
    iterator(namedBuffers(interpreter, self).map(([name, value]) => tuple([string(name), value]))),
  ),
  children: method([], (interpreter, self) => iterator(childrenOf(interpreter, self).map(([, child]) => child))),
  named_children: method([], (interpreter, self) =>
    iterator(childrenOf(interpreter, self).map(([name, child]) => tuple([string(name), child]))),
  ),
  modules: method([], (interpreter, self) => iterator(namedModules(interpreter, self).map(([, module]) => module))),
  named_modules: method(['memo?', 'prefix?', 'remove_duplicate?'], (interpreter, self, { prefix }) =>
    iterator(
      namedModules(interpreter, self).map(([name, module]) =>
        tuple([string(withPrefix(interpreter, prefix, name)), module]),
      ),
    ),
  ),
  get_submodule: method(['target'], (interpreter, self, { target }) =>
    textOf(interpreter, target)
      .split('.')
      .reduce<Value>((module, name) => (name === '' ? module : interpreter.getAttribute(module, name)), self),
  ),
  apply: method(['fn'], (interpreter, self, { fn = none }) => {
    for (const [, module] of namedModules(interpreter, self).reverse()) interpreter.call(fn, [module]);
    return self;
  }),
  requires_grad_: method(['requires_grad?'], (interpreter, self, { requires_grad }) => {
    const wanted = requires_grad?.kind !== 'boolean' || requires_grad.value;
    for (const [, parameter] of namedParameters(interpreter, self)) parameter.requiresGrad = wanted;
    return self;
  }),
  train: method(['mode?'], changeMode),
  eval: method([], changeMode),
  to: (_, [self = none]) => self,
  cuda: (_, [self = none]) => self,
  cpu: (_, [self = none]) => self,
  float: (_, [self = none]) => self,
  to_empty: (_, [self = none]) => self,
  type: (_, [self = none]) => self,
  half: notSupported('half()'),
  double: notSupported('double()'),
  bfloat16: notSupported('bfloat16()'),
  share_memory: (_, [self = none]) => self,
  zero_grad: () => none,
  extra_repr: () => string(''),
  _get_name: (_, [self]) => string(className(self)),
  state_dict: (interpreter) => interpreter.unknown('The values of a state_dict are not known.'),
  load_state_dict: (interpreter, [self]) => {
    if (self?.kind === 'instance') forgetValues(interpreter, self);
    return opaque('the keys that do not match');
  },
  register_forward_hook: method(
    ['hook', 'prepend?', 'with_kwargs?', 'always_call?'],
    (interpreter, self, { hook = none, with_kwargs }) =>
      addHook(interpreter, self, 'after', hook, with_kwargs?.kind === 'boolean' && with_kwargs.value),
  ),
  register_forward_pre_hook: method(
    ['hook', 'prepend?', 'with_kwargs?'],
    (interpreter, self, { hook = none, with_kwargs }) =>
      addHook(interpreter, self, 'before', hook, with_kwargs?.kind === 'boolean' && with_kwargs.value),
  ),
  register_full_backward_hook: backwardHook,
  register_full_backward_pre_hook: backwardHook,
  register_backward_hook: backwardHook,
  _register_load_state_dict_pre_hook: () => none,
  register_load_state_dict_post_hook: () => none,
  register_load_state_dict_pre_hook: () => none,
  _register_state_dict_hook: () => none,
  get_parameter: method(['target'], (interpreter, self, { target }) =>
    textOf(interpreter, target)
      .split('.')
      .reduce<Value>((module, name) => interpreter.getAttribute(module, name), self),
  ),
  get_buffer: method(['target'], (interpreter, self, { target }) =>
    textOf(interpreter, target)
      .split('.')
      .reduce<Value>((module, name) => interpreter.getAttribute(module, name), self),
  ),
  _buffers: {
    kind: 'property',
    setter: undefined,
    getter: {
      kind: 'native',
      name: '_buffers',
      call: (interpreter, [self]) =>
        dict(
          [...stateOf(interpreter, self ?? none).buffers].map(([name, { tensor }]) => [string(name), tensor] as const),
        ),
    },
  },
  _modules: {
    kind: 'property',
    setter: undefined,
    getter: {
      kind: 'native',
      name: '_modules',
      call: (interpreter, [self]) => snapshot(interpreter, self, (state) => state.children),
    },
  },
  _parameters: {
    kind: 'property',
    setter: undefined,
    getter: {
      kind: 'native',
      name: '_parameters',
      call: (interpreter, [self]) => snapshot(interpreter, self, (state) => state.parameters),
    },
  },
});

export function isModuleClass(value: ClassValue): boolean {
  return value.order.includes(moduleClass);
}

export function initModule(self: InstanceValue): void {
  self.module = { parameters: new Map(), buffers: new Map(), children: new Map() };
  self.attributes.set('training', training);
}

/** Calls a module: its forward runs, and what it computes belongs to it. */
export function callModule(
  interpreter: Interpreter,
  module: InstanceValue,
  positional: readonly Value[],
  keyword: ReadonlyMap<string, Value>,
): Value {
  return interpreter.observeCall(module, [...positional, ...keyword.values()], () =>
    runForward(interpreter, module, positional, keyword),
  );
}

function runForward(
  interpreter: Interpreter,
  module: InstanceValue,
  positional: readonly Value[],
  keyword: ReadonlyMap<string, Value>,
): Value {
  const given = runHooksBefore(interpreter, module, positional);
  const forward = interpreter.getAttribute(module, 'forward');
  interpreter.moduleStack.push(module);
  let output: Value;
  try {
    output = interpreter.call(forward, given, keyword);
  } finally {
    interpreter.moduleStack.pop();
  }
  return runHooksAfter(interpreter, module, given, output);
}

/** The state that `Module.__init__` makes; without it PyTorch refuses too. */
export function stateOf(interpreter: Interpreter, module: Value): ModuleState {
  if (module.kind === 'instance' && module.module) return module.module;
  return interpreter.raise('AttributeError', 'cannot use a module before Module.__init__() call');
}

export function childrenOf(interpreter: Interpreter, module: InstanceValue): [string, InstanceValue][] {
  return [...stateOf(interpreter, module).children].flatMap(([name, child]): [string, InstanceValue][] =>
    child.kind === 'instance' ? [[name, child]] : [],
  );
}

/** The module and all inside of it, each once, under its first name. */
export function namedModules(interpreter: Interpreter, root: InstanceValue): [string, InstanceValue][] {
  const seen = new Set<InstanceValue>();
  const found: [string, InstanceValue][] = [];
  const visit = (module: InstanceValue, path: string): void => {
    if (seen.has(module)) return;
    seen.add(module);
    interpreter.spend();
    found.push([path, module]);
    for (const [name, child] of childrenOf(interpreter, module)) visit(child, path === '' ? name : `${path}.${name}`);
  };
  visit(root, '');
  return found;
}

function namedParameters(interpreter: Interpreter, root: InstanceValue, own = false): [string, TensorValue][] {
  if (own) {
    return [...stateOf(interpreter, root).parameters].flatMap(([name, value]): [string, TensorValue][] =>
      value.kind === 'tensor' ? [[name, value]] : [],
    );
  }
  return namedTensors(interpreter, root, (state) => [...state.parameters]);
}

/** Weights that are loaded: their shapes are the model's own, their values are not known. */
export function forgetValues(interpreter: Interpreter, module: InstanceValue): void {
  const reason = 'Loading weights inside of the model code is not supported yet.';
  for (const [, parameter] of namedParameters(interpreter, module)) {
    parameter.data = { kind: 'unknown', reason, place: interpreter.place };
  }
}

function isOff(flag: Value | undefined): boolean {
  return flag?.kind === 'boolean' && !flag.value;
}

function withPrefix(interpreter: Interpreter, prefix: Value | undefined, name: string): string {
  const text = prefix && prefix.kind !== 'none' ? textOf(interpreter, prefix) : '';
  return text === '' || name === '' ? text + name : `${text}.${name}`;
}

function namedBuffers(interpreter: Interpreter, root: InstanceValue): [string, TensorValue][] {
  return namedTensors(interpreter, root, (state) => [...state.buffers].map(([name, { tensor }]) => [name, tensor]));
}

function namedTensors(
  interpreter: Interpreter,
  root: InstanceValue,
  select: (state: ModuleState) => (readonly [string, Value])[],
): [string, TensorValue][] {
  const seen = new Set<Value>();
  const found: [string, TensorValue][] = [];
  for (const [path, module] of namedModules(interpreter, root)) {
    for (const [name, value] of select(stateOf(interpreter, module))) {
      if (value.kind !== 'tensor' || seen.has(value)) continue;
      seen.add(value);
      found.push([path === '' ? name : `${path}.${name}`, value]);
    }
  }
  return found;
}

/** Stands for a module that is not known: what it computes is not known either, for the same reason. */
export function unknownModule(reason: UnknownValue): InstanceValue {
  const made: InstanceValue = {
    kind: 'instance',
    class: unknownModuleClass,
    attributes: new Map([['reason', reason]]),
    module: undefined,
    place: reason.place,
  };
  initModule(made);
  return made;
}

export const unknownModuleClass: ClassValue = nativeClass('Unknown', [moduleClass], {
  forward: (interpreter, [self]) => (self ? interpreter.getAttribute(self, 'reason') : none),
});

/** Registers a child; one that is not known leaves the model unknown. */
export function registerChild(interpreter: Interpreter, self: InstanceValue, name: string, child: Value): void {
  if (child.kind === 'unknown') {
    if (interpreter.strict) interpreter.failUnknown(child);
    stateOf(interpreter, self).children.set(name, unknownModule(child));
  } else if (child.kind === 'instance' && child.module) stateOf(interpreter, self).children.set(name, child);
  else if (child.kind === 'none') stateOf(interpreter, self).children.set(name, none);
  else interpreter.raise('TypeError', `${describe(child)} is not a Module subclass`);
}

function describe(value: Value): string {
  if (value.kind === 'class') return `the class ${value.name} (its brackets are missing)`;
  return value.kind === 'function' ? `the function ${value.name}` : `a value of type ${value.kind}`;
}

function addModule(interpreter: Interpreter, positional: readonly Value[], keyword: ReadonlyMap<string, Value>): Value {
  const {
    self,
    name,
    module = none,
  } = readArguments(interpreter, 'add_module', ['self', 'name', 'module'], positional, keyword);
  if (self?.kind !== 'instance') return interpreter.raise('TypeError', 'add_module() needs a module');
  const key = textOf(interpreter, name);
  if (key.includes('.')) interpreter.raise('KeyError', `module name can't contain ".", got: ${key}`);
  if (key === '') interpreter.raise('KeyError', 'module name can\'t be empty string ""');
  registerChild(interpreter, self, key, module);
  return none;
}

type Method = (
  interpreter: Interpreter,
  self: InstanceValue,
  args: Readonly<Record<string, Value | undefined>>,
) => Value;

/** A method whose arguments are bound by name. */
export function method(names: readonly string[], call: Method): NativeCall {
  return (interpreter, [self, ...rest], keyword) => {
    if (self?.kind !== 'instance') return interpreter.raise('TypeError', 'A method needs its object');
    return call(interpreter, self, readArguments(interpreter, 'method', names, rest, keyword));
  };
}

function notSupported(what: string): NativeCall {
  return (interpreter) => interpreter.fail(`${what} is not supported yet.`);
}

/** What looks at gradients changes nothing about the forward computation. */
function backwardHook(interpreter: Interpreter): Value {
  if (interpreter.strict) interpreter.fail('A backward hook is not supported yet.');
  return opaque('a hook');
}

/** The mode is the trainer's choice; code that switches it while the model runs is not followed. */
function changeMode(interpreter: Interpreter, self: InstanceValue): Value {
  if (interpreter.tracer.final && interpreter.moduleStack.length > 0) {
    interpreter.fail('Switching between training and evaluation in forward is not supported yet.');
  }
  return self;
}

function className(value: Value | undefined): string {
  return value?.kind === 'instance' ? value.class.name : 'This module';
}

function textOf(interpreter: Interpreter, value: Value | undefined): string {
  if (value?.kind === 'string') return value.value;
  if (value?.kind === 'unknown') return interpreter.failUnknown(value);
  return interpreter.raise('TypeError', 'a name should be a string');
}

function snapshot(
  interpreter: Interpreter,
  self: Value | undefined,
  select: (state: ModuleState) => ReadonlyMap<string, Value>,
): Value {
  const members = [...select(stateOf(interpreter, self ?? none))].map(
    ([name, value]) => [string(name), value] as const,
  );
  return {
    ...dict(members),
    flavour: 'OrderedDict',
    changed: (key, value) => {
      if (self?.kind !== 'instance' || key.kind !== 'string') return;
      const held = select(stateOf(interpreter, self)) as Map<string, Value>;
      if (!value) held.delete(key.value);
      else if (value.kind === 'instance') registerChild(interpreter, self, key.value, value);
      else held.set(key.value, value);
    },
  };
}
