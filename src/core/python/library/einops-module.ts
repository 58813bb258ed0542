import { divideExactly, floorDivideDims, productOfDims, subtractDims, type Dim } from '../../graph/dim';
import type { Interpreter } from '../runtime/interpreter';
import {
  integer,
  list,
  native,
  none,
  string,
  tuple,
  type ModuleValue,
  type NativeCall,
  type TensorValue,
  type Value,
} from '../runtime/values';
import { initModule, moduleClass } from './module-class';
import { nativeClass } from './native-class';

/**
 * einops' `rearrange`, `reduce` and `repeat`: the pattern is read, and the tensor goes through reshape, permute, a
 * reduction or expand, and reshape. Source of the notation: Rogozhnikov, Einops, 2022.
 */
type Axis = { readonly kind: 'name'; readonly name: string } | { readonly kind: 'one' } | { readonly kind: 'rest' };

/** One dimension of a tensor: the axes that stand in brackets, or one of its own. */
type Composition = readonly Axis[];

interface Pattern {
  readonly left: readonly Composition[];
  readonly right: readonly Composition[];
}

type Operation = 'rearrange' | 'repeat' | 'mean' | 'sum' | 'max' | 'min' | 'prod';

function parsePattern(interpreter: Interpreter, text: string): Pattern {
  const sides = text.split('->');
  const [left, right] = sides.map((side) => parseSide(interpreter, side, text));
  if (!left || !right || sides.length !== 2) return problem(interpreter, `the pattern '${text}' needs one ->`);
  return { left, right };
}

function parseSide(interpreter: Interpreter, side: string, text: string): readonly Composition[] {
  const dimensions: Composition[] = [];
  let group: Axis[] | undefined;
  for (const token of side.match(/\(|\)|\.\.\.|…|\w+|\S/g) ?? []) {
    if (token === '(') {
      if (group) return problem(interpreter, `brackets inside of brackets in '${text}'`);
      group = [];
    } else if (token === ')') {
      if (!group) return problem(interpreter, `brackets do not match in '${text}'`);
      dimensions.push(group);
      group = undefined;
    } else {
      const axis = parseAxis(interpreter, token, text);
      if (!group) dimensions.push(axis.kind === 'one' ? [] : [axis]);
      else if (axis.kind !== 'one') group.push(axis);
    }
  }
  return group ? problem(interpreter, `brackets do not match in '${text}'`) : dimensions;
}

function parseAxis(interpreter: Interpreter, token: string, text: string): Axis {
  if (token === '...' || token === '…') return { kind: 'rest' };
  if (token === '1') return { kind: 'one' };
  if (/^\d+$/.test(token)) return { kind: 'name', name: `=${token}` };
  if (/^[A-Za-z_]\w*$/.test(token)) return { kind: 'name', name: token };
  return problem(interpreter, `'${token}' is not understood in '${text}'`);
}

function problem(interpreter: Interpreter, message: string): never {
  return interpreter.raise('ValueError', `einops: ${message}`);
}

/** The axes of a side in order, `...` written out as many of its own. */
function flatten(side: readonly Composition[], restCount: number): readonly (readonly string[])[] {
  return side.flatMap((dimension): string[][] => {
    const [only] = dimension;
    if (dimension.length === 1 && only?.kind === 'rest') {
      return Array.from({ length: restCount }, (_, index) => [`...${index}`]);
    }
    return [
      dimension.flatMap((axis) => {
        if (axis.kind === 'rest') return Array.from({ length: restCount }, (_, index) => `...${index}`);
        return axis.kind === 'name' ? [axis.name] : [];
      }),
    ];
  });
}

