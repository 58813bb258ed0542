import type { Attributes } from '../../graph/graph';
import { indexedShape } from '../../ops/shape/index';
import type { Interpreter } from '../runtime/interpreter';
import { reprOf } from '../runtime/format';
import { tensor, type TensorValue, type UnknownValue, type Value } from '../runtime/values';
import { asTensor, isOperand } from './tensor-arithmetic';
import { applyOp, checked } from './tensor-calls';
import { basicIndex, isMask, maskedCount, wasTakenBy, type BasicIndex } from './tensor-indexing';
import { copyInto, isViewOf } from './tensor-views';

/** `x[index] = value`: the value is broadcast to what the index takes, and converted to the tensor's dtype. */
export function assignToTensor(
  interpreter: Interpreter,
  target: TensorValue,
  index: Value,
  value: Value,
  { added = false } = {},
): void {
  if (value.kind === 'unknown') {
    assignUnknown(interpreter, target, index, value);
    return;
  }
  if (value.kind === 'opaque' || value.kind === 'training') interpreter.fail('This value is not known.');
  if (!isOperand(value)) {
    interpreter.raise('TypeError', `can't assign ${reprOf(value)} to a part of a tensor`);
  }
  // `x[0] += 1` puts back what is there already.
  if (value.kind === 'tensor' && isViewOf(value, target) && wasTakenBy(value, index)) return;
  const indexed = basicIndex(interpreter, target, index);
  if (indexed.kind === 'unknown') interpreter.failUnknown(indexed);
  const { part, tensors } = indexed;
  const source = asTensor(interpreter, value, target.type);
  if (tensors.length === 0) {
    copyInto(interpreter, part, source);
    return;
  }
  const indices = tensors.map((one) => one.tensor);
  if (!indices.some(isMask)) {
    const shape = checked(interpreter, () =>
      indexedShape(
        part.type.shape,
        tensors.map((one) => one.dim),
        indices.map((one) => one.type.shape),
      ),
    );
    // Only to see whether the value fits.
    const shown = tensor({ shape, dtype: part.type.dtype }, { kind: 'initial', init: { kind: 'constant', value: 0 } });
    copyInto(interpreter, shown, source);
  }
  copyInto(
    interpreter,
    part,
    applyOp(interpreter, 'assign_index', howAssigned(tensors, added), part, source, ...indices),
  );
}

function howAssigned(tensors: BasicIndex['tensors'], added: boolean): Attributes {
  const dims = tensors.map(({ dim }) => dim);
  const masks = tensors.filter(({ tensor: one }) => isMask(one)).length;
  // Several masks together take what a list of places would.
  if (masks > 0) return tensors.length === 1 && !added ? { how: 'mask', dims } : {};
  return { how: 'index', dims, ...(added ? { added: 1 } : {}) };
}

/** `x[x < 0] *= 2`: how many elements that are is not known, but the tensor's shape stays. */
function assignUnknown(interpreter: Interpreter, target: TensorValue, index: Value, value: UnknownValue): void {
  const mask = index.kind === 'tensor' && isMask(index) ? index : undefined;
  if (!mask || interpreter.strict || value.reason !== maskedCount) interpreter.failUnknown(value);
  copyInto(interpreter, target, applyOp(interpreter, 'assign_index', {}, target, mask));
}
