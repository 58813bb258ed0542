import { typeOf } from '../library/builtin-classes';
import { attributesOf } from '../library/namespaces';
import { callModule } from '../library/module-class';
import { isPreludePackage, transformerClass } from '../library/prelude/prelude';
import { methodsOf } from '../library/type-methods';
import { tensorAttribute, tensorClassAttribute } from '../library/tensor-attributes';
import { tensorClass } from '../library/tensor-namespace';
import type { Place } from '../source-file';
import { bareInstance } from './call';
import { reprOf, textOfValue } from './format';
import type { Interpreter } from './interpreter';
import { findSpecial } from './special-methods';
import {
  dict,
  list,
  lookUp,
  native,
  none,
  string,
  tuple,
  type ClassValue,
  type FunctionValue,
  type InstanceValue,
  type ModuleState,
  type ModuleValue,
  type PropertyValue,
  type Value,
} from './values';

/** An attribute of any value; undefined where Python would raise an AttributeError. */
export function findAttribute(interpreter: Interpreter, object: Value, name: string): Value | undefined {
  if (name === '__class__' && object.kind !== 'unknown') return typeOf(interpreter, object);
  switch (object.kind) {
    case 'unknown':
      return object;
    case 'opaque':
      return interpreter.unknown(`${object.description}.${name} is not supported yet.`);
    case 'instance':
      return instanceAttribute(interpreter, object, name);
    case 'class':
      return classAttribute(interpreter, object, name);
    case 'module':
      return moduleAttribute(interpreter, object, name);
    case 'super':
      return superAttribute(interpreter, object, name);
    case 'tensor':
      return tensorAttribute(interpreter, object, name);
    case 'function':
      return object.attributes.get(name) ?? functionAttribute(interpreter, object, name);
    case 'native':
      return name === '__name__' || name === '__qualname__' ? string(object.name) : undefined;
    case 'partial':
      if (name === 'func') return object.function;
      if (name === 'args') return tuple(object.positional);
      if (name === 'keywords') return dict([...object.keyword].map(([key, value]) => [string(key), value] as const));
      return undefined;
    case 'method':
      if (name === '__self__') return object.self;
      return name === '__func__' ? object.function : findAttribute(interpreter, object.function, name);
    case 'property':
      return propertyDecorator(object, name);
    case 'slice':
      return name === 'start' || name === 'stop' || name === 'step' ? object[name] : undefined;
    default: {
      if (object.kind === 'tuple' && object.names) {
        const item = object.items[object.names.indexOf(name)];
        if (item) return item;
      }
      const method = methodsOf(object.kind)?.get(name);
      return method && { kind: 'method', self: object, function: method };
    }
  }
}

function functionAttribute(interpreter: Interpreter, object: FunctionValue, name: string): Value | undefined {
  switch (name) {
    case '__name__':
    case '__qualname__':
      return string(object.name);
    case '__module__':
      return string(moduleName(object.place));
    case '__doc__':
      return none;
    case '__dict__':
      return attributesOf(interpreter, object);
    case '__defaults__':
      return tuple([...object.defaults.values()]);
    case '__annotations__':
      return interpreter.unknown('The annotations of a function are not kept.');
    default:
      return undefined;
  }
}

/** `@size.setter`: the property with another function. */
function propertyDecorator(object: PropertyValue, name: string): Value | undefined {
  if (name === 'getter') return native(name, (_, [getter = none]) => ({ ...object, getter }));
  if (name === 'setter') return native(name, (_, [setter = none]) => ({ ...object, setter }));
  return name === 'deleter' ? native(name, () => object) : undefined;
}

function moduleName(place: Place | undefined): string {
  return place ? place.file.baseName.replace(/\.py$/, '') : 'builtins';
}

/** The attribute in the class or the nearest ancestor that has it, unbound. */
export function lookupInOrder(order: readonly ClassValue[], name: string): Value | undefined {
  for (const candidate of order) {
    const value = candidate.namespace.get(name);
    if (value !== undefined) return value;
  }
  return undefined;
}

