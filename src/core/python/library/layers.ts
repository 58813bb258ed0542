import { parseSignature } from '../../ops/signature';
import type { Arguments, TensorArgument } from '../../ops/arguments';
import { requireRank } from '../../ops/fits';
import {
  OpError,
  OpUnsupported,
  type LazyArgument,
  type ModuleBinding,
  type ModuleBlueprint,
  type ModuleCallBinding,
} from '../../ops/op';
import { pytorchModule } from '../../ops/table';
import type { AttributeValue } from '../../graph/graph';
import type { Interpreter } from '../runtime/interpreter';
import {
  boolean,
  float,
  integer,
  native,
  none,
  string,
  tensor,
  tuple,
  type ClassValue,
  type InstanceValue,
  type Value,
} from '../runtime/values';
import { ancestorOf } from './layer-ancestors';
import { initModule, method, moduleClass, stateOf } from './module-class';
import { nativeClass } from './native-class';
import { addResult, bindArguments, checked, nodeOf } from './tensor-calls';
import { writeInto } from './tensor-views';

const classes = new Map<string, ClassValue>();
const blueprints = new WeakMap<InstanceValue, ModuleBlueprint>();
/** Lazy layers that have seen no input yet, with what their constructors were given. */
const uninitialised = new WeakMap<InstanceValue, { lazy: LazyArgument; given: ReadonlyMap<string, Value> }>();

/** The class of a layer of `torch.nn` that the ops table has: `Conv2d`. */
export function layerClass(name: string): ClassValue | undefined {
  const known = classes.get(name);
  if (known) return known;
  const binding = pytorchModule(name);
  if (!binding) return undefined;
  const made = makeLayerClass(binding);
  classes.set(name, made);
  return made;
}

/** A copy of a layer is the same layer. */
export function copyBlueprint(from: InstanceValue, to: InstanceValue): void {
  const refused = refusedAtCall.get(from);
  if (refused) refusedAtCall.set(to, refused);
  const blueprint = blueprints.get(from);
  if (blueprint) blueprints.set(to, blueprint);
}

/** nn.Identity takes any arguments and gives back its input. */
export const identityClass: ClassValue = nativeClass('Identity', [moduleClass], {
  __init__: (_, [self]) => {
    if (self?.kind === 'instance') initModule(self);
    return none;
  },
  forward: method(['input'], (_, _self, { input = none }) => input),
});

function makeLayerClass(binding: ModuleBinding): ClassValue {
  const parameters = parseSignature(binding.signature);
  return nativeClass(binding.name, [baseOf(binding)], {
    __init__: (interpreter, [self, ...positional], keyword) => {
      if (self?.kind !== 'instance') return interpreter.raise('TypeError', `${binding.name} needs its object`);
      const unknown = [...positional, ...keyword.values()].find((value) => value.kind === 'unknown');
      if (unknown?.kind === 'unknown') return interpreter.failUnknown(unknown);
      const given = checked(interpreter, () =>
        bindArguments(interpreter, `nn.${binding.name}`, binding.signature, positional, keyword),
      );
      const blueprint = checked(interpreter, () => buildUnlessCalled(binding, given));
      initModule(self);
      const late = blueprint instanceof OpError ? blueprint : blueprint.refusedAtCall;
      if (late) refusedAtCall.set(self, late);
      if (!(blueprint instanceof OpError)) blueprints.set(self, blueprint);
      for (const [index, parameter] of parameters.entries()) {
        const value = positional[index] ?? keyword.get(parameter.name) ?? literal(parameter.default);
        self.attributes.set(parameter.name, value);
      }
      if (blueprint instanceof OpError) return none;
      if (binding.lazy) return waitForInput(interpreter, self, binding.lazy, blueprint);
      normalizeAttributes(self, blueprint);
      registerTensors(interpreter, self, blueprint);
      return none;
    },
    forward: (interpreter, [self, ...positional], keyword) => {
      if (self?.kind !== 'instance') return interpreter.raise('TypeError', `${binding.name} needs its object`);
      const refused = refusedAtCall.get(self);
      if (refused) return interpreter.refuse(refused.message, refused.fix);
      initialise(interpreter, self, positional[0] ?? keyword.get('input'));
      return forward(interpreter, self, binding.call ?? oneTensor, positional, keyword);
    },
    reset_parameters: () => none,
    ...Object.fromEntries((binding.harmlessMethods ?? []).map((name) => [name, () => none])),
    ...Object.fromEntries((binding.passThroughMethods ?? []).map((name) => [name, passThrough])),
  });
}

/** Layers whose constructor keeps its arguments as they are: PyTorch looks at them when the layer is called. */
const keepsArguments =
  /^(Max|Avg|LP|AdaptiveMax|AdaptiveAvg)Pool\dd$|^MaxUnpool|Pad\dd$|^Upsampl|^Pixel|^(Unf|F)old$|(?<!MultiMargin)Loss$|^GELU$|^(Log)?Softmax$|^Softmin$/;
