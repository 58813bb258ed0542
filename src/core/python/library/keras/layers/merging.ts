import type { Dim } from '../../../../graph/dim';
import type { Shape } from '../../../../graph/graph';
import { OpError } from '../../../../ops/op';
import type { Interpreter } from '../../../runtime/interpreter';
import type { ClassValue, InstanceValue, Value } from '../../../runtime/values';
import { applyOp } from '../../tensor-calls';
import { alignTensors } from '../broadcast';
import { defineLayer } from '../define-layer';
import {
  arranged,
  asShown,
  formatKerasShape,
  identityOrder,
  isKerasTensor,
  kerasTensor,
  nodeAxis,
  shownShape,
  type KerasTensor,
} from '../keras-tensor';
import type { LayerBehaviour } from '../layer-state';
import { checkedByKeras, torchCall } from '../torch-call';
import { asKnownSizes } from '../unknown-sizes';

type Merge = (interpreter: Interpreter, tensors: readonly KerasTensor[]) => KerasTensor;

/** Element by element over broadcast shapes, by PyTorch's name. Source: keras.layers.Add and its like. */
export const elementwiseMerges: Readonly<Record<string, string>> = {
  Add: 'torch.add',
  Subtract: 'torch.sub',
  Multiply: 'torch.mul',
  Maximum: 'torch.maximum',
  Minimum: 'torch.minimum',
};

/** Layers with several inputs, by class name. */
export const mergingClasses: ReadonlyMap<string, ClassValue> = new Map([
  ...Object.keys(elementwiseMerges).map((name): [string, ClassValue] => [name, elementwiseClass(name)]),
  ['Average', elementwiseClass('Average')],
  [
    'Concatenate',
    defineLayer({
      name: 'Concatenate',
      signature: 'axis=-1',
      make(args) {
        const axis = args.integer('axis');
        return several(args.title, (interpreter, tensors) => concatenate(interpreter, tensors, axis));
      },
    }),
  ],
  [
    'Dot',
    defineLayer({
      name: 'Dot',
      signature: 'axes, normalize=False',
      make(args) {
        const [first = 1, second = first] = args.integers('axes');
        if (args.boolean('normalize'))
          return several(args.title, (interpreter) =>
            interpreter.fail('Dot with normalize=True is not supported yet.'),
          );
        return several(args.title, (interpreter, tensors) => dot(interpreter, tensors, first, second));
      },
    }),
  ],
]);

function elementwiseClass(name: string): ClassValue {
  return defineLayer({
    name,
    signature: '',
    make: (args) => several(args.title, (interpreter, tensors) => mergeElementwise(interpreter, name, tensors)),
  });
}

/** Sums, products and the like of two and more tensors. */
export function mergeElementwise(interpreter: Interpreter, name: string, tensors: readonly KerasTensor[]): KerasTensor {
  const [first, ...rest] = tensors;
  if (!first || rest.length === 0) throw new OpError(`${name} expects at least two tensors.`);
  if (name === 'Subtract' && rest.length !== 1)
    throw new OpError(`Subtract expects two tensors, got ${tensors.length}.`);
  const callee = elementwiseMerges[name] ?? 'torch.add';
  const sum = rest.reduce((merged, next) => binary(interpreter, name, callee, merged, next), first);
  if (name !== 'Average') return sum;
  return kerasTensor(
    interpreter,
    applyOp(interpreter, 'scale', { factor: 1 / tensors.length }, sum.keras.tensor),
    sum.keras.order,
  );
}

/** Two tensors, broadcast as NumPy does over the shown axes. */
export function binary(
  interpreter: Interpreter,
  title: string,
  callee: string,
  left: KerasTensor,
  right: KerasTensor,
): KerasTensor {
  const [a, b] = mergedShapes(interpreter, title, left, right);
  const aligned = alignTensors(interpreter, a, b);
  return kerasTensor(interpreter, torchCall(interpreter, callee, [aligned.left, aligned.right]), aligned.order);
}

/** The tensors, where their shown shapes can be broadcast; what is not known is taken to fit. */
export function mergedShapes(
  interpreter: Interpreter,
  title: string,
  left: KerasTensor,
  right: KerasTensor,
): readonly [KerasTensor, KerasTensor] {
  requireBroadcast(title, shownShape(left), shownShape(right));
  const [a = left, b = right] = asKnownSizes(interpreter, [left, right]);
  return [a, b];
}

