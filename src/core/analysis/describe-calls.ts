import { addDims, multiplyDims, productOfDims, substituteDim, type Dim } from '../graph/dim';
import type { GraphNode, NodeId, TensorType } from '../graph/graph';
import type { ReceptiveField } from '../graph/receptive-field';
import { bytesOf } from '../ops/arithmetic/promote';
import { opNamed } from '../ops/table';
import { unknownModuleClass } from '../python/library/module-class';
import { sourceRangeOf } from '../python/source-file';
import type { ModelFacts } from './model-facts';
import type { ModuleCall, ValueShape } from './model-analysis';
import type { RecordedCall } from './recording';

export interface CallContext {
  readonly facts: ModelFacts;
  readonly nodes: readonly GraphNode[];
  readonly receptiveFields: ReadonlyMap<NodeId, ReceptiveField>;
}

/** What was recorded, with what the ops know about it: parameters, FLOPs, memory, receptive field, formulas. */
export function describeCalls(calls: readonly RecordedCall[], context: CallContext): ModuleCall[] {
  const flops = sumOverParts(calls, context);
  return calls.map((call) => {
    const { module, path, index, repeated } = call;
    const parent = call.parent && call.parent.index >= 0 ? call.parent.index : undefined;
    const nodes = call.nodes.map((id) => nodeAt(context, id));
    const field = call.outputNode === undefined ? undefined : context.receptiveFields.get(call.outputNode);
    const output = module ? (call.output ?? unfinished) : outputOf(nodes, context);
    const bytes = valueBytes(output);
    const total = flops.get(call);
    const common = {
      index,
      parent,
      path,
      called: sourceRangeOf(call.place),
      output,
      repeated,
      ...(total === undefined ? {} : { flops: total }),
      ...(bytes === undefined ? {} : { activationBytes: bytes }),
      ...(field === undefined ? {} : { receptiveField: field }),
    };
    if (!module) {
      const { formulas, parameterFormula } = explain(nodes, context);
      return {
        ...common,
        kind: 'function',
        name: nameOf(nodes),
        leaf: true,
        inputs: inputsOf(nodes, context),
        parameters: parametersRead(nodes, context),
        formulas,
        ...(parameterFormula === undefined ? {} : { parameterFormula }),
      };
    }
    const leaf = context.facts.isLeaf(module);
    // A leaf class of the user's own (`class Swish`) is explained by what its forward computes, where that is one thing.
    const parts = leaf && nodes.length === 0 ? onlyPart(calls, call) : undefined;
    const { formulas, parameterFormula } = leaf
      ? explain(parts ? parts.nodes.map((id) => nodeAt(context, id)) : nodes, context)
      : { formulas: [], parameterFormula: undefined };
    return {
      ...common,
      kind: 'module',
      name: module.class.name,
      leaf,
      ...(module.class === unknownModuleClass ? {} : { made: sourceRangeOf(module.place) }),
      inputs: call.inputs,
      parameters: context.facts.count(module, 'trained'),
      formulas,
      ...(parameterFormula === undefined ? {} : { parameterFormula }),
    };
  });
}

const unfinished: ValueShape = { kind: 'unknown', reason: 'The call did not end.' };

/** FLOPs of every call for one image, those of the calls inside of it included; none where a part is not known. */
function sumOverParts(calls: readonly RecordedCall[], context: CallContext): ReadonlyMap<RecordedCall, Dim> {
  const totals = new Map<RecordedCall, Dim>();
  const unknown = new Set<RecordedCall>();
  for (const call of [...calls].reverse()) {
    if (call.module && (!call.output || isUnknown(call.output))) unknown.add(call);
    let total = totals.get(call) ?? 0;
    for (const id of call.nodes) total = addDims(total, flopsOf(nodeAt(context, id), context));
    totals.set(call, total);
    const { parent } = call;
    if (!parent) continue;
    totals.set(parent, addDims(totals.get(parent) ?? 0, total));
    if (unknown.has(call)) unknown.add(parent);
  }
  for (const call of unknown) totals.delete(call);
  return totals;
}