function transform(
  interpreter: Interpreter,
  input: TensorValue,
  text: string,
  operation: Operation,
  given: ReadonlyMap<string, Value>,
): Value {
  const pattern = parsePattern(interpreter, text);
  const { shape } = input.type;
  const hasRest = pattern.left.some((dimension) => dimension.some((axis) => axis.kind === 'rest'));
  const restCount = hasRest ? shape.length - pattern.left.length + 1 : 0;
  const left = flatten(pattern.left, restCount);
  const right = flatten(pattern.right, restCount);
  if (left.length !== shape.length || restCount < 0) {
    return problem(interpreter, `'${text}' expects ${left.length} dimensions, and the tensor has ${shape.length}`);
  }
  const sizes = sizesOf(interpreter, left, shape, text, given);
  const before = left.flat();
  const after = right.flat();
  for (const name of after) {
    if (before.includes(name)) continue;
    if (operation !== 'repeat') return problem(interpreter, `'${name}' stands on the right of '${text}' only`);
    sizes.set(name, namedSize(interpreter, name, given) ?? problem(interpreter, `the size of '${name}' is missing`));
  }
  const gone = before.filter((name) => !after.includes(name));
  const isReduction = operation !== 'rearrange' && operation !== 'repeat';
  if (gone.length > 0 && !isReduction) {
    return problem(interpreter, `'${gone.join(' ')}' stands on the left of '${text}' only`);
  }
  const size = (name: string): Dim => sizes.get(name) ?? 1;
  let value = reshaped(interpreter, input, shape, before.map(size));
  let order = before;
  if (gone.length > 0) {
    value = reduced(
      interpreter,
      value,
      operation,
      gone.map((name) => before.indexOf(name)),
    );
    order = before.filter((name) => after.includes(name));
  }
  const kept = after.filter((name) => order.includes(name));
  value = permuted(
    interpreter,
    value,
    kept.map((name) => order.indexOf(name)),
  );
  if (kept.length < after.length) value = expanded(interpreter, value, after, kept, size);
  const final = right.map((names) => productOfDims(names.map(size)));
  return reshaped(interpreter, value, after.map(size), final);
}

/** The size of each axis on the left: given, found from the tensor, or what is left of a product. */
function sizesOf(
  interpreter: Interpreter,
  left: readonly (readonly string[])[],
  shape: readonly Dim[],
  text: string,
  given: ReadonlyMap<string, Value>,
): Map<string, Dim> {
  const sizes = new Map<string, Dim>();
  for (const [index, names] of left.entries()) {
    const whole = shape[index] ?? 1;
    const open = names.filter((name) => namedSize(interpreter, name, given) === undefined);
    const known = names.flatMap((name) => {
      const size = namedSize(interpreter, name, given);
      if (size !== undefined) sizes.set(name, size);
      return size === undefined ? [] : [size];
    });
    const [first, second] = open;
    if (second !== undefined)
      return problem(interpreter, `the sizes of '${open.join(' ')}' in '${text}' are not given`);
    const product = productOfDims(known);
    if (first === undefined) {
      const difference = subtractDims(whole, product);
      if (typeof difference === 'number' && difference !== 0) {
        return problem(interpreter, `a dimension of ${whole} is not ${product}, as '${text}' says`);
      }
      continue;
    }
    const exact = divideExactly(whole, product);
    if (exact === undefined && typeof whole === 'number' && typeof product === 'number') {
      return problem(interpreter, `a dimension of ${whole} can't be divided into parts of ${product} in '${text}'`);
    }
    sizes.set(first, exact ?? floorDivideDims(whole, product));
  }
  return sizes;
}

function namedSize(interpreter: Interpreter, name: string, given: ReadonlyMap<string, Value>): Dim | undefined {
  if (name.startsWith('=')) return Number(name.slice(1));
  const value = given.get(name);
  if (!value) return undefined;
  if (value.kind === 'unknown') return interpreter.failUnknown(value);
  return value.kind === 'integer' ? value.value : problem(interpreter, `the size of '${name}' is no int`);
}

function method(interpreter: Interpreter, value: TensorValue, name: string, ...args: readonly Value[]): TensorValue {
  const made = interpreter.callMethod(value, name, ...args);
  if (made.kind === 'unknown') return interpreter.failUnknown(made);
  return made.kind === 'tensor' ? made : interpreter.fail('This tensor is not known.');
}

function reshaped(interpreter: Interpreter, value: TensorValue, from: readonly Dim[], to: readonly Dim[]): TensorValue {
  const same = from.length === to.length && from.every((size, index) => size === to[index]);
  return same ? value : method(interpreter, value, 'reshape', tuple(to.map(integer)));
}

function permuted(interpreter: Interpreter, value: TensorValue, order: readonly number[]): TensorValue {
  const same = order.every((from, to) => from === to);
  return same ? value : method(interpreter, value, 'permute', tuple(order.map(integer)));
}

function reduced(
  interpreter: Interpreter,
  value: TensorValue,
  operation: Operation,
  dims: readonly number[],
): TensorValue {
  if (operation === 'prod') {
    return [...dims]
      .sort((a, b) => b - a)
      .reduce((made, dim) => method(interpreter, made, 'prod', integer(dim)), value);
  }
  const name = operation === 'max' ? 'amax' : operation === 'min' ? 'amin' : operation;
  return method(interpreter, value, name, tuple(dims.map(integer)));
}

