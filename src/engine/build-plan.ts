import { staticShape, substituteDim, type Dim } from '../core/graph/dim';
import type { Attributes, AttributeValue, GraphNode, NodeId } from '../core/graph/graph';
import { isSource } from '../core/graph/lower';
import { opNamed } from '../core/ops/table';
import type { ComputationGraph } from '../core/train/training-graph';
import { groupElementwise, type GroupedStep } from './group-elementwise';
import { optimizerSteps, type UpdateConfig, type UpdateSteps } from './optimizer-steps';
import { placeBuffers } from './place-buffers';
import type { HalfStorage, KernelStep, Plan, PlanStep, PlanTensor, StateLayout } from './plan';
import { BufferTable, type PlannedTensor } from './buffer-table';
import { elementBytes } from './tensor-bytes';

export interface PlanRequest {
  /** For profiles and errors: `train`, `evaluate`. */
  readonly name: string;
  readonly computation: ComputationGraph;
  /** Value of the symbolic size N. */
  readonly batchSize: number;
  readonly layout: StateLayout;
  /** Present: the plan ends with the optimiser's step over the gradients that the computation stores. */
  readonly update?: UpdateConfig;
  /** How activations and their gradients are kept; absent: whole. */
  readonly half?: HalfStorage;
}

/** Makes the one program that runs a whole step: only what outputs and stores need, every buffer placed. */
export function buildPlan({ name, computation, batchSize, layout, update, half }: PlanRequest): Plan {
  const planner = new Planner(computation, batchSize, layout, half);
  planner.addNodes();
  planner.addLateCopies();
  return planner.finish(
    name,
    update && ((arenaStart) => optimizerSteps(update, layout, computation.stores, arenaStart)),
  );
}

/** A kernel step whose tensors are not placed yet. */
interface DraftStep {
  readonly op: string;
  readonly attrs: Attributes;
  readonly inputs: readonly PlannedTensor[];
  readonly output: PlannedTensor;
  /** How many of the first inputs are read element by element, where the step is element-wise. */
  readonly elementwiseInputs: number | undefined;
  readonly path: string | undefined;
}

class Planner {
  private readonly buffers = new BufferTable();
  private readonly values = new Map<NodeId, PlannedTensor>();
  private readonly drafts: DraftStep[] = [];
  private readonly inputs = new Map<string, PlannedTensor>();
  private readonly lateCopies: { from: NodeId; to: PlannedTensor; path: string }[] = [];
  private readonly slots: ReadonlyMap<string, PlanTensor>;
  private readonly slotsOfNode = new Map<NodeId, string[]>();
  private readonly lastReaderOfSlot = new Map<string, NodeId>();
  /** What the host reads, and what that is a view of. */
  private readonly readByHost: ReadonlySet<NodeId>;

  constructor(
    private readonly computation: ComputationGraph,
    private readonly batchSize: number,
    layout: StateLayout,
    private readonly half: HalfStorage | undefined,
  ) {
    this.readByHost = readByHost(computation);
    this.slots = new Map(layout.slots.map((slot) => [slot.name, slot.tensor]));
    for (const [slot, node] of computation.stores) {
      this.slotsOfNode.set(node, [...(this.slotsOfNode.get(node) ?? []), slot]);
    }
    for (const node of computation.graph.nodes) {
      for (const input of node.inputs) {
        const { op, path } = this.nodeAt(input);
        if (isSource(op) && path !== undefined) this.lastReaderOfSlot.set(path, node.id);
      }
    }
  }

  addNodes(): void {
    const live = liveNodes(this.computation);
    for (const node of this.computation.graph.nodes) if (live.has(node.id)) this.addNode(node);
  }

  /** Stored values that could not be written in place when they were made. */
  addLateCopies(): void {
    for (const { from, to, path } of this.lateCopies) {
      this.push({ op: 'copy', attrs: {}, inputs: [this.valueOf(from)], output: to, elementwiseInputs: 1, path });
    }
  }

