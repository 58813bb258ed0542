import { GraphBuilder, type Provenance } from '../../graph/graph-builder';
import type { Attributes, Initializer, NodeId } from '../../graph/graph';
import type { SourceRange } from '../../graph/graph';
import type { InstanceValue, TensorValue } from './values';

/**
 * Where tensor operations go: the model's own Graph while its forward is read, or a scrap one while the model is made
 * (some models push a tensor of zeros through themselves to learn a shape).
 */
export class Tracer {
  readonly builder: GraphBuilder;
  /** state_dict names of the modules. Empty while the model is made. */
  readonly paths = new Map<InstanceValue, string>();
  /** Values of nodes that the code says, in row-major order. */
  readonly knownValues = new Map<NodeId, readonly number[]>();
  private readonly parameterNodes = new Map<TensorValue, NodeId>();

  constructor(
    name: string,
    /** Whether this is the model's own Graph. */
    readonly final: boolean,
  ) {
    this.builder = new GraphBuilder(name);
  }

  /** Puts a parameter or buffer into the Graph; the same tensor under a second name stays one node. */
  addStateTensor(
    tensor: TensorValue,
    path: string,
    init: Initializer,
    source: SourceRange,
    kind: 'parameter' | 'buffer',
  ): NodeId {
    const known = this.parameterNodes.get(tensor);
    if (known !== undefined) return known;
    const id =
      kind === 'parameter'
        ? this.builder.parameter(path, tensor.type, init, source)
        : this.builder.buffer(path, tensor.type, init, source);
    this.parameterNodes.set(tensor, id);
    return id;
  }

  stateTensor(tensor: TensorValue): NodeId | undefined {
    return this.parameterNodes.get(tensor);
  }

  add(op: string, attrs: Attributes, inputs: readonly NodeId[], provenance: Provenance): NodeId {
    return this.builder.add(op, attrs, inputs, provenance);
  }
}
