import type { Interpreter } from '../../runtime/interpreter';
import type { InstanceValue, UnknownValue, Value } from '../../runtime/values';
import { applyOp } from '../tensor-calls';
import { kerasSession } from './keras-session';
import { asShown, formatKerasShape, kerasTensor, shownShape, type KerasTensor } from './keras-tensor';
import { layerState, type FunctionalPart } from './layer-state';
import { mapTensors, tensorsIn, type KerasOperation } from './symbolic';

/** The operations between a functional model's inputs and outputs. */
export function connect(interpreter: Interpreter, inputs: Value, outputs: Value): FunctionalPart {
  const starts = new Set(tensorsIn([inputs]));
  const found = new Set<KerasOperation>();
  const visit = (tensor: KerasTensor): void => {
    if (starts.has(tensor)) return;
    const { madeBy } = tensor.keras;
    if (!madeBy)
      interpreter.raise('ValueError', 'All outputs of a model must come from keras.Input through Keras layers');
    const sources = tensorsIn([...madeBy.positional, ...madeBy.keyword.values()]);
    if (sources.length === 0 && madeBy.layer && madeBy.positional.length === 0) {
      const { name } = layerState(interpreter, madeBy.layer);
      interpreter.raise(
        'ValueError',
        `The outputs depend on the input '${name}', which is not among the model's inputs`,
      );
    }
    if (found.has(madeBy)) return;
    found.add(madeBy);
    interpreter.spend();
    sources.forEach(visit);
  };
  const results = tensorsIn([outputs]);
  if (starts.size === 0 || results.length === 0) {
    interpreter.raise('ValueError', 'A model is made of Keras tensors: Model(inputs, outputs)');
  }
  results.forEach(visit);
  const operations = [...found].sort((a, b) => a.sequence - b.sequence);
  requireUniqueNames(
    interpreter,
    operations.flatMap(({ layer }) => (layer ? [layer] : [])),
  );
  return { inputs, outputs, operations };
}

/** What could be followed from the inputs on, of a model whose outputs are not known. */
export function connectReached(interpreter: Interpreter, inputs: Value, broken: UnknownValue): FunctionalPart {
  const reached = new Set(tensorsIn([inputs]));
  const operations = kerasSession(interpreter).operations.filter(({ positional, keyword, outputs }) => {
    const sources = tensorsIn([...positional, ...keyword.values()]);
    const follows = sources.length > 0 && sources.every((source) => reached.has(source));
    if (follows) for (const output of outputs) reached.add(output);
    return follows;
  });
  return { inputs, outputs: broken, operations, broken };
}

export function requireUniqueNames(interpreter: Interpreter, layers: readonly InstanceValue[]): void {
  const names = new Map<string, InstanceValue>();
  for (const layer of layers) {
    const { name } = layerState(interpreter, layer);
    const other = names.get(name);
    if (other && other !== layer) {
      interpreter.raise(
        'ValueError',
        `The name "${name}" is used for two layers of the model; all names must be unique`,
      );
    }
    names.set(name, layer);
  }
}

/** Runs a functional model's operations on other inputs. */
export function runFunctional(interpreter: Interpreter, part: FunctionalPart, given: Value, title: string): Value {
  const values = new Map<KerasTensor, Value>();
  const declared = tensorsIn([part.inputs]);
  const tensors = inStructure(interpreter, part.inputs, given, declared);
  if (tensors.length !== declared.length) {
    interpreter.refuse(`${title} expects ${declared.length} inputs, got ${tensors.length}.`);
  }
  for (const [index, input] of declared.entries()) {
    const tensor = tensors[index];
    if (tensor) values.set(input, conform(interpreter, tensor, input, title));
  }
  const replaced = (value: Value): Value => mapTensors(value, (tensor) => values.get(tensor) ?? tensor);
  const { place } = interpreter;
  for (const { run, positional, keyword, outputs, place: at } of part.operations) {
    interpreter.place = at;
    const named = new Map([...keyword].map(([name, value]) => [name, replaced(value)]));
    const result = run(interpreter, positional.map(replaced), named);
    const made: readonly Value[] = result.kind === 'unknown' ? outputs.map(() => result) : tensorsIn([result]);
    for (const [index, output] of outputs.entries()) {
      const value = made[index];
      if (value) values.set(output, value);
    }
  }
  interpreter.place = place;
  if (part.broken && interpreter.strict) interpreter.failUnknown(part.broken);
  return part.broken ?? replaced(part.outputs);
}

