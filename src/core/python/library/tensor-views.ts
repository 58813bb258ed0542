import { dimsEqual, formatShape } from '../../graph/dim';
import type { Attributes, Shape } from '../../graph/graph';
import { categoryOf, dtypeName } from '../../ops/arithmetic/promote';
import { sameShape } from '../../ops/shapes';
import type { Interpreter } from '../runtime/interpreter';
import type { TensorData, TensorValue, Value } from '../runtime/values';
import { addNode, applyOp, nodeOf } from './tensor-calls';

/** How a tensor shows the memory of another one. */
interface View {
  readonly base: TensorValue;
  readonly op: string;
  readonly attrs: Attributes;
  /** False: PyTorch copies where the memory does not allow a view (reshape of a transposed tensor), so it may be none. */
  readonly certain: boolean;
}

const views = new WeakMap<TensorValue, View>();

/** Ops whose result shares memory with the input in PyTorch. */
export const viewOps: ReadonlySet<string> = new Set([
  'reshape',
  'flatten',
  'unflatten',
  'slice',
  'strided_slice',
  'permute',
  'expand',
  'diagonal',
  'unfold_dimension',
  'detach',
]);

/** Tensors whose memory may be ordered like that of a transposed tensor that they were computed from. */
const unsureOrder = new WeakSet<TensorValue>();

/** PyTorch lets element-wise results take the memory order of their inputs. */
export function noteOrder(made: TensorValue, operands: readonly Value[]): void {
  if (operands.some((operand) => operand.kind === 'tensor' && !isContiguous(operand))) unsureOrder.add(made);
}

/** Ops that may copy instead: all others are views whatever the memory. */
const mayCopy: ReadonlySet<string> = new Set(['reshape', 'flatten']);

/** Notes that a tensor is a view; `always` for what is never a copy (`view`, `squeeze`). */
export function noteView(value: TensorValue, base: TensorValue, op: string, attrs: Attributes, always = false): void {
  views.set(value, { base, op, attrs, certain: always || !mayCopy.has(op) || isContiguous(base) });
}

/** A reshape that never copies: `view`, `squeeze`, `x[:, 0]`. */
export function alwaysView(interpreter: Interpreter, value: TensorValue, shape: Shape): TensorValue {
  const attrs = { shape: [...shape] };
  const made = applyOp(interpreter, 'reshape', attrs, value);
  noteView(made, value, 'reshape', attrs, true);
  return made;
}

/** Whether the elements stand in memory one after the other; false where that is not sure. */
export function isContiguous(value: TensorValue): boolean {
  const view = views.get(value);
  if (!view) return !unsureOrder.has(value);
  const { base, op, attrs } = view;
  const { shape } = base.type;
  if (sameShape(shape, value.type.shape) && op !== 'permute') return isContiguous(base);
  switch (op) {
    case 'reshape':
    case 'flatten':
    case 'unflatten':
      return isContiguous(base);
    case 'slice':
      return shape.slice(0, Number(attrs['dim'])).every((size) => size === 1) && isContiguous(base);
    case 'permute': {
      const moved = (attrs['order'] as readonly number[]).filter((dim) => shape[dim] !== 1);
      return moved.every((dim, index) => index === 0 || dim > (moved[index - 1] ?? 0)) && isContiguous(base);
    }
    default:
      return false;
  }
}

/** The same values in memory of their own: `clone`, `contiguous`. */
export function unshared(interpreter: Interpreter, value: TensorValue): TensorValue {
  refresh(interpreter, value);
  const { data, type } = value;
  const owned = data.kind === 'initial' && interpreter.tracer.stateTensor(value) === undefined;
  const copied: TensorData = owned
    ? data
    : { kind: 'node', builder: interpreter.tracer.builder, id: nodeOf(interpreter, value).id };
  const storage = { changes: 0 };
  return { kind: 'tensor', type, data: copied, parameter: false, requiresGrad: false, storage, changesSeen: 0 };
}

/** Brings a view up to date with the changes of what it shows. */
export function refresh(interpreter: Interpreter, value: TensorValue): void {
  if (value.changesSeen === value.storage.changes) return;
  const view = views.get(value);
  if (!view?.certain) {
    interpreter.fail('This tensor may share its memory with one that was changed in place; this is not supported yet.');
  }
  refresh(interpreter, view.base);
  value.data = applyOp(interpreter, view.op, view.attrs, view.base).data;
  value.changesSeen = value.storage.changes;
}

/**
 * The target takes the result's values, for all who hold it or a view of it: `x += y`, `F.relu(x, inplace=True)`. Shape
 * and dtype of the target stay; a result that does not fit raises what PyTorch raises.
 */
