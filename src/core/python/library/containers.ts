import type { Interpreter } from '../runtime/interpreter';
import { mappingOf } from '../runtime/dict-entries';
import { itemIndex, pick } from '../runtime/subscript';
import { typeName } from '../runtime/type-name';
import {
  boolean,
  integer,
  iterator,
  none,
  string,
  tuple,
  type ClassValue,
  type InstanceValue,
  type NativeCall,
  type TensorValue,
  type Value,
} from '../runtime/values';
import { childrenOf, initModule, method, moduleClass, registerChild, stateOf } from './module-class';
import { nativeClass } from './native-class';

/** What Sequential and ModuleList share: children under the names '0', '1', … */
const listMethods: Readonly<Record<string, NativeCall>> = {
  __getitem__: method(['index'], (interpreter, self, { index = none }) => {
    const children = childrenOf(interpreter, self);
    if (index.kind === 'slice') return derived(interpreter, self, pick(interpreter, children, index));
    const found = children[itemIndex(interpreter, index, children.length, self.class.name)];
    return found ? found[1] : none;
  }),
  __setitem__: method(['index', 'module'], (interpreter, self, { index = none, module = none }) => {
    const children = childrenOf(interpreter, self);
    const found = children[itemIndex(interpreter, index, children.length, self.class.name)];
    if (found) registerChild(interpreter, self, found[0], module);
    return none;
  }),
  __delitem__: method(['index'], (interpreter, self, { index = none }) => {
    const children = childrenOf(interpreter, self);
    const removed =
      index.kind === 'slice'
        ? pick(interpreter, children, index)
        : [children[itemIndex(interpreter, index, children.length, self.class.name)]];
    renumber(
      interpreter,
      self,
      children.filter((child) => !removed.includes(child)).map(([, child]) => child),
    );
    return none;
  }),
  __len__: method([], (interpreter, self) => integer(stateOf(interpreter, self).children.size)),
  __iter__: method([], (interpreter, self) => iterator(childrenOf(interpreter, self).map(([, child]) => child))),
  append: method(['module'], (interpreter, self, { module = none }) => {
    registerChild(interpreter, self, String(stateOf(interpreter, self).children.size), module);
    return self;
  }),
  extend: method(['modules'], (interpreter, self, { modules = none }) => extend(interpreter, self, modules)),
  __iadd__: method(['modules'], (interpreter, self, { modules = none }) => extend(interpreter, self, modules)),
  __add__: method(['modules'], (interpreter, self, { modules = none }) => {
    const made = derived(interpreter, self, childrenOf(interpreter, self));
    return extend(interpreter, made, modules);
  }),
  insert: method(['index', 'module'], (interpreter, self, { index = none, module = none }) => {
    const children = childrenOf(interpreter, self).map(([, child]) => child as Value);
    if (index.kind !== 'integer' && index.kind !== 'boolean' && index.kind !== 'unknown') {
      return interpreter.raise('TypeError', `'${typeName(index)}' object cannot be interpreted as an integer`);
    }
    const at = index.kind === 'integer' && typeof index.value === 'number' ? index.value : children.length;
    children.splice(at, 0, module);
    renumber(interpreter, self, children);
    return self;
  }),
};

export const sequentialClass: ClassValue = nativeClass('Sequential', [moduleClass], {
  ...listMethods,
  __init__: (interpreter, [self, ...layers], keyword) => {
    if (self?.kind !== 'instance') return interpreter.raise('TypeError', 'Sequential needs its object');
    if (keyword.size > 0) interpreter.raise('TypeError', 'nn.Sequential() takes no keyword arguments');
    initModule(self);
    const [only] = layers;
    if (layers.length === 1 && only?.kind === 'dict' && only.flavour === 'OrderedDict') {
      for (const { key, value: layer } of only.entries.values()) {
        if (key.kind !== 'string') return interpreter.raise('TypeError', 'module name should be a string');
        registerChild(interpreter, self, key.value, layer);
      }
    } else for (const [index, layer] of layers.entries()) registerChild(interpreter, self, String(index), layer);
    return none;
  },
  forward: method(['input'], (interpreter, self, { input = none }) => {
    const { place } = interpreter;
    let value = input;
    for (const [, child] of childrenOf(interpreter, self)) {
      // An error in a layer points to where the layer was made: the call is the same for all.
      interpreter.place = child.place;
      value = interpreter.call(child, [value]);
    }
    interpreter.place = place;
    return value;
  }),
});