/** The given tensors in the order of the declared inputs; a dict gives them by name. */
function inStructure(
  interpreter: Interpreter,
  inputs: Value,
  given: Value,
  declared: readonly KerasTensor[],
): readonly KerasTensor[] {
  if (given.kind !== 'dict') return tensorsIn([given]);
  const byName = (name: string): KerasTensor[] =>
    tensorsIn([given.entries.get(`s:${name}`)?.value ?? given].slice(0, 1));
  if (inputs.kind === 'dict') {
    return [...inputs.entries.values()].flatMap(({ key }) => (key.kind === 'string' ? byName(key.value) : []));
  }
  return declared.flatMap(({ keras }) => {
    const layer = keras.madeBy?.layer;
    return layer ? byName(layerState(interpreter, layer).name) : [];
  });
}

/** Checks a tensor against a declared input; an axis of size 1 at the end is put in or taken out, as Keras does. */
function conform(interpreter: Interpreter, tensor: KerasTensor, input: KerasTensor, title: string): KerasTensor {
  const [got, wanted] = [shownShape(tensor), shownShape(input)];
  const fits = (shape: typeof got): boolean =>
    shape.length === wanted.length &&
    shape.every((size, axis) => {
      const other = wanted[axis];
      return typeof size !== 'number' || typeof other !== 'number' || size === other;
    });
  if (fits(got)) return tensor;
  const reshaped = (shape: typeof got): KerasTensor =>
    kerasTensor(interpreter, applyOp(interpreter, 'reshape', { shape: [...shape] }, asShown(interpreter, tensor)));
  if (got.at(-1) === 1 && fits(got.slice(0, -1))) return reshaped(got.slice(0, -1));
  if (wanted.at(-1) === 1 && fits([...got, 1])) return reshaped([...got, 1]);
  return interpreter.refuse(
    `${title} expects an input of shape ${formatKerasShape(wanted)}, got ${formatKerasShape(got)}.`,
  );
}

/**
 * A functional model's layers in Keras' order: by their longest way to an output, farthest first; those of one depth in
 * the order in which a walk from the outputs meets them.
 */
export function layersInOrder(part: FunctionalPart): readonly InstanceValue[] {
  const met = new Map<KerasOperation, number>();
  const finished: KerasOperation[] = [];
  const visit = (operation: KerasOperation): void => {
    if (met.has(operation)) return;
    met.set(operation, met.size);
    for (const source of sourcesOf(operation)) visit(source);
    finished.push(operation);
  };
  const inputs = new Set(tensorsIn([part.inputs]));
  for (const output of tensorsIn([part.outputs])) if (output.keras.madeBy) visit(output.keras.madeBy);
  for (const input of inputs) if (input.keras.madeBy) visit(input.keras.madeBy);
  const depths = new Map<KerasOperation, number>();
  for (const operation of [...finished].reverse()) {
    const depth = depths.get(operation) ?? 0;
    depths.set(operation, depth);
    for (const source of sourcesOf(operation)) depths.set(source, Math.max(depth + 1, depths.get(source) ?? 0));
  }
  const layers = new Map<InstanceValue, { depth: number; met: number }>();
  for (const [operation, order] of met) {
    const { layer } = operation;
    if (!layer) continue;
    const known = layers.get(layer);
    const depth = Math.max(depths.get(operation) ?? 0, known?.depth ?? 0);
    layers.set(layer, { depth, met: known?.met ?? order });
  }
  return [...layers].sort(([, a], [, b]) => b.depth - a.depth || a.met - b.met).map(([layer]) => layer);

  function sourcesOf(operation: KerasOperation): KerasOperation[] {
    if (operation.outputs.some((output) => inputs.has(output))) return [];
    return tensorsIn([...operation.positional, ...operation.keyword.values()]).flatMap(({ keras }) =>
      keras.madeBy ? [keras.madeBy] : [],
    );
  }
}
