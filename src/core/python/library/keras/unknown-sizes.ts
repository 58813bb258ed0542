import type { Interpreter } from '../../runtime/interpreter';
import { tensor } from '../../runtime/values';
import { kerasTensor, shownShape, type KerasTensor } from './keras-tensor';

/**
 * Tensors that are merged must agree in their sizes. Where sizes are not known (`Input((None, None, 3))`), Keras takes them
 * to fit: while a functional model is put together, the first tensor's sizes count. The model's own Graph is made with the
 * sizes that are given to it; where these are symbols too, what does not agree is not known.
 */
export function asKnownSizes(
  interpreter: Interpreter,
  tensors: readonly KerasTensor[],
  exceptAxis?: number,
): readonly KerasTensor[] {
  const [first, ...rest] = tensors;
  if (!first) return tensors;
  const wanted = shownShape(first);
  return [first, ...rest.map((value) => agreeing(interpreter, value, wanted, exceptAxis))];
}

function agreeing(
  interpreter: Interpreter,
  value: KerasTensor,
  wanted: readonly (number | string)[],
  exceptAxis: number | undefined,
): KerasTensor {
  const shape = shownShape(value);
  const offset = wanted.length - shape.length;
  const agreed = shape.map((size, axis) => {
    const other = wanted[axis + offset];
    const isOpen = axis !== exceptAxis && other !== undefined && other !== size && size !== 1 && other !== 1;
    return isOpen && (typeof size === 'string' || typeof other === 'string') ? other : size;
  });
  if (agreed.every((size, axis) => size === shape[axis])) return value;
  if (interpreter.tracer.final) {
    const [a, b] = [wanted, shape].map((sizes) => `(${sizes.join(', ')})`);
    return interpreter.fail(`Whether the shapes ${a} and ${b} fit together depends on sizes that are not known.`);
  }
  const { order, tensor: node } = value.keras;
  const nodeShape = order.map((_, axis) => agreed[order.indexOf(axis)] ?? 1);
  const type = { shape: nodeShape, dtype: node.type.dtype };
  const { builder } = interpreter.tracer;
  return kerasTensor(interpreter, tensor(type, { kind: 'node', builder, id: builder.input('scrap', type) }), order);
}