function expanded(
  interpreter: Interpreter,
  value: TensorValue,
  after: readonly string[],
  kept: readonly string[],
  size: (name: string) => Dim,
): TensorValue {
  const withOnes = after.map((name) => (kept.includes(name) ? size(name) : 1));
  const made = reshaped(interpreter, value, kept.map(size), withOnes);
  return method(interpreter, made, 'expand', tuple(after.map((name) => integer(size(name)))));
}

function call(fixed: 'rearrange' | 'repeat' | undefined): NativeCall {
  return (interpreter, positional, keyword) => {
    const [input = none, pattern = none, third] = positional;
    const axes = new Map([...keyword].filter(([name]) => name !== 'pattern' && name !== 'reduction'));
    const text = pattern.kind === 'none' ? (keyword.get('pattern') ?? none) : pattern;
    const operation = fixed ?? operationOf(interpreter, third ?? keyword.get('reduction') ?? none);
    const unknown = [input, text].find((value) => value.kind === 'unknown');
    if (unknown) return unknown;
    const tensor =
      input.kind === 'list' || input.kind === 'tuple'
        ? interpreter.call(interpreter.getAttribute(interpreter.library('torch') ?? none, 'stack'), [list(input.items)])
        : input;
    if (tensor.kind === 'unknown') return tensor;
    if (tensor.kind !== 'tensor' || text.kind !== 'string') {
      return interpreter.raise('TypeError', 'einops needs a tensor and a pattern');
    }
    return transform(interpreter, tensor, text.value, operation, axes);
  };
}

function operationOf(interpreter: Interpreter, value: Value): Operation {
  const known = ['mean', 'sum', 'max', 'min', 'prod'] as const;
  const found = value.kind === 'string' ? known.find((name) => name === value.value) : undefined;
  return found ?? interpreter.fail('This reduction is not supported yet.');
}

const functions = { rearrange: call('rearrange'), repeat: call('repeat'), reduce: call(undefined) };

/** `Rearrange('b c h w -> b (c h w)')` as a layer. */
function layer(name: string, run: NativeCall): Value {
  return nativeClass(name, [moduleClass], {
    __init__: (interpreter, [self, pattern = none, ...rest], keyword) => {
      if (self?.kind !== 'instance') return interpreter.raise('TypeError', `${name} needs its object`);
      initModule(self);
      self.attributes.set('pattern', pattern);
      self.attributes.set('reduction', rest[0] ?? keyword.get('reduction') ?? none);
      axesOf.set(self, new Map([...keyword].filter(([key]) => key !== 'reduction')));
      return none;
    },
    forward: (interpreter, [self = none, input = none]) => {
      if (self.kind !== 'instance') return interpreter.raise('TypeError', `${name} needs its object`);
      const { attributes } = self;
      const args = [input, attributes.get('pattern') ?? none, attributes.get('reduction') ?? none];
      return run(interpreter, args, axesOf.get(self) ?? new Map<string, Value>());
    },
  });
}

const axesOf = new WeakMap<Value, ReadonlyMap<string, Value>>();

const layers: ModuleValue = {
  kind: 'module',
  name: 'einops.layers.torch',
  namespace: new Map<string, Value>([
    ['Rearrange', layer('Rearrange', functions.rearrange)],
    ['Reduce', layer('Reduce', functions.reduce)],
  ]),
};

export const einopsModules: readonly ModuleValue[] = [
  {
    kind: 'module',
    name: 'einops',
    namespace: new Map<string, Value>([
      ...Object.entries(functions).map(([name, run]) => [name, native(name, run)] as const),
      [
        'einsum',
        // The pattern comes last here, with names of several letters.
        native('einsum', (interpreter, positional) => {
          const pattern = positional.at(-1);
          if (pattern?.kind !== 'string') return interpreter.unknown('This einsum is not followed.');
          const letters = shortened(interpreter, pattern.value);
          const torch = interpreter.getAttribute(interpreter.library('torch') ?? none, 'einsum');
          return interpreter.call(torch, [string(letters), ...positional.slice(0, -1)]);
        }),
      ],
    ]),
  },
  { kind: 'module', name: 'einops.layers', namespace: new Map([['torch', layers]]) },
  layers,
];

/** Names of several letters as letters, which torch.einsum takes. */
function shortened(interpreter: Interpreter, pattern: string): string {
  const letters = new Map<string, string>();
  const alphabet = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'];
  return pattern.replace(/[A-Za-z_]\w*/g, (name) => {
    const known = letters.get(name) ?? alphabet[letters.size];
    if (known === undefined) return interpreter.fail('This einsum has too many names.');
    letters.set(name, known);
    return known;
  });
}