function instanceAttribute(interpreter: Interpreter, object: InstanceValue, name: string): Value | undefined {
  const inClass = lookupInOrder(object.class.order, name);
  if (inClass?.kind === 'property') return interpreter.call(inClass.getter, [object]);
  const own = object.attributes.get(name);
  if (own !== undefined) return own;
  if (inClass !== undefined) return bind(inClass, object, object.class);
  if (name === '__module__') return string(moduleName(object.class.place));
  if (name === '__dict__') return attributesOf(interpreter, object);
  if (name === '__doc__') return none;
  if (name === '__setattr__' || name === '__delattr__') return bind(rootMethods[name] ?? none, object, object.class);
  // PyTorch's own __getattr__, which is asked when nothing else has the name.
  const member = object.module && moduleMember(object.module, name);
  if (member !== undefined) return member;
  const ofContent = object.content && findAttribute(interpreter, object.content, name);
  if (ofContent) return ofContent;
  const custom = name.startsWith('__') ? undefined : lookupInOrder(object.class.order, '__getattr__');
  if (custom) {
    return interpreter.attempt('AttributeError', () =>
      interpreter.call(bind(custom, object, object.class), [string(name)]),
    );
  }
  return object.class.order.find((candidate) => candidate.unknownBase)?.unknownBase;
}

/** A parameter, buffer or child of an nn.Module. */
function moduleMember(state: ModuleState, name: string): Value | undefined {
  return state.parameters.get(name) ?? state.buffers.get(name)?.tensor ?? state.children.get(name);
}

function bind(value: Value, self: Value, owner: ClassValue): Value {
  switch (value.kind) {
    case 'native':
      // `activation = torch.relu` in a class body: what C code offers is no method.
      return value.name.startsWith('torch.') ? value : { kind: 'method', self, function: value };
    case 'function':
      return value.name === '__new__' ? value : { kind: 'method', self, function: value };
    case 'staticmethod':
      return value.function;
    case 'classmethod':
      return { kind: 'method', self: owner, function: value.function };
    default:
      return value;
  }
}

function classAttribute(interpreter: Interpreter, object: ClassValue, name: string): Value | undefined {
  if (name === '__name__' || name === '__qualname__') return string(object.name);
  const value = lookupInOrder(object.order, name);
  if (value?.kind === 'staticmethod') return value.function;
  if (value?.kind === 'classmethod') return { kind: 'method', self: object, function: value.function };
  if (value !== undefined) return value;
  if (name === '__doc__') return none;
  if (name === '__module__') return string(moduleName(object.place));
  const root = rootMethods[name];
  if (root && !['__getattr__', '__call__'].includes(name)) return root;
  if (name === '__mro__') return tuple(object.order);
  if (name === '__bases__') return tuple(object.bases ?? []);
  if (name === '__dict__') return attributesOf(interpreter, object);
  if (name === '__annotations__') return dict();
  if (name === 'mro') return native('mro', () => list(object.order));
  if (object === tensorClass) return tensorClassAttribute(interpreter, name);
  if (name === '__subclasses__') return native(name, () => interpreter.unknown('The derived classes are not known.'));
  return object.order.find((candidate) => candidate.unknownBase)?.unknownBase;
}

export function moduleAttribute(interpreter: Interpreter, object: ModuleValue, name: string): Value | undefined {
  const value = lookUp(object.namespace, name) ?? object.missing?.(name);
  if (value !== undefined) return value;
  const submodule = interpreter.library(`${object.name}.${name}`);
  if (submodule) return submodule;
  const transformer = object.name === 'torch.nn' ? transformerClass(interpreter, name) : undefined;
  if (transformer) return transformer;
  if (!interpreter.library(object.name)) {
    // A package of which only parts are known here.
    return isPreludePackage(object.name) && !name.startsWith('__')
      ? interpreter.unknown(`${object.name}.${name} is not supported yet.`)
      : undefined;
  }
  const unknown = interpreter.unknown(`${shortModuleName(object.name)}.${name} is not supported yet.`);
  const isLayer = object.name === 'torch.nn' && /^[A-Z]/.test(name) && !name.endsWith('Loss');
  return isLayer ? { ...unknown, layer: true } : unknown;
}

