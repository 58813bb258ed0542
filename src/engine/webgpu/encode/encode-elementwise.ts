import { elementCount } from '../../../core/graph/dim';
import { tensorAlignment } from '../../align';
import type { KernelStep, PlanTensor } from '../../plan';
import { tensorBytes } from '../../tensor-bytes';
import { collapseDims } from '../../steps/collapse-dims';
import { inputOf, sizeOf } from '../../steps/tensors';
import type { ProgramBuilder } from '../program-builder';
import { bindingCount } from '../shader-text';
import type { ElementContext, ElementEncoder } from './encoder';

export interface ElementMember {
  readonly step: KernelStep;
  readonly encode: ElementEncoder;
}

/** Whether anybody reads what `step` made, once the steps up to `last` are done. */
export type IsReadAfter = (step: KernelStep, last: KernelStep) => boolean;

/**
 * One kernel for element-wise steps of one size, or several where they touch more tensors than a shader may bind. What only
 * the kernel itself reads is not stored.
 */
export function encodeElementwise(
  members: readonly ElementMember[],
  program: ProgramBuilder,
  isReadAfter: IsReadAfter,
): void {
  let kernel = new ElementKernel();
  for (const member of members) {
    const longer = kernel.with(member.step, isReadAfter);
    const isFull = bindingCount(longer) > program.limits.storageBuffers || kernel.parameterCount > enoughParameters;
    if (!kernel.isEmpty && isFull) {
      kernel.emit(program, isReadAfter);
      kernel = new ElementKernel();
    }
    kernel.add(member);
  }
  kernel.emit(program, isReadAfter);
}

/** A dispatch has 64 at most; one more step takes some, by its numbers and by the sizes that it is broadcast over. */
const enoughParameters = 36;

class ElementKernel {
  private readonly tensors: Record<string, PlanTensor> = {};
  private readonly nameOfTensor = new Map<string, string>();
  /** Values that are in variables: by the place in memory that holds them too, or will. */
  private readonly known = new Map<string, string>();
  /** Outputs whose values are not in memory yet, by their place. */
  private readonly pending = new Map<string, { readonly step: KernelStep; readonly value: string }>();
  private readonly lines: string[] = [];
  private readonly functions = new Set<string>();
  private readonly sizes: Record<string, number> = {};
  private readonly integers: Record<string, number> = {};
  private readonly numbers: Record<string, number> = {};
  private readonly ops: string[] = [];
  private last: KernelStep | undefined;
  private count = 0;
  private names = 0;

  get isEmpty(): boolean {
    return this.last === undefined;
  }

  get parameterCount(): number {
    return [this.tensors, this.sizes, this.integers, this.numbers].reduce(
      (sum, kind) => sum + Object.keys(kind).length,
      0,
    );
  }

  /** The tensors that the kernel would touch with this step as its last, those included that it would have to store then. */
  with(step: KernelStep, isReadAfter: IsReadAfter): Record<string, PlanTensor> {
    const all = { ...this.tensors };
    const stored = [...this.pending.values()].filter((pending) => isReadAfter(pending.step, step));
    [...step.inputs, step.output, ...stored.map((pending) => pending.step.output)].forEach((tensor, index) => {
      if (!this.nameOfTensor.has(keyOf(tensor))) all[`new${index}`] = tensor;
    });
    return all;
  }

  add({ step, encode }: ElementMember): void {
    this.count = sizeOf(step.output);
    this.ops.push(step.op);
    const value = encode(this.contextOf(step));
    const name = this.keep(value);
    // What stood at the output's place is gone.
    for (const [place] of this.known) if (overlaps(place, step.output)) this.known.delete(place);
    const place = placeOf(step.output);
    this.pending.delete(place);
    this.storePending(step.output);
    this.known.set(place, name);
    this.pending.set(place, { step, value: name });
    this.last = step;
  }

  emit(program: ProgramBuilder, isReadAfter: IsReadAfter): void {
    const { last } = this;
    if (!last) return;
    for (const { step, value } of this.pending.values()) if (isReadAfter(step, last)) this.store(step, value);
    const call = {
      name: this.ops.join(' + '),
      sizes: this.sizes,
      integers: this.integers,
      numbers: this.numbers,
      functions: [...this.functions].join('\n'),
      body: this.lines.map((line) => `  ${line}`).join('\n'),
    };
    const bytes = 4 * this.count;
    const most = Math.floor(program.limits.bindingBytes / tensorAlignment) * (tensorAlignment / 4);
    if (bytes <= program.limits.bindingBytes) {
      program.forEach({ ...call, tensors: this.tensors, size: this.count });
      return;
    }
    for (let from = 0; from < this.count; from += most) {
      const window = { from, to: Math.min(from + most, this.count) };
      const tensors = mapValues(this.tensors, (tensor) =>
        sizeOf(tensor) === this.count ? { tensor, window } : tensor,
      );
      program.forEach({ ...call, tensors, first: from, size: window.to - from });
    }
  }