const refusedAtCall = new WeakMap<InstanceValue, OpError>();

/** The layer, or why its first call will be refused. */
function buildUnlessCalled(binding: ModuleBinding, args: Arguments): ModuleBlueprint | OpError {
  try {
    return binding.build(args);
  } catch (error) {
    if (error instanceof OpError && !(error instanceof OpUnsupported) && keepsArguments.test(binding.name))
      return error;
    throw error;
  }
}

const passThrough: Value = {
  kind: 'staticmethod',
  function: native('passThrough', (_, [value = none]) => value),
};

/** Whether it is a lazy layer whose tensors have no shapes yet. */
export function isUninitialised(module: InstanceValue): boolean {
  return uninitialised.has(module);
}

/** A lazy convolution is a convolution to isinstance; a lazy norm is not the norm, only akin to it. */
function baseOf({ lazy, name }: ModuleBinding): ClassValue {
  const kin = lazy && !lazy.becomes.includes('Norm') ? layerClass(lazy.becomes) : undefined;
  return kin ?? ancestorOf(name);
}

/** Until its first input a lazy layer has 0 inputs, and tensors without shapes. */
function waitForInput(
  interpreter: Interpreter,
  self: InstanceValue,
  lazy: LazyArgument,
  blueprint: ModuleBlueprint,
): Value {
  uninitialised.set(self, { lazy, given: new Map(self.attributes) });
  self.attributes.set(lazy.argument, integer(0));
  const { name: className } = self.class;
  for (const { name } of blueprint.tensors) {
    const reason = `The ${name} of ${className} has no shape before the layer is called with an input.`;
    self.attributes.delete(name);
    self.attributes.set(name, { kind: 'unknown', reason, place: interpreter.place, layer: true });
  }
  return none;
}

/** A lazy layer becomes the plain one for the size of its first input, class and all. */
function initialise(interpreter: Interpreter, self: InstanceValue, input: Value | undefined): void {
  const waiting = uninitialised.get(self);
  if (!waiting || input?.kind !== 'tensor') return;
  const { lazy, given } = waiting;
  const [binding, plainClass] = [pytorchModule(lazy.becomes), layerClass(lazy.becomes)];
  if (!binding || !plainClass) throw new Error(`No layer ${lazy.becomes}`);
  const blueprint = checked(interpreter, () => {
    const all = new Map([...given, [lazy.argument, integer(lazy.from(input.type))]]);
    all.delete('training');
    for (const [name, value] of all) self.attributes.set(name, value);
    return binding.build(bindArguments(interpreter, `nn.${lazy.becomes}`, binding.signature, [], all));
  });
  uninitialised.delete(self);
  blueprints.set(self, blueprint);
  normalizeAttributes(self, blueprint);
  registerTensors(interpreter, self, blueprint);
  for (const [name, value] of self.attributes) {
    if (value.kind === 'unknown' && !given.has(name)) self.attributes.delete(name);
  }
  (self as { class: ClassValue }).class = plainClass;
}

/** Convolutions keep sizes as tuples (`conv.kernel_size` is `(3, 3)`), and pools know their stride. */
function normalizeAttributes(self: InstanceValue, blueprint: ModuleBlueprint): void {
  for (const [name, value] of Object.entries(blueprint.attributes ?? {})) self.attributes.set(name, literal(value));
  const stride = self.attributes.get('stride');
  if (/_pool\dd$/.test(blueprint.op) && stride?.kind === 'none') {
    self.attributes.set('stride', self.attributes.get('kernel_size') ?? none);
  }
  const normalized = self.attributes.get('normalized_shape');
  if (normalized?.kind === 'integer') self.attributes.set('normalized_shape', tuple([normalized]));
  else if (normalized?.kind === 'list') self.attributes.set('normalized_shape', tuple(normalized.items));
  const rank = Number(/^conv(?:_transpose)?(\d)d$/.exec(blueprint.op)?.[1] ?? 0);
  if (rank === 0) return;
  for (const name of ['kernel_size', 'stride', 'padding', 'dilation', 'output_padding']) {
    const value = self.attributes.get(name);
    if (value?.kind === 'integer') self.attributes.set(name, tuple(Array<Value>(rank).fill(value)));
    else if (value?.kind === 'list') self.attributes.set(name, tuple(value.items));
  }
}

