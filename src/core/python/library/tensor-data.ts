import type { DType, Initializer, Shape } from '../../graph/graph';
import { categoryOf, promoteTypes } from '../../ops/arithmetic/promote';
import type { RandomDistribution } from '../../ops/arithmetic/random';
import type { Interpreter } from '../runtime/interpreter';
import { typeName } from '../runtime/type-name';
import { contentOf, initialTensor, tensor, type TensorValue, type UnknownValue, type Value } from '../runtime/values';
import { unshared } from './tensor-views';
import { addNode } from './tensor-calls';

/**
 * `torch.tensor(data)`: numbers in lists of lists. The values are known where they are all equal, else only the type. Without
 * a dtype it is that of the values.
 */
export function fromData(interpreter: Interpreter, data: Value, dtype: DType | undefined): TensorValue | UnknownValue {
  if (data.kind === 'tensor') {
    const copied = unshared(interpreter, data);
    return dtype && dtype !== data.type.dtype ? { ...copied, type: { ...data.type, dtype } } : copied;
  }
  const shape: number[] = [];
  const found: Found = { values: [], dtype: undefined, unknown: undefined };
  visit(interpreter, data, 0, shape, found);
  if (found.unknown) return found.unknown;
  const type = { shape, dtype: dtype ?? found.dtype ?? 'f32' };
  const [first = 0] = found.values;
  return first !== undefined && found.values.every((value) => value === first)
    ? initialTensor(type, { kind: 'constant', value: type.dtype === 'bool' ? Number(first !== 0) : first })
    : withoutValues(interpreter, type.shape, type.dtype, wholeValues(found.values));
}

function wholeValues(values: readonly (number | undefined)[]): readonly number[] | undefined {
  return values.every((value) => value !== undefined) ? values : undefined;
}

interface Found {
  /** Undefined: a number that is not known. */
  readonly values: (number | undefined)[];
  dtype: DType | undefined;
  unknown: UnknownValue | undefined;
}

function visit(interpreter: Interpreter, given: Value, depth: number, shape: number[], found: Found): void {
  const value = contentOf(given);
  switch (value.kind) {
    case 'list':
    case 'tuple':
    case 'range': {
      const items = interpreter.iterate(value);
      interpreter.spend(items.length);
      if (found.values.length > 0 && shape[depth] === undefined) ragged(interpreter, depth, items.length, 0);
      shape[depth] ??= items.length;
      if (shape[depth] !== items.length) ragged(interpreter, depth, shape[depth] ?? 0, items.length);
      for (const item of items) visit(interpreter, item, depth + 1, shape, found);
      return;
    }
    case 'boolean':
    case 'integer':
    case 'float':
    case 'tensor': {
      const sizes = value.kind === 'tensor' ? value.type.shape : [];
      if (sizes.some((size) => size !== 1)) {
        interpreter.raise('ValueError', 'only one element tensors can be converted to Python scalars');
      }
      if (shape.length > depth) ragged(interpreter, depth, shape[depth] ?? 0, 0);
      const own = dtypeOfItem(value);
      found.dtype =
        found.dtype && categoryOf(found.dtype) === categoryOf(own)
          ? promoteTypes(found.dtype, own)
          : higher(found.dtype, own);
      const number = value.kind === 'tensor' || typeof value.value === 'string' ? undefined : Number(value.value);
      found.values.push(Number.isFinite(number) ? number : undefined);
      return;
    }
    case 'unknown':
      found.unknown ??= value;
      return;
    case 'string':
    case 'none':
    case 'dict':
    case 'set':
      interpreter.raise('TypeError', `a tensor cannot be made of ${typeName(value)}`);
      break;
    default:
      found.unknown ??= interpreter.unknown('A tensor of these values is not supported yet.');
  }
}

function ragged(interpreter: Interpreter, depth: number, expected: number, got: number): never {
  return interpreter.raise('ValueError', `expected sequence of length ${expected} at dim ${depth} (got ${got})`);
}

function higher(a: DType | undefined, b: DType): DType {
  return a && categoryOf(a) >= categoryOf(b) ? a : b;
}

function dtypeOfItem(value: Value): DType {
  if (value.kind === 'tensor') return value.type.dtype;
  if (value.kind === 'boolean') return 'bool';
  return value.kind === 'integer' ? 'i64' : 'f32';
}

/** A tensor of which the type is known, but (unless given) not the values; a Graph cannot hold them either way. */
export function withoutValues(
  interpreter: Interpreter,
  shape: Shape,
  dtype: DType,
  values?: readonly number[],
): TensorValue {
  const reason = 'First values of this kind are not supported yet.';
  return tensor({ shape, dtype }, { kind: 'unknown', reason, place: interpreter.place, ...(values ? { values } : {}) });
}

/** A tensor with these first values; undefined: any. */
export function madeTensor(
  interpreter: Interpreter,
  shape: Shape,
  dtype: DType,
  init: Initializer | undefined,
): TensorValue {
  return init ? initialTensor({ shape, dtype }, init) : withoutValues(interpreter, shape, dtype);
}

/**
 * Values that a function of PyTorch makes (`arange`) or draws (`rand`), as a node where a model's shapes are followed and
 * where it is known how they are drawn in forward.
 */
export function computedTensor(
  interpreter: Interpreter,
  op: 'generated' | 'random',
  name: string,
  shape: Shape,
  dtype: DType,
  { values, distribution }: { values?: readonly number[] | undefined; distribution?: RandomDistribution } = {},
): TensorValue {
  if (interpreter.tracer.final && (!interpreter.strict || distribution)) {
    const drawn = distribution ? { distribution: { ...distribution } } : {};
    const made = addNode(interpreter, op, { function: name, shape: [...shape], dtype, ...drawn }, []);
    if (values && made.data.kind === 'node') made.data = { ...made.data, values };
    return made;
  }
  const reason =
    op === 'random' && interpreter.tracer.final
      ? 'Random tensors in forward are not supported yet.'
      : 'First values of this kind are not supported yet.';
  return tensor({ shape, dtype }, { kind: 'unknown', reason, place: interpreter.place, ...(values ? { values } : {}) });
}
