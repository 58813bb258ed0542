import { addDims, type Dim } from '../../graph/dim';
import type { Interpreter } from '../runtime/interpreter';
import { knownInteger, sliceBounds } from '../runtime/subscript';
import type { TensorValue, Value } from '../runtime/values';
import { applyOp } from './tensor-calls';

/** `x[:, 0]`, `x[..., :3]`, `x[:, None]`: slices one dimension after the other, then takes out or puts in those of size 1. */
export function indexTensor(interpreter: Interpreter, value: TensorValue, index: Value): Value {
  const given = index.kind === 'tuple' ? index.items : [index];
  const unknown = given.find((item) => item.kind === 'unknown');
  if (unknown) return unknown;
  const taken = given.filter((item) => item.kind !== 'none' && item.kind !== 'ellipsis').length;
  const rank = value.type.shape.length;
  if (taken > rank) return interpreter.raise('IndexError', `too many indices for tensor of dimension ${rank}`);
  const items = spreadEllipsis(given, rank - taken);
  let result = value;
  const shape: Dim[] = [];
  let dim = 0;
  for (const item of items) {
    if (item.kind === 'none') {
      shape.push(1);
      continue;
    }
    const size = value.type.shape[dim] ?? 1;
    if (item.kind === 'slice') {
      const part = sliceDimension(interpreter, result, dim, size, item);
      result = part;
      shape.push(part.type.shape[dim] ?? size);
    } else if (item.kind === 'integer' || item.kind === 'boolean') {
      result = takeOne(interpreter, result, dim, size, item);
    } else return interpreter.unknown('This way of indexing a tensor is not supported yet.');
    dim++;
  }
  const unchanged = items.every((item) => item.kind === 'slice');
  return unchanged ? result : applyOp(interpreter, 'reshape', { shape }, result);
}

const everything: Value = {
  kind: 'slice',
  start: { kind: 'none' },
  stop: { kind: 'none' },
  step: { kind: 'none' },
};

/** Dimensions that are not named are taken whole: where `...` stands, else at the end. */
function spreadEllipsis(items: readonly Value[], missing: number): Value[] {
  const whole = Array<Value>(missing).fill(everything);
  const at = items.findIndex((item) => item.kind === 'ellipsis');
  if (at < 0) return [...items, ...whole];
  return [...items.slice(0, at), ...whole, ...items.slice(at + 1)];
}

function sliceDimension(
  interpreter: Interpreter,
  value: TensorValue,
  dim: number,
  size: Dim,
  slice: Value & { readonly kind: 'slice' },
): TensorValue {
  if (slice.start.kind === 'none' && slice.stop.kind === 'none' && slice.step.kind === 'none') return value;
  if (typeof size !== 'number') return interpreter.fail(`A slice of a dimension of size ${size} is not supported yet.`);
  const { start, stop, step } = sliceBounds(interpreter, size, slice);
  if (step !== 1) return interpreter.fail('A slice of a tensor with a step is not supported yet.');
  if (start === 0 && stop === size) return value;
  return applyOp(interpreter, 'slice', { dim, start, length: Math.max(0, stop - start) }, value);
}

function takeOne(interpreter: Interpreter, value: TensorValue, dim: number, size: Dim, index: Value): TensorValue {
  const wanted = knownInteger(interpreter, index, 'tensor indices must be integers');
  const start = wanted < 0 ? addDims(size, wanted) : wanted;
  if (typeof start !== 'number')
    return interpreter.fail(`Index ${wanted} of a dimension of size ${size} is not supported yet.`);
  if (start < 0 || (typeof size === 'number' && start >= size)) {
    interpreter.raise('IndexError', `index ${wanted} is out of bounds for dimension ${dim} with size ${size}`);
  }
  return applyOp(interpreter, 'slice', { dim, start, length: 1 }, value);
}