/** The name under which code usually has a module. */
export function shortModuleName(name: string): string {
  if (name === 'torch.nn.functional') return 'F';
  return name.startsWith('torch.nn') ? name.slice('torch.'.length) : name;
}

function superAttribute(
  interpreter: Interpreter,
  object: Value & { readonly kind: 'super' },
  name: string,
): Value | undefined {
  const owner = object.self.kind === 'class' ? object.self : object.self.class;
  const rest = owner.order.slice(owner.order.indexOf(object.after) + 1);
  const value = lookupInOrder(rest, name) ?? rootMethods[name];
  if (value?.kind === 'property') return interpreter.call(value.getter, [object.self]);
  if (name === '__new__' && value) return value;
  if (name === '__init_subclass__' && !value) return native(name, () => none);
  if (value !== undefined)
    return object.self.kind === 'class' && value.kind !== 'classmethod' ? value : bind(value, object.self, owner);
  return owner.order.find((candidate) => candidate.unknownBase)?.unknownBase;
}

export function setAttribute(interpreter: Interpreter, object: Value, name: string, value: Value): void {
  switch (object.kind) {
    case 'unknown':
      return;
    case 'instance':
      setInstanceAttribute(interpreter, object, name, value);
      return;
    case 'class':
      if (!object.place) interpreter.fail(`Changing ${object.name} is not supported yet.`);
      object.namespace.set(name, value);
      return;
    case 'function':
      object.attributes.set(name, value);
      return;
    case 'module':
      // Settings of libraries (torch.backends.cudnn.benchmark = True) say nothing about the model.
      if (!interpreter.library(object.name)) object.namespace.set(name, value);
      return;
    case 'tensor':
      if (name === 'requires_grad' && value.kind === 'boolean') object.requiresGrad = value.value;
      else if (name === 'data' && value.kind === 'tensor') object.data = value.data;
      else if (name !== 'grad') interpreter.fail(`Setting ${name} of a tensor is not supported yet.`);
      return;
    case 'native':
    case 'method':
    case 'opaque':
      return;
    default:
      interpreter.raise('AttributeError', `'${object.kind}' object has no attribute '${name}'`);
  }
}

function setInstanceAttribute(interpreter: Interpreter, object: InstanceValue, name: string, value: Value): void {
  const inClass = lookupInOrder(object.class.order, name);
  if (inClass?.kind === 'property') {
    if (!inClass.setter) interpreter.raise('AttributeError', `can't set attribute '${name}'`);
    interpreter.call(inClass.setter, [object, value]);
    return;
  }
  const custom = findSpecial(object, '__setattr__');
  if (custom) interpreter.call(custom, [string(name), value]);
  else assignInstanceAttribute(interpreter, object, name, value);
}

/** What `super()` finds of the root of all classes, and of nn.Module, which `findAttribute` does by itself. */
const rootMethods: Readonly<Record<string, Value>> = {
  __setattr__: native('__setattr__', (interpreter, args) => interpreter.call(plainSetattr, args)),
  __delattr__: native('__delattr__', (interpreter, [object = none, name = none]) => {
    if (name.kind === 'string') deletePlainly(interpreter, object, name.value);
    return none;
  }),
  __getattr__: native('__getattr__', (interpreter, [object, name]) => {
    const key = name?.kind === 'string' ? name.value : '';
    const member = object?.kind === 'instance' && object.module && moduleMember(object.module, key);
    return member || interpreter.raise('AttributeError', `'object' has no attribute '${key}'`);
  }),
  __call__: native('__call__', (interpreter, [object, ...args], keyword) =>
    object?.kind === 'instance' && object.module
      ? callModule(interpreter, object, args, keyword)
      : interpreter.raise('TypeError', 'object is not callable'),
  ),
  __repr__: native('__repr__', (_, [object = none]) => string(reprOf(object))),
  __str__: native('__str__', (_, [object = none]) => string(textOfValue(object))),
  __new__: native('__new__', (interpreter, [type = none, ...args], keyword) =>
    type.kind === 'class'
      ? bareInstance(interpreter, type, args, keyword)
      : interpreter.raise('TypeError', 'object.__new__(X): X is not a type object'),
  ),
};