export const moduleListClass: ClassValue = nativeClass('ModuleList', [moduleClass], {
  ...listMethods,
  __init__: method(['modules?'], (interpreter, self, { modules }) => {
    initModule(self);
    return modules && modules.kind !== 'none' ? (extend(interpreter, self, modules), none) : none;
  }),
});

export const moduleDictClass: ClassValue = nativeClass('ModuleDict', [moduleClass], {
  __init__: method(['modules?'], (interpreter, self, { modules }) => {
    initModule(self);
    if (modules && modules.kind !== 'none') update(interpreter, self, modules);
    return none;
  }),
  __getitem__: method(['key'], (interpreter, self, { key = none }) => {
    if (key.kind === 'unknown') return key;
    const name = key.kind === 'string' ? key.value : '';
    return stateOf(interpreter, self).children.get(name) ?? interpreter.raise('KeyError', `'${name}'`);
  }),
  __setitem__: method(['key', 'module'], (interpreter, self, { key = none, module = none }) => {
    if (key.kind !== 'string') return interpreter.raise('TypeError', 'module name should be a string');
    registerChild(interpreter, self, key.value, module);
    return none;
  }),
  __delitem__: method(['key'], (interpreter, self, { key = none }) => {
    if (key.kind === 'string') stateOf(interpreter, self).children.delete(key.value);
    return none;
  }),
  __contains__: method(['key'], (interpreter, self, { key = none }) =>
    boolean(key.kind === 'string' && stateOf(interpreter, self).children.has(key.value)),
  ),
  __len__: method([], (interpreter, self) => integer(stateOf(interpreter, self).children.size)),
  __iter__: method([], (interpreter, self) => iterator(childrenOf(interpreter, self).map(([name]) => string(name)))),
  keys: method([], (interpreter, self) => iterator(childrenOf(interpreter, self).map(([name]) => string(name)))),
  values: method([], (interpreter, self) => iterator(childrenOf(interpreter, self).map(([, child]) => child))),
  items: method([], (interpreter, self) =>
    iterator(childrenOf(interpreter, self).map(([name, child]) => tuple([string(name), child]))),
  ),
  update: method(['modules'], (interpreter, self, { modules = none }) => {
    update(interpreter, self, modules);
    return none;
  }),
});

export const parameterListClass: ClassValue = nativeClass('ParameterList', [moduleClass], {
  __init__: method(['values?'], (interpreter, self, { values }) => {
    initModule(self);
    if (!values || values.kind === 'none') return none;
    for (const value of interpreter.iterate(values)) appendParameter(interpreter, self, value);
    return none;
  }),
  append: method(['value'], (interpreter, self, { value = none }) => {
    appendParameter(interpreter, self, value);
    return self;
  }),
  __getitem__: method(['index'], (interpreter, self, { index = none }) => {
    const parameters = parametersOf(interpreter, self);
    return parameters[itemIndex(interpreter, index, parameters.length, 'ParameterList')] ?? none;
  }),
  __len__: method([], (interpreter, self) => integer(parametersOf(interpreter, self).length)),
  __iter__: method([], (interpreter, self) => iterator(parametersOf(interpreter, self))),
});