export function writeInto(interpreter: Interpreter, target: TensorValue, result: TensorValue): TensorValue {
  const { shape, dtype } = target.type;
  const fits =
    result.type.shape.length === shape.length &&
    shape.every((size, dim) => dimsEqual(size, result.type.shape[dim] ?? 1) !== false);
  if (!fits) {
    interpreter.raise(
      'RuntimeError',
      `output with shape ${formatShape(shape)} doesn't match the broadcast shape ${formatShape(result.type.shape)}`,
    );
  }
  if (categoryOf(result.type.dtype) > categoryOf(dtype)) {
    interpreter.raise(
      'RuntimeError',
      `result type ${dtypeName(result.type.dtype)} can't be cast to the desired output type ${dtypeName(dtype)}`,
    );
  }
  return store(interpreter, target, result);
}

/** The target takes the values, broadcast to its shape and converted to its dtype: `copy_`, `x[:, 0] = y`. */
export function copyInto(interpreter: Interpreter, target: TensorValue, source: TensorValue): TensorValue {
  const { shape } = target.type;
  // Dimensions of size 1 in front are dropped, as PyTorch does.
  const extra = Math.max(0, source.type.shape.length - shape.length);
  const leading = source.type.shape.slice(0, extra);
  if (leading.some((size) => size !== 1)) {
    const shapes = `${formatShape(source.type.shape)} cannot be copied into one of shape ${formatShape(shape)}`;
    interpreter.refuse(`A tensor of shape ${shapes}.`);
  }
  const own = source.type.shape.slice(extra);
  const trimmed = extra > 0 ? applyOp(interpreter, 'reshape', { shape: [...own] }, source) : source;
  const fitting = sameShape(own, shape) ? trimmed : applyOp(interpreter, 'expand', { shape: [...shape] }, trimmed);
  return store(interpreter, target, fitting);
}

function store(interpreter: Interpreter, target: TensorValue, result: TensorValue): TensorValue {
  if (interpreter.strict && interpreter.tracer.final && interpreter.tracer.stateTensor(target) !== undefined) {
    interpreter.fail('Changing a parameter or buffer in forward is not supported yet.');
  }
  refresh(interpreter, target);
  const { dtype } = target.type;
  const fitting = result.type.dtype === dtype ? result : applyOp(interpreter, 'cast', { dtype }, result);
  const changed: [TensorValue, TensorData][] = [[target, fitting.data]];
  let part = fitting;
  for (let view = views.get(target); view; view = views.get(view.base)) {
    if (!view.certain) {
      interpreter.fail('Whether this tensor shares its memory with another one is not known, so it cannot be changed.');
    }
    part = writeBack(interpreter, view, part);
    changed.push([view.base, part.data]);
  }
  target.storage.changes++;
  for (const [value, data] of changed) {
    value.data = data;
    value.changesSeen = target.storage.changes;
  }
  return target;
}

/** The base of a view, with new values where the view shows it. */
function writeBack(interpreter: Interpreter, { base, op, attrs }: View, part: TensorValue): TensorValue {
  const { shape } = base.type;
  const id = (value: TensorValue): number => nodeOf(interpreter, value).id;
  switch (op) {
    case 'slice':
      return addNode(interpreter, 'assign_slice', { ...attrs, step: 1 }, [id(base), id(part)]);
    case 'strided_slice':
      return addNode(interpreter, 'assign_slice', attrs, [id(base), id(part)]);
    case 'reshape':
    case 'flatten':
    case 'unflatten':
      return addNode(interpreter, 'reshape', { shape: [...shape] }, [id(part)]);
    case 'permute': {
      const order = attrs['order'] as readonly number[];
      return addNode(interpreter, 'permute', { order: order.map((_, dim) => order.indexOf(dim)) }, [id(part)]);
    }
    case 'detach':
      return part;
    case 'expand':
      return sameSizes(shape, part.type.shape)
        ? addNode(interpreter, 'reshape', { shape: [...shape] }, [id(part)])
        : interpreter.raise(
            'RuntimeError',
            'unsupported operation: more than one element of the written-to tensor refers to a single memory location',
          );
    default:
      return interpreter.fail('Changing a part of this kind of a tensor in place is not supported yet.');
  }
}

function sameSizes(a: Shape, b: Shape): boolean {
  return sameShape(
    a.filter((size) => size !== 1),
    b.filter((size) => size !== 1),
  );
}

/** Whether a tensor is, through views, one of another's memory, and shows it as it is now. */
export function isViewOf(value: TensorValue, base: TensorValue): boolean {
  if (value.changesSeen !== value.storage.changes || value.storage !== base.storage) return false;
  for (let view = views.get(value); view; view = views.get(view.base)) if (view.base === base) return true;
  return false;
}

/** Whether a tensor shows (part of) another one's memory. */
export function viewsAnother(value: TensorValue): boolean {
  return views.has(value);
}