  private contextOf(step: KernelStep): ElementContext {
    return {
      step,
      input: (index) => this.inputValue(step, inputOf(step, index)),
      at: (index, place) => `load_${this.tensorInMemory(inputOf(step, index))}(${place})`,
      store: (index, place, value) => {
        const tensor = inputOf(step, index);
        this.lines.push(`store_${this.tensorInMemory(tensor)}(${place}, ${value});`);
        for (const [known] of this.known) if (overlaps(known, tensor)) this.known.delete(known);
      },
      inputTensor: (index) => inputOf(step, index),
      size: (value) => this.parameter(this.sizes, value),
      integer: (value) => this.parameter(this.integers, value),
      number: (value) => this.parameter(this.numbers, value),
      keep: (expression) => this.keep(expression),
      functions: (code) => this.functions.add(code),
      statement: (code) => this.lines.push(code),
      name: (stem) => this.newName(stem),
    };
  }

  private inputValue(step: KernelStep, tensor: PlanTensor): string {
    const size = sizeOf(tensor);
    if (size === this.count) {
      const known = this.known.get(placeOf(tensor));
      if (known !== undefined) return known;
      const name = this.keep(`load_${this.tensorInMemory(tensor)}(i)`);
      this.known.set(placeOf(tensor), name);
      return name;
    }
    const place = size === 1 ? '0u' : this.broadcastPlace(tensor, step.output);
    return this.keep(`load_${this.tensorInMemory(tensor)}(${place})`);
  }

  /** Where in a tensor the element stands that is broadcast to element i of the output. */
  private broadcastPlace(tensor: PlanTensor, output: PlanTensor): string {
    const terms: string[] = [];
    let rest = 'i';
    const dims = collapseDims(output.shape, [tensor.shape]);
    dims.forEach(({ size, steps }, index) => {
      const [step = 0] = steps;
      const last = index === dims.length - 1;
      const sizeName = last ? '' : this.parameter(this.sizes, size);
      const place = last ? rest : `(${rest} % ${sizeName})`;
      if (step === 1) terms.push(place);
      else if (step > 0) terms.push(`${place} * ${this.parameter(this.sizes, step)}`);
      if (!last) rest = this.keep(`${rest} / ${sizeName}`);
    });
    return terms.length === 0 ? '0u' : terms.join(' + ');
  }

  private keep(expression: string): string {
    const name = this.newName('v');
    this.lines.push(`let ${name} = ${expression};`);
    return name;
  }

  private parameter(kind: Record<string, number>, value: number): string {
    const name = this.newName('n');
    kind[name] = value;
    return `p.${name}`;
  }

  private store(step: KernelStep, value: string): void {
    this.lines.push(`store_${this.tensorName(step.output)}(i, ${value});`);
  }

  /** Writes what is waiting for a place that is about to be read or written in another way. */
  private storePending(tensor: PlanTensor): void {
    for (const [place, { step, value }] of this.pending) {
      if (!overlaps(place, tensor)) continue;
      this.store(step, value);
      this.pending.delete(place);
    }
  }

  private tensorInMemory(tensor: PlanTensor): string {
    this.storePending(tensor);
    return this.tensorName(tensor);
  }

  private tensorName(tensor: PlanTensor): string {
    const key = keyOf(tensor);
    const known = this.nameOfTensor.get(key);
    if (known !== undefined) return known;
    const name = `t${this.nameOfTensor.size}`;
    this.nameOfTensor.set(key, name);
    this.tensors[name] = tensor;
    return name;
  }

  private newName(stem: string): string {
    return `${stem}${this.names++}`;
  }
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, map: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}

function keyOf({ region, offset, dtype, shape }: PlanTensor): string {
  return `${region} ${offset} ${dtype === 'f32' ? 'f32' : 'i32'} ${elementCount(shape)}`;
}

/** Place of a tensor as text: region, first byte, byte after the last, type. */
function placeOf(tensor: PlanTensor): string {
  const { region, offset, dtype } = tensor;
  return `${region} ${offset} ${offset + tensorBytes(tensor)} ${dtype === 'f32' ? 'f32' : 'i32'}`;
}

function overlaps(place: string, tensor: PlanTensor): boolean {
  const [region, start, end] = place.split(' ');
  return region === tensor.region && Number(start) < tensor.offset + tensorBytes(tensor) && tensor.offset < Number(end);
}
