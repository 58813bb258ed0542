import { dtypeName } from './dtypes';
import { integer, native, none, opaque, string, type NativeCall, type Value } from '../../runtime/values';
import {
  formatKerasShape,
  isKerasTensor,
  kerasTensorClass,
  shapeTuple,
  shownShape,
  type KerasTensor,
} from './keras-tensor';
import { indexKerasTensor } from './keras-indexing';
import { binaryOperator, compareOperator, negative } from './keras-operators';

/** What code may ask a Keras tensor for: `shape`, `dtype`, operators, indexing. */
const members: Readonly<Record<string, NativeCall | Value>> = {
  shape: property((value) => shapeTuple(shownShape(value))),
  ndim: property((value) => integer(shownShape(value).length)),
  rank: property((value) => integer(shownShape(value).length)),
  dtype: property((value) => string(dtypeName(value.keras.tensor.type.dtype))),
  name: property(() => string('keras_tensor')),
  device: property(() => opaque('a device')),
  get_shape: method((value) => shapeTuple(shownShape(value))),
  set_shape: method(() => none),
  __getitem__: (interpreter, [self, index = none]) => indexKerasTensor(interpreter, self, index),
  __add__: binaryOperator('add'),
  __radd__: binaryOperator('add', true),
  __sub__: binaryOperator('subtract'),
  __rsub__: binaryOperator('subtract', true),
  __mul__: binaryOperator('multiply'),
  __rmul__: binaryOperator('multiply', true),
  __truediv__: binaryOperator('divide'),
  __rtruediv__: binaryOperator('divide', true),
  __floordiv__: binaryOperator('floor_divide'),
  __rfloordiv__: binaryOperator('floor_divide', true),
  __mod__: binaryOperator('mod'),
  __pow__: binaryOperator('power'),
  __rpow__: binaryOperator('power', true),
  __matmul__: binaryOperator('matmul'),
  __rmatmul__: binaryOperator('matmul', true),
  __neg__: negative,
  __lt__: compareOperator('less'),
  __le__: compareOperator('less_equal'),
  __gt__: compareOperator('greater'),
  __ge__: compareOperator('greater_equal'),
  __bool__: (interpreter) => interpreter.unknown("A tensor's values are not known before the model runs."),
  __len__: (interpreter, [self]) => {
    const size = isKerasTensor(self) ? shownShape(self)[0] : undefined;
    return typeof size === 'number'
      ? integer(size)
      : interpreter.fail('The number of items of this tensor is not known.');
  },
  __repr__: method((value) => string(`<KerasTensor shape=${formatKerasShape(shownShape(value))}>`)),
  numpy: (interpreter) => interpreter.unknown("A tensor's values are not known before the model runs."),
  assign: (interpreter) => interpreter.fail('Assigning to a variable while the model runs is not supported yet.'),
};

/** Gives the class of Keras tensors its members; they need that class themselves. */
export function installTensorMembers(): void {
  for (const [name, member] of Object.entries(members)) {
    kerasTensorClass.namespace.set(name, typeof member === 'function' ? native(name, member) : member);
  }
}

function method(read: (value: KerasTensor) => Value): NativeCall {
  return (interpreter, [self]) =>
    isKerasTensor(self) ? read(self) : interpreter.raise('TypeError', 'A method of a tensor needs its tensor');
}

function property(read: (value: KerasTensor) => Value): Value {
  return { kind: 'property', getter: native('getter', method(read)), setter: undefined };
}
