import type { Interpreter } from '../../runtime/interpreter';
import type { Value } from '../../runtime/values';
import type { KnownShape, LayerState } from './layer-state';

/** What older Keras code tells a first layer of its input. */
export const shapeArguments = ['input_shape', 'batch_input_shape', 'input_dim', 'input_length'];

/** Takes the shape from the arguments that may stand at a model's first layer. */
export function readInputShape(interpreter: Interpreter, state: LayerState, keyword: ReadonlyMap<string, Value>): void {
  const whole = keyword.get('batch_input_shape');
  const shape = keyword.get('input_shape');
  const features = keyword.get('input_dim');
  const length = keyword.get('input_length');
  const sizes = (value: Value): KnownShape =>
    value.kind === 'integer'
      ? [sizeOf(interpreter, value)]
      : interpreter.iterate(value).map((size) => sizeOf(interpreter, size));
  if (whole && whole.kind !== 'none') state.inputShape = sizes(whole);
  else if (shape && shape.kind !== 'none') state.inputShape = [null, ...sizes(shape)];
  else if (features && features.kind !== 'none') {
    state.inputShape = [null, ...(length && length.kind !== 'none' ? sizes(length) : []), ...sizes(features)];
  }
}

/** A size; None is null. */
export function sizeOf(interpreter: Interpreter, value: Value): number | null {
  if (value.kind === 'none') return null;
  if (value.kind === 'integer' && typeof value.value === 'number') return value.value;
  if (value.kind === 'unknown') return interpreter.failUnknown(value);
  // A size that depends on the batch, or on one that is not known.
  if (value.kind === 'integer') return null;
  return interpreter.raise('ValueError', 'A shape is made of whole numbers and None');
}

/** The shapes in what `build` is given: one, or a list or dict of several. */
export function knownShapes(interpreter: Interpreter, value: Value): readonly KnownShape[] {
  if (value.kind === 'dict')
    return [...value.entries.values()].flatMap((entry) => knownShapes(interpreter, entry.value));
  if (value.kind !== 'tuple' && value.kind !== 'list') return [];
  const isShape = value.items.every((item) => item.kind === 'integer' || item.kind === 'none');
  if (isShape) return [value.items.map((size) => sizeOf(interpreter, size))];
  return value.items.flatMap((item) => knownShapes(interpreter, item));
}

export function nameOf(interpreter: Interpreter, value: Value | undefined): string | undefined {
  if (!value || value.kind === 'none') return undefined;
  if (value.kind === 'string') return value.value;
  if (value.kind === 'unknown') return interpreter.failUnknown(value);
  return interpreter.raise('ValueError', 'A name must be a string');
}