/** Weights and statistics; a `weight` or `bias` that the layer could have and has not is None. */
function registerTensors(interpreter: Interpreter, self: InstanceValue, blueprint: ModuleBlueprint): void {
  const state = stateOf(interpreter, self);
  if (blueprint.absent) {
    for (const name of blueprint.absent.parameters) {
      self.attributes.delete(name);
      state.parameters.set(name, none);
    }
    for (const name of blueprint.absent.buffers ?? []) state.buffers.set(name, { tensor: none, persistent: true });
  } else if (
    self.attributes.has('bias') ||
    self.attributes.has('affine') ||
    self.attributes.has('elementwise_affine')
  ) {
    self.attributes.delete('bias');
    state.parameters.set('weight', none);
    state.parameters.set('bias', none);
  }
  for (const { name, kind, type, init, given } of blueprint.tensors) {
    const argument = given ? self.attributes.get(name) : undefined;
    const { owner, key } = ownerOf(interpreter, self, blueprint, name);
    owner.attributes.delete(key);
    const data = argument?.kind === 'tensor' ? argument.data : ({ kind: 'initial', init } as const);
    const { parameters, buffers } = stateOf(interpreter, owner);
    if (kind === 'parameter') parameters.set(key, tensor(type, data, { parameter: true, requiresGrad: true }));
    else buffers.set(key, { tensor: tensor(type, data), persistent: true });
  }
}

/** `out_proj.weight` belongs to a Linear inside of the layer, which is made when it is first named. */
function ownerOf(
  interpreter: Interpreter,
  self: InstanceValue,
  blueprint: ModuleBlueprint,
  name: string,
): { readonly owner: InstanceValue; readonly key: string } {
  const [childName = name, key] = name.split('.');
  if (key === undefined) return { owner: self, key: name };
  const { children } = stateOf(interpreter, self);
  const known = children.get(childName);
  if (known?.kind === 'instance') return { owner: known, key };
  const [outFeatures, inFeatures] = blueprint.tensors.find((tensor) => tensor.name === name)?.type.shape ?? [];
  const linear = layerClass('Linear');
  if (!linear || inFeatures === undefined || outFeatures === undefined) throw new Error(`No layer holds ${name}`);
  const bias = boolean(blueprint.tensors.some((tensor) => tensor.name === `${childName}.bias`));
  const child = interpreter.call(linear, [integer(inFeatures), integer(outFeatures), bias]);
  if (child.kind !== 'instance') throw new Error('A Linear is an object');
  children.set(childName, child);
  return { owner: child, key };
}

function literal(value: AttributeValue | undefined): Value {
  if (value === undefined || value === null) return none;
  if (typeof value === 'boolean') return boolean(value);
  if (typeof value === 'string') return string(value);
  if (typeof value === 'number') return Number.isInteger(value) ? integer(value) : float(value);
  return Array.isArray(value) ? tuple((value as readonly AttributeValue[]).map(literal)) : none;
}

/** Most layers take one tensor; the op's inputs are that and the layer's own tensors. */
const oneTensor: ModuleCallBinding = {
  signature: 'input',
  build: (args, { op, attrs, tensors }) => ({
    op,
    attrs,
    inputs: [args.tensor('input').id, ...[...tensors.values()].map(({ id }) => id)],
  }),
};

function forward(
  interpreter: Interpreter,
  self: InstanceValue,
  call: ModuleCallBinding,
  positional: readonly Value[],
  keyword: ReadonlyMap<string, Value>,
): Value {
  const given = [...positional, ...keyword.values()];
  const unknown = given.find((value) => value.kind === 'unknown');
  if (unknown) return unknown;
  const blueprint = blueprints.get(self);
  if (!blueprint) return interpreter.raise('AttributeError', `${self.class.name}.__init__() was not called`);
  const { op, attrs } = blueprint;
  const result = checked(interpreter, () => {
    const args = bindArguments(interpreter, self.class.name, call.signature, positional, keyword);
    if (blueprint.ranks) requireRank(self.class.name, args.tensor('input').type, blueprint.ranks);
    const tensors = stateInputs(interpreter, self, blueprint);
    return addResult(interpreter, call.build(args, { op, attrs, tensors }), given);
  });
  const inPlace = self.attributes.get('inplace');
  const [input] = positional;
  return inPlace?.kind === 'boolean' && inPlace.value && input?.kind === 'tensor' && result.kind === 'tensor'
    ? writeInto(interpreter, input, result)
    : result;
}

/** The parameters and buffers that the op reads. */
function stateInputs(
  interpreter: Interpreter,
  self: InstanceValue,
  blueprint: ModuleBlueprint,
): ReadonlyMap<string, TensorArgument> {
  const tensors = new Map<string, TensorArgument>();
  for (const { name, kind, input: isRead } of blueprint.tensors) {
    if (!isRead) continue;
    const { owner, key } = ownerOf(interpreter, self, blueprint, name);
    const state = stateOf(interpreter, owner);
    // A weight that is computed for each call (weight norm) is a plain attribute.
    const value =
      (kind === 'parameter' ? state.parameters.get(key) : state.buffers.get(key)?.tensor) ?? owner.attributes.get(key);
    if (value?.kind === 'unknown') return interpreter.failUnknown(value);
    if (value?.kind !== 'tensor') return interpreter.fail(`${self.class.name} has lost its ${name}.`);
    tensors.set(name, nodeOf(interpreter, value));
  }
  return tensors;
}