export const parameterDictClass: ClassValue = nativeClass('ParameterDict', [moduleClass], {
  __init__: method(['parameters?'], (interpreter, self, { parameters }) => {
    initModule(self);
    if (!parameters || parameters.kind === 'none') return none;
    const source = mappingOf(interpreter, parameters);
    const pairs =
      source.kind === 'dict'
        ? [...source.entries.values()].map(({ key, value }) => [key, value] as const)
        : interpreter.iterate(source).map((pair) => interpreter.iterate(pair));
    for (const [key = none, value = none] of pairs) setParameter(interpreter, self, key, value);
    return none;
  }),
  __getitem__: method(['key'], (interpreter, self, { key = none }) => {
    const name = key.kind === 'string' ? key.value : '';
    return stateOf(interpreter, self).parameters.get(name) ?? interpreter.raise('KeyError', `'${name}'`);
  }),
  __setitem__: method(['key', 'value'], (interpreter, self, { key = none, value = none }) => {
    setParameter(interpreter, self, key, value);
    return none;
  }),
  __contains__: method(['key'], (interpreter, self, { key = none }) =>
    boolean(key.kind === 'string' && stateOf(interpreter, self).parameters.has(key.value)),
  ),
  __len__: method([], (interpreter, self) => integer(stateOf(interpreter, self).parameters.size)),
  __iter__: method([], (interpreter, self) => iterator([...stateOf(interpreter, self).parameters.keys()].map(string))),
  keys: method([], (interpreter, self) => iterator([...stateOf(interpreter, self).parameters.keys()].map(string))),
  values: method([], (interpreter, self) => iterator([...stateOf(interpreter, self).parameters.values()])),
  items: method([], (interpreter, self) =>
    iterator([...stateOf(interpreter, self).parameters].map(([name, value]) => tuple([string(name), value]))),
  ),
});

function setParameter(interpreter: Interpreter, self: InstanceValue, key: Value, value: Value): void {
  if (value.kind === 'unknown') interpreter.failUnknown(value);
  if (key.kind !== 'string') return interpreter.raise('TypeError', 'parameter name should be a string');
  if (value.kind !== 'tensor')
    return interpreter.fail('A ParameterDict of other things than tensors is not supported yet.');
  stateOf(interpreter, self).parameters.set(
    key.value,
    value.parameter ? value : { ...value, parameter: true, requiresGrad: true },
  );
}

function appendParameter(interpreter: Interpreter, self: InstanceValue, value: Value): void {
  if (value.kind === 'unknown') interpreter.failUnknown(value);
  if (value.kind !== 'tensor') interpreter.fail('A ParameterList of other things than tensors is not supported yet.');
  const { parameters } = stateOf(interpreter, self);
  const kept = value.parameter ? value : { ...value, parameter: true, requiresGrad: true };
  parameters.set(String(parameters.size), kept);
}

function parametersOf(interpreter: Interpreter, self: InstanceValue): TensorValue[] {
  return [...stateOf(interpreter, self).parameters.values()].flatMap((value) =>
    value.kind === 'tensor' ? [value] : [],
  );
}

function extend(interpreter: Interpreter, self: InstanceValue, modules: Value): InstanceValue {
  for (const module of interpreter.iterate(modules)) {
    registerChild(interpreter, self, String(stateOf(interpreter, self).children.size), module);
  }
  return self;
}

function update(interpreter: Interpreter, self: InstanceValue, given: Value): void {
  const modules = mappingOf(interpreter, given);
  if (modules.kind === 'dict') {
    for (const { key, value } of modules.entries.values()) {
      if (key.kind !== 'string') interpreter.raise('TypeError', 'module name should be a string');
      registerChild(interpreter, self, key.value, value);
    }
    return;
  }
  for (const pair of interpreter.iterate(modules)) {
    const [key = none, value = none] = interpreter.iterate(pair);
    if (key.kind !== 'string') interpreter.raise('TypeError', 'module name should be a string');
    registerChild(interpreter, self, key.value, value);
  }
}

function renumber(interpreter: Interpreter, self: InstanceValue, children: readonly Value[]): void {
  stateOf(interpreter, self).children.clear();
  for (const [index, child] of children.entries()) registerChild(interpreter, self, String(index), child);
}

/** A slice of a container: a container of the same kind with the same children, their names kept in a Sequential. */
function derived(
  interpreter: Interpreter,
  self: InstanceValue,
  children: readonly (readonly [string, InstanceValue])[],
): InstanceValue {
  const isSequential = self.class.order.includes(sequentialClass);
  const made: InstanceValue = {
    kind: 'instance',
    class: isSequential ? sequentialClass : moduleListClass,
    attributes: new Map(),
    module: undefined,
    place: interpreter.place,
  };
  initModule(made);
  for (const [index, [name, child]] of children.entries()) {
    registerChild(interpreter, made, isSequential ? name : String(index), child);
  }
  return made;
}
