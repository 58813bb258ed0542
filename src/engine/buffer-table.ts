import { elementCount } from '../core/graph/dim';
import type { DType } from '../core/graph/graph';
import type { GroupedStep } from './group-elementwise';
import type { BufferLife, Placement } from './place-buffers';
import type { HalfStorage, PlanTensor } from './plan';

/** A tensor in a buffer whose place is not decided yet, or in the state or the data. */
export interface PlannedTensor {
  readonly buffer: number | 'state' | 'data';
  /** Bytes from the buffer's (or the region's) start. */
  readonly offset: number;
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly storage?: HalfStorage;
}

interface TableStep {
  /** How many of its first inputs it reads element by element; undefined: it is not element-wise. */
  readonly elementwiseInputs: number | undefined;
  readonly inputs: readonly PlannedTensor[];
  readonly output: PlannedTensor;
}

/** The arena's buffers while a Plan is made: who shares one, and how long each lives. */
export class BufferTable {
  private readonly byteLengths: number[] = [];
  /** Union-find: a buffer that an in-place step took over points to the one it took. */
  private readonly owner: number[] = [];

  allocate(shape: readonly number[], dtype: DType, storage?: HalfStorage): PlannedTensor {
    const buffer = this.byteLengths.length;
    this.byteLengths.push((storage === 'f16' ? 2 : 4) * elementCount(shape));
    this.owner.push(buffer);
    return { buffer, offset: 0, shape, dtype, ...(storage ? { storage } : {}) };
  }

  /**
   * Lets element-wise steps write where an input dies with them. `kept`: buffers that must hold their values to the end
   * (a step may write into one of them, but not over one).
   */
  share(steps: readonly TableStep[], kept: ReadonlySet<PlannedTensor['buffer']>): void {
    const lastUse = new Map<number, number>();
    steps.forEach((step, index) => {
      for (const { buffer } of [...step.inputs, step.output])
        if (typeof buffer === 'number') lastUse.set(buffer, index);
    });
    for (const buffer of kept) if (typeof buffer === 'number') lastUse.set(buffer, Infinity);

    steps.forEach((step, index) => {
      const { output } = step;
      if (step.elementwiseInputs === undefined || typeof output.buffer !== 'number') return;
      for (const input of step.inputs.slice(0, step.elementwiseInputs)) {
        // Of the same type: the words that seed a dropout are read all along, not element by element.
        if (typeof input.buffer !== 'number' || input.offset !== 0 || input.dtype !== output.dtype) continue;
        if (input.storage !== output.storage) continue;
        const root = this.find(input.buffer);
        if (lastUse.get(root) !== index || this.byteLengths[root] !== this.byteLengths[output.buffer]) continue;
        this.owner[output.buffer] = root;
        lastUse.set(root, lastUse.get(output.buffer) ?? index);
        return;
      }
    });
  }

  /** Life of every buffer in steps; those that share one count for their owner. Steps of a group run at the same time. */
  lives(
    steps: readonly TableStep[],
    groups: readonly GroupedStep[],
    inputs: readonly PlannedTensor[],
    outputs: readonly PlannedTensor[],
  ): BufferLife[] {
    const lives = this.byteLengths.map((byteLength, buffer) => ({
      byteLength: this.find(buffer) === buffer ? byteLength : 0,
      firstStep: Infinity,
      lastStep: -Infinity,
    }));
    const touch = ({ buffer }: PlannedTensor, first: number, last: number): void => {
      const life = typeof buffer === 'number' ? lives[this.find(buffer)] : undefined;
      if (!life) return;
      life.firstStep = Math.min(life.firstStep, first);
      life.lastStep = Math.max(life.lastStep, last);
    };
    for (const { first, last } of groups) {
      for (const step of steps.slice(first, last + 1)) {
        for (const tensor of [...step.inputs, step.output]) touch(tensor, first, last);
      }
    }
    // The host fills inputs before the first step, and may fill them before it has read the last run's outputs.
    for (const tensor of inputs) touch(tensor, 0, 0);
    for (const tensor of outputs) touch(tensor, 0, steps.length);
    return lives;
  }

  place({ buffer, offset, ...tensor }: PlannedTensor, placement: Placement): PlanTensor {
    if (typeof buffer !== 'number') return { region: buffer, offset, ...tensor };
    return { region: 'arena', offset: (placement.offsets[this.find(buffer)] ?? 0) + offset, ...tensor };
  }

  private find(buffer: number): number {
    let root = buffer;
    for (let next = this.owner[root]; next !== undefined && next !== root; next = this.owner[root]) root = next;
    return root;
  }
}
