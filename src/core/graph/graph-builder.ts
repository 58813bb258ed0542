import { opNamed } from '../ops/table';
import type { Dim } from './dim';
import type { Attributes, Graph, GraphNode, Initializer, NodeId, Shape, SourceRange, TensorType } from './graph';

/** Where a node comes from. */
export interface Provenance {
  readonly path?: string;
  readonly source?: SourceRange;
}

/** Grows a Graph node by node; each node's type comes from its op's shape rule, which throws an OpError if it does not fit. */
export class GraphBuilder {
  private readonly nodes: GraphNode[] = [];

  constructor(private readonly name: string) {}

  input(name: string, type: TensorType): NodeId {
    return this.push('input', { name }, [], type, {});
  }

  /** Packed bytes that the device keeps between runs: a plan's region `data`. */
  residentInput(name: string, type: TensorType): NodeId {
    return this.push('input', { name, resident: true }, [], type, {});
  }

  /** A trained tensor; `path` is its state_dict name. */
  parameter(path: string, type: TensorType, init: Initializer, source?: SourceRange): NodeId {
    return this.push('parameter', { init: { ...init } }, [], type, source ? { path, source } : { path });
  }

  /** A tensor of the model's state that is not trained (running statistics). */
  buffer(path: string, type: TensorType, init: Initializer, source?: SourceRange): NodeId {
    return this.push('buffer', { init: { ...init } }, [], type, source ? { path, source } : { path });
  }

  /** A tensor with one value everywhere. */
  constant(value: number, shape: Shape): NodeId {
    return this.push('constant', { value, shape: [...shape] }, [], { shape, dtype: 'f32' }, {});
  }

  add(op: string, attrs: Attributes, inputs: readonly NodeId[], provenance: Provenance = {}): NodeId {
    const type = opNamed(op).inferType(
      inputs.map((id) => this.typeOf(id)),
      attrs,
    );
    return this.push(op, attrs, inputs, type, provenance);
  }

  /** Copies a node of another graph, its inputs given anew; the type is kept. */
  copy(node: GraphNode, inputs: readonly NodeId[]): NodeId {
    const { path, source } = node;
    return this.push(node.op, node.attrs, inputs, node.type, {
      ...(path === undefined ? {} : { path }),
      ...(source === undefined ? {} : { source }),
    });
  }

  node(id: NodeId): GraphNode {
    const node = this.nodes[id];
    if (!node) throw new Error(`No node ${id} in ${this.name}`);
    return node;
  }

  typeOf(id: NodeId): TensorType {
    return this.node(id).type;
  }

  shapeOf(id: NodeId): readonly Dim[] {
    return this.node(id).type.shape;
  }

  /** The number that a node holds everywhere, where that is known. */
  numberOf(id: NodeId): number | undefined {
    const { op, attrs } = this.node(id);
    return op === 'constant' && typeof attrs['value'] === 'number' ? attrs['value'] : undefined;
  }

  get size(): number {
    return this.nodes.length;
  }

  finish(outputs: readonly NodeId[]): Graph {
    return { formatVersion: 1, name: this.name, nodes: [...this.nodes], outputs: [...outputs] };
  }

  private push(
    op: string,
    attrs: Attributes,
    inputs: readonly NodeId[],
    type: TensorType,
    provenance: Provenance,
  ): NodeId {
    const id = this.nodes.length;
    this.nodes.push({ id, op, attrs, inputs: [...inputs], type, ...provenance });
    return id;
  }
}