function flopsOf(node: GraphNode, context: CallContext): Dim {
  const op = opNamed(node.op);
  return op.flops ? forOneImage(op.flops(inputTypes(node, context), node.type, node.attrs)) : 0;
}

export function forOneImage(dim: Dim): Dim {
  return substituteDim(dim, { N: 1 });
}

function explain(nodes: readonly GraphNode[], context: CallContext): Pick<ModuleCall, 'formulas' | 'parameterFormula'> {
  for (const node of nodes) {
    const op = opNamed(node.op);
    const types = inputTypes(node, context);
    const formulas = op.formulas?.(types, node.type, node.attrs) ?? [];
    const parameterFormula = op.parameterFormula?.(types, node.attrs);
    if (formulas.length > 0 || parameterFormula !== undefined) {
      return { formulas, ...(parameterFormula === undefined ? {} : { parameterFormula }) };
    }
  }
  return { formulas: [] };
}

function onlyPart(calls: readonly RecordedCall[], call: RecordedCall): RecordedCall | undefined {
  const parts: RecordedCall[] = [];
  for (let next = call.index + 1; next < calls.length && calls[next]?.parent === call; next++) {
    const part = calls[next];
    if (part) parts.push(part);
  }
  return parts.length === 1 ? parts[0] : undefined;
}

/** What functions at one place are called: the operation that gives the result. */
function nameOf(nodes: readonly GraphNode[]): string {
  const last = nodes.at(-1);
  return last?.op ?? '';
}

/** Tensors that come from elsewhere; weights aside. */
function inputsOf(nodes: readonly GraphNode[], context: CallContext): ValueShape[] {
  const own = new Set(nodes.map(({ id }) => id));
  const outer = new Set(nodes.flatMap(({ inputs }) => inputs).filter((id) => !own.has(id)));
  return [...outer]
    .map((id) => nodeAt(context, id))
    .filter(({ op }) => op !== 'parameter' && op !== 'buffer' && op !== 'constant')
    .map(({ type }) => tensorShape(type));
}

function outputOf(nodes: readonly GraphNode[], context: CallContext): ValueShape {
  const read = new Set(nodes.flatMap(({ inputs }) => inputs));
  const results = nodes.filter(({ id }) => !read.has(id));
  const [only, second] = results;
  if (only && !second) return tensorShape(nodeAt(context, only.id).type);
  return { kind: 'several', items: results.map(({ type }) => tensorShape(type)) };
}

function parametersRead(nodes: readonly GraphNode[], context: CallContext): Dim {
  const read = new Set(nodes.flatMap(({ inputs }) => inputs));
  let total: Dim = 0;
  for (const id of read) {
    const node = nodeAt(context, id);
    if (node.op === 'parameter') total = addDims(total, productOfDims(node.type.shape));
  }
  return total;
}

function tensorShape({ shape, dtype }: TensorType): ValueShape {
  return { kind: 'tensor', shape, dtype };
}

/** Bytes of the tensors in a value, for one image. */
function valueBytes(shape: ValueShape): Dim | undefined {
  switch (shape.kind) {
    case 'tensor':
      return multiplyDims(bytesOf(shape.dtype), forOneImage(productOfDims(shape.shape)));
    case 'several': {
      let total: Dim = 0;
      for (const item of shape.items) {
        const bytes = valueBytes(item);
        if (bytes === undefined) return undefined;
        total = addDims(total, bytes);
      }
      return total;
    }
    case 'unknown':
      return undefined;
    case 'other':
      return 0;
  }
}

function isUnknown(shape: ValueShape): boolean {
  return shape.kind === 'unknown' || (shape.kind === 'several' && shape.items.some(isUnknown));
}

function inputTypes(node: GraphNode, context: CallContext): TensorType[] {
  return node.inputs.map((id) => nodeAt(context, id).type);
}

function nodeAt({ nodes }: CallContext, id: NodeId): GraphNode {
  const node = nodes[id];
  if (!node) throw new Error(`No node ${id}`);
  return node;
}
