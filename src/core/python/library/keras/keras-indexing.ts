import type { Interpreter } from '../../runtime/interpreter';
import { none, type NativeCall, type Value } from '../../runtime/values';
import { indexTensor } from '../tensor-indexing';
import { asShown, isKerasTensor, kerasTensor } from './keras-tensor';
import { firstUnknown, runOperation } from './symbolic';
import { withoutRefusal } from './torch-call';

/** `x[:, 0]`, `x[..., :3]` on the axes that Keras shows. */
export function indexKerasTensor(interpreter: Interpreter, self: Value | undefined, index: Value): Value {
  const inner: NativeCall = (machine, [value = none, at = none]) => {
    if (!isKerasTensor(value)) return machine.unknown('This way of indexing is not supported yet.');
    const result = withoutRefusal(machine, () => indexTensor(machine, asShown(machine, value), at));
    return result.kind === 'tensor' ? kerasTensor(machine, result) : result;
  };
  const run: NativeCall = (machine, positional, keyword) =>
    firstUnknown(positional) ?? runOperation(machine, undefined, run, inner, positional, keyword);
  return run(interpreter, [self ?? none, index], new Map());
}
