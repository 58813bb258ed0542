import type { Dim } from '../../graph/dim';
import type { Attributes, NodeId, TensorType } from '../../graph/graph';
import { Arguments, type ArgumentValue, type TensorArgument } from '../../ops/arguments';
import { literalValues } from '../../ops/arithmetic/literal';
import { OpError, OpUnsupported, type CallResult, type FunctionBinding } from '../../ops/op';
import { opNamed } from '../../ops/table';
import { sourceRangeOf } from '../source-file';
import { reprOf } from '../runtime/format';
import type { Interpreter } from '../runtime/interpreter';
import { parseSignature } from '../../ops/signature';
import type { Tracer } from '../runtime/tracer';
import {
  initialTensor,
  none,
  tensor,
  tuple,
  type NoneValue,
  type TensorValue,
  type TupleValue,
  type Value,
} from '../runtime/values';
import { computeValues, knownValues } from './known-values';
import { noteOrder, noteView, refresh, viewOps, writeInto } from './tensor-views';

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
    return writeInto(interpreter, first, result);
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
  if (interpreter.withoutGradient > 0 && tracer.final && interpreter.strict) {
    interpreter.fail('torch.no_grad() in forward is not supported yet.');
  }
  const caller = [...moduleStack].reverse().find((module) => tracer.paths.has(module));
  const path = caller ? (tracer.paths.get(caller) ?? '') : '';
  const id = checked(interpreter, () =>
    tracer.add(op, attrs, inputs, { path, source: sourceRangeOf(interpreter.place) }),
  );
  if (tracer.final) interpreter.observer?.nodeMade(id, interpreter.place);
  const viewed = viewOps.has(op) ? operands.find((operand) => operand.kind === 'tensor') : undefined;
  const values = valuesOfNode(tracer, op, attrs, inputs, id);
  const data = { kind: 'node', builder: tracer.builder, id, ...(values ? { values } : {}) } as const;
  if (viewed?.kind !== 'tensor') {
    const computed = tensor(tracer.builder.typeOf(id), data);
    noteOrder(computed, operands);
    return computed;
  }
  const made = tensor(tracer.builder.typeOf(id), data, { storage: viewed.storage });
  noteView(made, viewed, op, attrs);
  return made;
}

/** The values of a node whose inputs' values are all known. */
function valuesOfNode(
  { builder, knownValues: known }: Tracer,
  op: string,
  attrs: Attributes,
  inputs: readonly NodeId[],
  id: NodeId,
): readonly number[] | undefined {
  const given: { values: readonly number[]; type: TensorType }[] = [];
  for (const input of inputs) {
    const values = known.get(input);
    if (!values) return undefined;
    given.push({ values, type: builder.typeOf(input) });
  }
  const values = computeValues(op, attrs, given, builder.typeOf(id));
  if (values) known.set(id, values);
  return values;
}

/** An operation on tensors; of one whose values are all equal, or drawn alike, stays so where it only moves them. */
export function applyOp(
  interpreter: Interpreter,
  op: string,
  attrs: Attributes,
  ...inputs: TensorValue[]
): TensorValue {
  const [only] = inputs;
  if (only && inputs.length === 1 && staysInitial(interpreter, op, only)) {
    const type = checked(interpreter, () => opNamed(op).inferType([only.type], attrs));
    const shared = viewOps.has(op) ? { storage: only.storage } : {};
    const made = tensor(type, only.data, shared);
    if (viewOps.has(op)) noteView(made, only, op, attrs);
    return made;
  }
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

/** Ops that leave every value as it is, and read each one once at most. */
const movingOps: ReadonlySet<string> = new Set(['reshape', 'flatten', 'unflatten', 'permute', 'slice', 'flip', 'roll']);
/** Ops that read some values several times: what was drawn once is not drawn anew. */
const copyingOps: ReadonlySet<string> = new Set(['expand', 'repeat', 'repeat_interleave', 'strided_slice']);

function staysInitial(interpreter: Interpreter, op: string, value: TensorValue): boolean {
  const { data } = value;
  if (data.kind !== 'initial' || value.parameter || interpreter.tracer.stateTensor(value) !== undefined) return false;
  if (value.changesSeen !== value.storage.changes) return false;
  return movingOps.has(op) || (copyingOps.has(op) && data.init.kind === 'constant');
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
  refresh(interpreter, value);
  const argument = findNode(interpreter, value);
  const { tracer } = interpreter;
  const values = tracer.stateTensor(value) === undefined ? knownValues(value) : undefined;
  if (values) tracer.knownValues.set(argument.id, values);
  return argument;
}

function findNode(interpreter: Interpreter, value: TensorValue): TensorArgument {
  const { tracer, strict } = interpreter;
  const { data, type } = value;
  if (data.kind === 'node' && data.builder === tracer.builder) return { id: data.id, type };
  const known = tracer.stateTensor(value);
  if (known !== undefined) return { id: known, type };
  if (!tracer.final) return { id: tracer.builder.input('scrap', type), type };
  const made = (op: string, attrs: Attributes): TensorArgument => ({ id: addSource(interpreter, op, attrs), type });
  const generated = { function: 'tensor', shape: [...type.shape], dtype: type.dtype };
  const values = strict && data.kind !== 'initial' ? knownValues(value) : undefined;
  if (values) return { id: literalNode(interpreter, values, type), type };
  if (data.kind === 'node') {
    if (!strict) return made('generated', generated);
    return interpreter.fail('A tensor that was computed when the model was made is not supported in forward yet.');
  }
  if (value.parameter && strict) {
    return interpreter.fail(
      'This parameter belongs to no module of the model (it was made in forward, or kept in a plain list).',
    );
  }
  if (data.kind === 'unknown') {
    if (!strict) return made('generated', generated);
    return interpreter.failUnknown(data);
  }
  const { init } = data;
  if (init.kind !== 'constant') {
    if (!strict) return made('random', { ...generated, function: init.kind === 'normal' ? 'randn' : 'rand' });
    return interpreter.fail('A random tensor that is neither parameter nor buffer of a module is not supported yet.');
  }
  return { id: constantNode(interpreter, init.value, type), type };
}

/** A node with these values, or one for all places. */
function literalNode(interpreter: Interpreter, values: readonly number[], { shape, dtype }: TensorType): NodeId {
  return addSource(interpreter, 'literal', { values: literalValues(values), shape: [...shape], dtype });
}

/** A node with one value everywhere. */
export function constantNode(interpreter: Interpreter, value: Dim, { shape, dtype }: TensorType): NodeId {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return literalNode(interpreter, [value], { shape, dtype });
  }
  const attrs = { value, shape: [...shape] };
  const id = addSource(interpreter, 'constant', dtype === 'f32' ? attrs : { ...attrs, dtype });
  // As it stands beside another operand; one of its shape may be large.
  if (typeof value === 'number') {
    const same = knownValues(initialTensor({ shape, dtype }, { kind: 'constant', value }));
    if (same) interpreter.tracer.knownValues.set(id, same);
  }
  return id;
}

/** A node without inputs: it belongs to no call. */
function addSource(interpreter: Interpreter, op: string, attrs: Attributes): NodeId {
  return interpreter.tracer.add(op, attrs, [], {});
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