const plainSetattr = native('__setattr__', (interpreter, [object, name, value]) => {
  if (object?.kind !== 'instance' || name?.kind !== 'string' || !value) {
    return interpreter.raise('TypeError', '__setattr__() needs an object, a name and a value');
  }
  assignInstanceAttribute(interpreter, object, name.value, value);
  return none;
});

/** As nn.Module's own __setattr__: parameters, buffers and children are kept apart, in order of registration. */
export function assignInstanceAttribute(
  interpreter: Interpreter,
  object: InstanceValue,
  name: string,
  value: Value,
): void {
  const isModule = value.kind === 'instance' && value.module !== undefined;
  const isParameter = value.kind === 'tensor' && value.parameter;
  const state = object.module;
  if (!state) {
    const isModuleClass = object.class.order.some((candidate) => candidate.name === 'Module' && !candidate.place);
    if (isModuleClass && isModule)
      interpreter.raise('AttributeError', 'cannot assign module before Module.__init__() call');
    if (isModuleClass && isParameter) {
      interpreter.raise('AttributeError', 'cannot assign parameters before Module.__init__() call');
    }
    object.attributes.set(name, value);
    return;
  }
  if (isModule) interpreter.observer?.assigned(value, interpreter.place);
  if (isParameter) {
    removeEverywhere(object, state, name, 'parameters');
    state.parameters.set(name, value);
  } else if (state.parameters.has(name)) {
    if (value.kind === 'unknown') interpreter.failUnknown(value);
    if (value.kind !== 'none') {
      interpreter.raise(
        'TypeError',
        `cannot assign this value as parameter '${name}' (torch.nn.Parameter or None expected)`,
      );
    }
    state.parameters.set(name, none);
  } else if (isModule) {
    removeEverywhere(object, state, name, 'children');
    state.children.set(name, value);
  } else if (state.children.has(name)) {
    if (value.kind === 'unknown') interpreter.failUnknown(value);
    if (value.kind !== 'none') {
      interpreter.raise(
        'TypeError',
        `cannot assign this value as child module '${name}' (torch.nn.Module or None expected)`,
      );
    }
    state.children.set(name, none);
  } else if (state.buffers.has(name) && (value.kind === 'tensor' || value.kind === 'none')) {
    state.buffers.set(name, { tensor: value, persistent: state.buffers.get(name)?.persistent ?? true });
  } else object.attributes.set(name, value);
}

function removeEverywhere(object: InstanceValue, state: ModuleState, name: string, keep: keyof ModuleState): void {
  object.attributes.delete(name);
  for (const kind of ['parameters', 'buffers', 'children'] as const) if (kind !== keep) state[kind].delete(name);
}

export function deleteAttribute(interpreter: Interpreter, object: Value, name: string): void {
  if (object.kind === 'unknown') return;
  const custom = object.kind === 'instance' ? findSpecial(object, '__delattr__') : undefined;
  if (custom) interpreter.call(custom, [string(name)]);
  else deletePlainly(interpreter, object, name);
}

function deletePlainly(interpreter: Interpreter, object: Value, name: string): void {
  const state = object.kind === 'instance' ? object.module : undefined;
  const deleted =
    (object.kind === 'instance' && object.attributes.delete(name)) ||
    (object.kind === 'class' && object.place !== undefined && object.namespace.delete(name)) ||
    (state &&
      [state.parameters, state.buffers, state.children].some((members: Map<string, unknown>) => members.delete(name)));
  if (!deleted) interpreter.raise('AttributeError', name);
}
