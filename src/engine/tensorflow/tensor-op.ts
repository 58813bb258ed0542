import type { Attributes } from '../../core/graph/graph';
import type { KernelStep, PlanTensor } from '../plan';
import type { HostArray } from '../engine';
import type { Tensor, Tensorflow } from './tensorflow-module';

/** What an op may do with the memory of its plan. */
export interface PlanMemoryAccess {
  read(place: PlanTensor): Tensor;
  write(place: PlanTensor, value: Tensor): void;
  /** What the host filled a plan input with; undefined: the place is not one. */
  hostValues(place: PlanTensor): HostArray | undefined;
  /** Bytes of the region `data`. */
  dataBytes(place: PlanTensor): Uint8Array;
}

/**
 * Computes a step: a tensor of the output's elements, in its order; null: it has been written already. Whole numbers and
 * truth values are int32. Runs within `tf.tidy`: what it makes beside the result is disposed of.
 */
export type TensorOp = (call: OpCall) => Tensor | null;

/** One step of a plan, with the tensors that it reads. */
export class OpCall {
  constructor(
    readonly tf: Tensorflow,
    readonly step: KernelStep,
    private readonly memory: PlanMemoryAccess,
  ) {}

  get attrs(): Attributes {
    return this.step.attrs;
  }

  /** Of the output. */
  get shape(): number[] {
    return [...this.step.output.shape];
  }

  get inputCount(): number {
    return this.step.inputs.length;
  }

  /** Where an input lies; a missing one is a bug of who made the plan. */
  place(index: number): PlanTensor {
    const place = this.step.inputs[index];
    if (!place) throw new Error(`A step '${this.step.op}' has ${this.step.inputs.length} inputs, more were expected`);
    return place;
  }

  shapeOf(index: number): number[] {
    return [...this.place(index).shape];
  }

  isFloat(index: number): boolean {
    return this.place(index).dtype === 'f32';
  }

  input(index: number): Tensor {
    return this.memory.read(this.place(index));
  }

  inputs(): Tensor[] {
    return this.step.inputs.map((place) => this.memory.read(place));
  }

  optional(index: number): Tensor | undefined {
    return index < this.inputCount ? this.input(index) : undefined;
  }

  /** Whole numbers and truth values as what `tf.where` and the logical functions want. */
  truth(index: number): Tensor {
    return this.tf.cast(this.input(index), 'bool');
  }

  /** Other tensors than inputs and output, for steps that hold several in one place or change more than one. */
  read(place: PlanTensor): Tensor {
    return this.memory.read(place);
  }

  write(place: PlanTensor, value: Tensor): void {
    this.memory.write(place, value);
  }

  /** Whole numbers that the host filled in, such as seeds. */
  hostWords(index: number): ArrayLike<number> {
    return this.memory.hostValues(this.place(index)) ?? this.input(index).dataSync();
  }

  /** An input that lies in the region `data`. */
  dataBytes(index: number): Uint8Array {
    return this.memory.dataBytes(this.place(index));
  }

  /** dy·∂f/∂x, by TensorFlow's own differentiation. */
  pullBack(f: (x: Tensor) => Tensor, x: Tensor, dy: Tensor): Tensor {
    return this.tf.grad((value: Tensor) => this.tf.reshape(f(value), dy.shape))(x, dy);
  }
}
