import { substituteDim } from '../../../src/core/graph/dim';
import type { Attributes, AttributeValue, Graph, NodeId } from '../../../src/core/graph/graph';
import { isSource } from '../../../src/core/graph/lower';
import { opNamed } from '../../../src/core/ops/table';
import { forwards } from './forwards';
import type { Tensor64 } from './tensor64';

/**
 * Computes nodes of a lowered graph in doubles. `sources` gives the inputs, parameters and buffers that `wanted` depend
 * on; `batchSize` stands for 'N'. Gradient ops are not known here: what they should give is found by finite differences.
 */
export function interpret(
  graph: Graph,
  batchSize: number,
  sources: ReadonlyMap<NodeId, Float64Array>,
  wanted: readonly NodeId[],
): readonly Float64Array[] {
  const values = new Map<NodeId, Tensor64>();
  const compute = (id: NodeId): Tensor64 => {
    const known = values.get(id);
    if (known) return known;
    const node = graph.nodes[id];
    if (!node) throw new Error(`No node ${id}`);
    const shape = node.type.shape.map((dim) => substitute(dim, batchSize));
    const value = { shape, data: isSource(node.op) ? sourceValue(id) : forward(node.op) };
    values.set(id, value);
    return value;

    function forward(op: string): Float64Array {
      const rule = forwards[op];
      if (!rule) throw new Error(`${op} has no forward reference`);
      const inputs = node?.inputs.map(compute) ?? [];
      return rule(inputs, resolveAttributes(op, node?.attrs ?? {}, batchSize) as never, shape);
    }
  };
  const sourceValue = (id: NodeId): Float64Array => {
    const value = sources.get(id);
    if (!value) throw new Error(`Source ${id} has no value`);
    return value;
  };
  return wanted.map((id) => compute(id).data);
}

function resolveAttributes(op: string, attrs: Attributes, batchSize: number): Attributes {
  const symbolic = opNamed(op).symbolicAttributes ?? [];
  const resolve = (value: AttributeValue | undefined): AttributeValue =>
    Array.isArray(value) ? value.map(resolve) : substitute(value as number | string, batchSize);
  return { ...attrs, ...Object.fromEntries(symbolic.map((name) => [name, resolve(attrs[name])])) };
}

function substitute(dim: number | string, batchSize: number): number {
  const size = substituteDim(dim, { N: batchSize });
  if (typeof size !== 'number') throw new Error(`Size ${size} is not known`);
  return size;
}
