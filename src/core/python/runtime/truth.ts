import { productOfDims } from '../../graph/dim';
import { knownValues } from '../library/known-values';
import type { Interpreter } from './interpreter';
import { isPositive } from './numbers';
import { findSpecial } from './special-methods';
import type { TrainingValue, UnknownValue, Value } from './values';

/** Whether Python takes the value for true; what is not known stays so. */
export function truthOf(interpreter: Interpreter, value: Value): boolean | UnknownValue | TrainingValue {
  switch (value.kind) {
    case 'none':
      return false;
    case 'boolean':
      return value.value;
    case 'integer':
      // A size that is a product of sizes is positive.
      if (typeof value.value === 'number') return value.value !== 0;
      return isPositive(value.value) ? true : interpreter.unknown(`${value.value} may be 0.`);
    case 'float':
      return value.value !== 0;
    case 'string':
      return value.value !== '';
    case 'tuple':
    case 'list':
      return value.items.length > 0;
    case 'set':
      return value.items.size > 0;
    case 'dict':
      return value.entries.size > 0;
    case 'range':
      return value.step > 0 ? value.start < value.stop : value.start > value.stop;
    case 'unknown':
      return value;
    case 'training':
      return interpreter.mode ? interpreter.mode === 'train' : value;
    case 'tensor': {
      const count = productOfDims(value.type.shape);
      if (typeof count === 'number' && count > 1) {
        return interpreter.raise('RuntimeError', 'Boolean value of Tensor with more than one value is ambiguous');
      }
      const [only] = knownValues(value) ?? [];
      return only === undefined
        ? interpreter.unknown("A tensor's values are not known before the model runs.")
        : only !== 0;
    }
    case 'opaque':
      return interpreter.unknown(`${value.description} is not known.`);
    case 'instance': {
      const method = findSpecial(value, '__bool__') ?? (value.content ? undefined : findSpecial(value, '__len__'));
      if (method) return truthOf(interpreter, interpreter.call(method));
      return value.content ? truthOf(interpreter, value.content) : true;
    }
    default:
      return true;
  }
}
