import { formatShape } from '../../graph/dim';
import type { Attributes, NodeId } from '../../graph/graph';
import { Arguments, type ArgumentValue, type TensorArgument } from '../../ops/arguments';
import { OpError, OpUnsupported, type CallResult, type FunctionBinding } from '../../ops/op';
import { sourceRangeOf } from '../source-file';
import { reprOf } from '../runtime/format';
import type { Interpreter } from '../runtime/interpreter';
import { parseSignature } from '../../ops/signature';
import { none, tensor, tuple, type NoneValue, type TensorValue, type TupleValue, type Value } from '../runtime/values';

/** Calls a function of the ops table, e.g. `F.relu(x, inplace=True)`. */
export function callBinding(
  interpreter: Interpreter,
  callee: string,
  binding: FunctionBinding,
  positional: readonly Value[],
  keyword: ReadonlyMap<string, Value>,
): Value {
  const all = [...positional, ...keyword.values()];
  const unknown = all.find((value) => value.kind === 'unknown');
  if (unknown?.kind === 'unknown') return unknown;
  const result = checked(interpreter, () =>
    addResult(
      interpreter,
      binding.build(bindArguments(interpreter, callee, binding.signature, positional, keyword)),
      all,
    ),
  );
  const [first] = all;
  if (
    first?.kind === 'tensor' &&
    result.kind === 'tensor' &&
    isInPlace(callee, binding.signature, positional, keyword)
  ) {
    return changeInPlace(first, result);
  }
  return result;
}

/** Adds the nodes that a call makes: one tensor, or a (nested) tuple of several. */
export function addResult(
  interpreter: Interpreter,
  result: CallResult,
  operands: readonly Value[],
): TensorValue | TupleValue | NoneValue {
  if (result === null) return none;
  if ('op' in result) return addNode(interpreter, result.op, result.attrs, result.inputs, operands);
  return tuple(result.map((item) => addResult(interpreter, item, operands)));
}

/** Binds Python values to a signature of the ops table. */
export function bindArguments(
  interpreter: Interpreter,
  callee: string,
  signature: string,
  positional: readonly Value[],
  keyword: ReadonlyMap<string, Value>,
): Arguments {
  return Arguments.bind(
    callee,
    signature,
    positional.map((value) => toArgument(interpreter, value)),
    new Map([...keyword].map(([name, value]) => [name, toArgument(interpreter, value)])),
  );
}

/** Adds an operation on tensors that are in the Graph. `operands` are looked through for tensors that the result may be a view of. */
export function addNode(
  interpreter: Interpreter,
  op: string,
  attrs: Attributes,
  inputs: readonly NodeId[],
  operands: readonly Value[] = [],
): TensorValue {
  const { tracer, moduleStack } = interpreter;
  if (interpreter.withoutGradient > 0 && tracer.final) {
    interpreter.fail('torch.no_grad() in forward is not supported yet.');
  }
  const caller = [...moduleStack].reverse().find((module) => tracer.paths.has(module));
  const path = caller ? (tracer.paths.get(caller) ?? '') : '';
  const id = checked(interpreter, () =>
    tracer.add(op, attrs, inputs, { path, source: sourceRangeOf(interpreter.place) }),
  );
  if (tracer.final) interpreter.observer?.nodeMade(id, interpreter.place);
  const viewed = viewOps.has(op) ? operands.find((operand) => operand.kind === 'tensor') : undefined;
  const storage = viewed?.kind === 'tensor' ? { storage: viewed.storage } : {};
  return tensor(tracer.builder.typeOf(id), { kind: 'node', builder: tracer.builder, id }, storage);
}

/** Ops whose result shares memory with the input in PyTorch. */
const viewOps: ReadonlySet<string> = new Set(['reshape', 'flatten', 'slice', 'permute', 'transpose', 'expand']);

/** An operation on one tensor. */
export function applyOp(
  interpreter: Interpreter,
  op: string,
  attrs: Attributes,
  ...inputs: TensorValue[]
): TensorValue {
  const ids = inputs.map((input) => nodeOf(interpreter, input).id);
  return addNode(interpreter, op, attrs, ids, inputs);
}

/** Runs what may throw an OpError, and says the place. */
export function checked<Result>(interpreter: Interpreter, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    if (error instanceof OpUnsupported) return interpreter.fail(error.message);
    if (error instanceof OpError) return interpreter.refuse(error.message, error.fix);
    throw error;
  }
}

/** The tensor takes the result's values, for all who hold it: `x += y`, `F.relu(x, inplace=True)`. */
export function changeInPlace(target: TensorValue, result: TensorValue): TensorValue {
  target.data = result.data;
  target.storage.changes++;
  target.changesSeen = target.storage.changes;
  return target;
}

function isInPlace(
  callee: string,
  signature: string,
  positional: readonly Value[],
  keyword: ReadonlyMap<string, Value>,
): boolean {
  if (callee.endsWith('_')) return true;
  const index = parseSignature(signature).findIndex((parameter) => parameter.name === 'inplace');
  if (index < 0) return false;
  const value = keyword.get('inplace') ?? positional[index];
  return value?.kind === 'boolean' && value.value;
}

/** The node that holds a tensor's values in the Graph under construction. */
export function nodeOf(interpreter: Interpreter, value: TensorValue): TensorArgument {
  const { tracer } = interpreter;
  const { data, type } = value;
  if (value.changesSeen !== value.storage.changes) {
    interpreter.fail('This tensor shares its memory with one that was changed in place; this is not supported yet.');
  }
  if (data.kind === 'node') {
    if (data.builder === tracer.builder) return { id: data.id, type };
    if (!tracer.final) return { id: tracer.builder.input('scrap', type), type };
    return interpreter.fail('A tensor that was computed when the model was made is not supported in forward yet.');
  }
  const known = tracer.stateTensor(value);
  if (known !== undefined) return { id: known, type };
  if (!tracer.final) return { id: tracer.builder.input('scrap', type), type };
  if (value.parameter) {
    return interpreter.fail(
      'This parameter belongs to no module of the model (it was made in forward, or kept in a plain list).',
    );
  }
  if (data.kind === 'unknown') return interpreter.failUnknown(data);
  if (data.init.kind !== 'constant') return interpreter.fail('Random tensors in forward are not supported yet.');
  if (type.dtype !== 'f32')
    return interpreter.fail(`A tensor of ${formatShape(type.shape)} integers is not supported here yet.`);
  return { id: tracer.builder.constant(data.init.value, type.shape), type };
}

/** A Python value as the ops table reads it. */
export function toArgument(interpreter: Interpreter, value: Value): ArgumentValue {
  switch (value.kind) {
    case 'none':
    case 'training':
      return { kind: value.kind };
    case 'boolean':
      return { kind: 'boolean', value: value.value };
    case 'integer':
      return { kind: 'integer', value: value.value };
    case 'float':
      return { kind: 'float', value: value.value };
    case 'string':
      return { kind: 'string', value: value.value };
    case 'tuple':
    case 'list':
      return { kind: 'sequence', items: value.items.map((item) => toArgument(interpreter, item)) };
    case 'range':
      return { kind: 'sequence', items: interpreter.iterate(value).map((item) => toArgument(interpreter, item)) };
    case 'tensor':
      return { kind: 'tensor', tensor: nodeOf(interpreter, value) };
    case 'unknown':
      return { kind: 'unknown', reason: value.reason };
    default:
      return { kind: 'other', description: reprOf(value) };
  }
}