function requireBroadcast(title: string, left: Shape, right: Shape): void {
  const rank = Math.max(left.length, right.length);
  const at = (shape: Shape, axis: number): Dim => shape[axis - rank + shape.length] ?? 1;
  for (let axis = 0; axis < rank; axis++) {
    const [a, b] = [at(left, axis), at(right, axis)];
    if (typeof a === 'number' && typeof b === 'number' && a !== b && a !== 1 && b !== 1) {
      throw new OpError(
        `${title}: shapes ${formatKerasShape(left)} and ${formatKerasShape(right)} do not fit together.`,
      );
    }
  }
}

/** Tensors one after another along a shown axis. */
export function concatenate(interpreter: Interpreter, given: readonly KerasTensor[], axis: number): KerasTensor {
  const [first] = given;
  if (!first) throw new OpError('Concatenate expects at least one tensor.');
  const rank = shownShape(first).length;
  const at = axis < 0 ? axis + rank : axis;
  if (at < 0 || at >= rank)
    throw new OpError(
      `Concatenate: axis ${axis} is out of range for an input of shape ${formatKerasShape(shownShape(first))}.`,
    );
  for (const tensor of given) {
    const [a, b] = [shownShape(first), shownShape(tensor)];
    const fits =
      a.length === b.length &&
      a.every(
        (size, index) => index === at || typeof size !== 'number' || typeof b[index] !== 'number' || size === b[index],
      );
    if (!fits) {
      const shapes = given.map((each) => formatKerasShape(shownShape(each))).join(', ');
      throw new OpError(`Concatenate: inputs must agree in all sizes but axis ${axis}, got shapes ${shapes}.`);
    }
  }
  const tensors = asKnownSizes(interpreter, given, at);
  const { order } = first.keras;
  const nodes = tensors.map((tensor) => arranged(interpreter, tensor, order));
  return kerasTensor(interpreter, applyOp(interpreter, 'concat', { dim: nodeAxis(first, at) }, ...nodes), order);
}

/** Sums of products along one axis of each tensor, for every element of the batch. Source: keras.layers.Dot. */
function dot(interpreter: Interpreter, tensors: readonly KerasTensor[], first: number, second: number): KerasTensor {
  const [left, right] = tensors;
  if (!left || !right || tensors.length !== 2) throw new OpError('Dot expects two tensors.');
  const [a, b] = [shownShape(left), shownShape(right)];
  const [i, j] = [first < 0 ? first + a.length : first, second < 0 ? second + b.length : second];
  if (typeof a[i] === 'number' && typeof b[j] === 'number' && a[i] !== b[j]) {
    throw new OpError(`Dot: axes of sizes ${a[i]} and ${b[j]} do not fit together.`);
  }
  if (a.length > 3 || b.length > 3)
    return interpreter.fail('Dot of tensors of more than three dimensions is not supported yet.');
  const [batch = 'N'] = a;
  const matrix = (tensor: KerasTensor, axis: number, last: boolean): ReturnType<typeof asShown> => {
    const node = asShown(interpreter, tensor);
    const shape = shownShape(tensor);
    if (shape.length === 2) {
      const [n = batch, size = 1] = shape;
      return applyOp(interpreter, 'reshape', { shape: last ? [n, 1, size] : [n, size, 1] }, node);
    }
    const contracted = last ? 2 : 1;
    return axis === contracted ? node : torchCall(interpreter, 'torch.permute', [node, [0, 2, 1]]);
  };
  const product = torchCall(interpreter, 'torch.matmul', [matrix(left, i, true), matrix(right, j, false)]);
  const rest = [...a.filter((_, axis) => axis !== 0 && axis !== i), ...b.filter((_, axis) => axis !== 0 && axis !== j)];
  const shape: readonly Dim[] = [batch, ...(rest.length === 0 ? [1] : rest)];
  return kerasTensor(interpreter, applyOp(interpreter, 'reshape', { shape }, product), identityOrder(shape.length));
}

/** A layer that is called with a list of tensors. */
function several(title: string, merge: Merge): LayerBehaviour {
  return {
    call: (_layer: InstanceValue, interpreter: Interpreter, positional: readonly Value[]): Value => {
      const [given] = positional;
      const items = given?.kind === 'list' || given?.kind === 'tuple' ? given.items : undefined;
      if (!items) return interpreter.refuse(`${title} is to be called with a list of tensors.`);
      const unknown = items.find((item) => item.kind === 'unknown');
      if (unknown) return unknown;
      const tensors = items.filter(isKerasTensor);
      if (tensors.length !== items.length)
        return interpreter.refuse(`${title} is to be called with a list of tensors.`);
      return checkedByKeras(interpreter, () => merge(interpreter, tensors));
    },
  };
}