  /** `update`: makes the steps that end the plan, given where the arena is free. */
  finish(name: string, update: ((arenaStart: number) => UpdateSteps) | undefined): Plan {
    const outputs = Object.entries(this.computation.outputs).map(([key, id]) => [key, this.valueOf(id)] as const);
    const groups = groupElementwise(this.drafts);
    this.buffers.share(this.drafts, new Set(outputs.map(([, tensor]) => tensor.buffer)));
    const placement = placeBuffers(
      this.buffers.lives(
        this.drafts,
        groups,
        [...this.inputs.values()],
        outputs.map(([, tensor]) => tensor),
      ),
    );
    const place = (tensor: PlannedTensor): PlanTensor => this.buffers.place(tensor, placement);

    const inputs = Object.fromEntries([...this.inputs].map(([key, tensor]) => [key, place(tensor)]));
    const steps = groups.map((group) => emit(group, this.drafts, place));
    let arenaBytes = placement.byteLength;
    if (update) {
      // Behind the other buffers: the host fills it before the step and the step's end reads it.
      const end = update(arenaBytes);
      arenaBytes += end.byteLength;
      inputs['hyper'] = end.hyper;
      steps.push(...end.steps);
    }
    return {
      name,
      batchSize: this.batchSize,
      steps,
      inputs,
      outputs: Object.fromEntries(outputs.map(([key, tensor]) => [key, place(tensor)])),
      arenaBytes,
    };
  }

  private addNode(node: GraphNode): void {
    if (isSource(node.op)) {
      this.values.set(node.id, this.sourceValue(node));
      return;
    }
    const op = opNamed(node.op);
    const attrs = this.resolveAttributes(node, op.symbolicAttributes ?? []);
    const inputs = node.inputs.map((id) => this.valueOf(id));
    const shape = this.shapeOf(node);
    const types = node.inputs.map((id) => this.nodeAt(id).type);
    const viewOffset = op.viewOffset?.(types, node.attrs);
    if (viewOffset !== undefined) {
      const [source] = inputs;
      if (!source) throw new Error(`View ${node.id} has no input`);
      const offset = this.resolveDim(viewOffset);
      const bytes = elementBytes({ region: 'arena', ...(source.storage ? { storage: source.storage } : {}) });
      this.values.set(node.id, { ...source, offset: source.offset + bytes * offset, shape });
      this.storeLate(node.id, this.slotsOfNode.get(node.id) ?? []);
      return;
    }
    const [slot, ...moreSlots] = this.slotsOfNode.get(node.id) ?? [];
    const inPlace = slot !== undefined && this.mayWriteNow(slot, node.id);
    const output = inPlace ? this.slot(slot) : this.buffers.allocate(shape, node.type.dtype, this.storageOf(node));
    this.values.set(node.id, output);
    const elementwise = op.elementwise?.(attrs, types) ?? false;
    const elementwiseInputs = elementwise ? (op.elementwiseInputs ?? inputs.length) : undefined;
    this.push({ op: node.op, attrs, inputs, output, elementwiseInputs, path: node.path });
    this.storeLate(node.id, slot === undefined || inPlace ? moreSlots : [slot, ...moreSlots]);
  }

  /** In half is kept what each image of a batch has of its own; what a batch has together (statistics, gradients of weights) is whole. */
  private storageOf({ id, op, type }: GraphNode): HalfStorage | undefined {
    const [batch] = type.shape;
    const mayBeHalf = opNamed(op).halfStorage === true && type.dtype === 'f32' && type.shape.length > 1;
    return mayBeHalf && typeof batch === 'string' && !this.readByHost.has(id) ? this.half : undefined;
  }

  /** Whether nobody reads the slot's old value after this node. */
  private mayWriteNow(slot: string, id: NodeId): boolean {
    return (this.lastReaderOfSlot.get(slot) ?? -1) <= id;
  }

  private storeLate(id: NodeId, slots: readonly string[]): void {
    for (const slot of slots) this.lateCopies.push({ from: id, to: this.slot(slot), path: slot });
  }

  private sourceValue(node: GraphNode): PlannedTensor {
    if (node.op === 'input') {
      if (node.attrs['resident'] === true) {
        return { buffer: 'data', offset: 0, shape: this.shapeOf(node), dtype: node.type.dtype };
      }
      const tensor = this.buffers.allocate(this.shapeOf(node), node.type.dtype);
      this.inputs.set(inputName(node), tensor);
      return tensor;
    }
    return this.slot(node.path ?? '');
  }

  private slot(name: string): PlannedTensor {
    const tensor = this.slots.get(name);
    if (!tensor) throw new Error(`The state has no slot ${name}`);
    return { buffer: 'state', offset: tensor.offset, shape: tensor.shape, dtype: tensor.dtype };
  }

  private push(step: DraftStep): void {
    this.drafts.push(step);
  }

  private valueOf(id: NodeId): PlannedTensor {
    const value = this.values.get(id);
    if (!value) throw new Error(`Node ${id} was not planned`);
    return value;
  }

  private nodeAt(id: NodeId): GraphNode {
    const node = this.computation.graph.nodes[id];
    if (!node) throw new Error(`No node ${id}`);
    return node;
  }

  private shapeOf(node: GraphNode): readonly number[] {
    const shape = staticShape(node.type.shape.map((dim) => substituteDim(dim, { N: this.batchSize })));
    if (!shape) throw new Error(`${node.op} ${node.path ?? ''} has the open shape (${node.type.shape.join(', ')})`);
    return shape;
  }

  private resolveDim(dim: Dim): number {
    const value = substituteDim(dim, { N: this.batchSize });
    if (typeof value !== 'number') throw new Error(`The size ${value} is open`);
    return value;
  }

  private resolveAttributes(node: GraphNode, symbolic: readonly string[]): Attributes {
    if (symbolic.length === 0) return node.attrs;
    const resolved: Record<string, AttributeValue> = { ...node.attrs };
    for (const name of symbolic) {
      const value = node.attrs[name];
      resolved[name] = Array.isArray(value)
        ? (value as readonly Dim[]).map((dim) => this.resolveDim(dim))
        : this.resolveDim(value as Dim);
    }
    return resolved;
  }
}

function inputName(node: GraphNode): string {
  const name = node.attrs['name'];
  if (typeof name !== 'string') throw new Error(`Input ${node.id} has no name`);
  return name;
}

function readByHost({ graph, outputs }: ComputationGraph): Set<NodeId> {
  const read = new Set(Object.values(outputs));
  for (let id = graph.nodes.length - 1; id >= 0; id--) {
    const node = graph.nodes[id];
    if (!node || !read.has(id) || isSource(node.op)) continue;
    const types = node.inputs.flatMap((input) => graph.nodes[input]?.type ?? []);
    const [source] = node.inputs;
    if (source !== undefined && opNamed(node.op).viewOffset?.(types, node.attrs) !== undefined) read.add(source);
  }
  return read;
}

/** What outputs and stores depend on. */
function liveNodes({ graph, outputs, stores }: ComputationGraph): Set<NodeId> {
  const live = new Set<NodeId>([...Object.values(outputs), ...stores.values()]);
  for (let id = graph.nodes.length - 1; id >= 0; id--) {
    if (live.has(id)) for (const input of graph.nodes[id]?.inputs ?? []) live.add(input);
  }
  return live;
}

function emit(
  group: GroupedStep,
  drafts: readonly DraftStep[],
  place: (tensor: PlannedTensor) => PlanTensor,
): PlanStep {
  const steps = drafts.slice(group.first, group.last + 1).map(({ op, attrs, inputs, output, path }): KernelStep => ({
    kind: 'kernel',
    op,
    attrs,
    inputs: inputs.map(place),
    output: place(output),
    ...(path === undefined ? {} : { path }),
  }));
  const [only] = steps;
  return steps.length === 1 && only ? only : { kind: 'elementwise', steps };
}
