import { alignUp } from '../align';
import { EngineMemoryError } from '../engine';
import { maximumWorkgroups, type KernelCall, type WorkTensor } from './kernel-call';
import { assembleShader, type Shader } from './shader-text';
import { defaultTuning, type Tuning } from './tuning';
import { usedFunctions } from './wgsl/used-functions';

/** A kernel that computes one element (or one of `size` independent things) at a time. */
export interface ForEachCall extends Omit<KernelCall, 'code' | 'workgroups'> {
  readonly size: number;
  /** Number of the first element; absent: 0. */
  readonly first?: number;
  /** Statements; `i: u32` is the number of the element. */
  readonly body: string;
  /** Functions that the body calls. */
  readonly functions?: string;
}

export interface Dispatch extends Shader {
  readonly name: string;
  readonly workgroups: readonly [number, number, number];
}

/** What a device lets kernels do. */
export interface KernelLimits {
  /** Bindings of one shader that are not the parameters. */
  readonly storageBuffers: number;
  /** Bytes of one binding. */
  readonly bindingBytes: number;
  readonly workgroupBytes: number;
  readonly workgroupThreads: number;
  readonly subgroups: boolean;
  readonly f16: boolean;
}

export interface BuiltProgram {
  /** Of all steps, in order. */
  readonly dispatches: readonly Dispatch[];
  /** For each of the plan's steps: how many dispatches there are up to its end. */
  readonly stepEnds: readonly number[];
  readonly scratchBytes: number;
  readonly constants: Int32Array;
}

/** Threads of a workgroup of `forEach`. */
export const forEachThreads = 64;

/** Collects the dispatches of a program. Nothing in it depends on where the device's buffers are. */
export class ProgramBuilder {
  private readonly dispatches: Dispatch[] = [];
  private readonly stepEnds: number[] = [];
  private readonly constants: number[] = [];
  private scratchTaken = 0;
  private scratchNeed = 0;

  constructor(
    readonly limits: KernelLimits,
    readonly tuning: Tuning = defaultTuning,
  ) {}

  /** A kernel with an entry point of its own. What it calls of the library in `wgsl/` is added. */
  run(call: KernelCall): void {
    const { name, workgroups } = call;
    if (workgroups.some((count) => count < 1 || count > maximumWorkgroups)) {
      throw new Error(`Kernel ${name} asks for ${workgroups.join(' × ')} workgroups`);
    }
    const shader = assembleShader({ ...call, code: [usedFunctions(call.code), call.code].join('\n') });
    if (shader.bindings.length > this.limits.storageBuffers) {
      throw new Error(
        `Kernel ${name} needs ${shader.bindings.length} bindings, the device has ${this.limits.storageBuffers}`,
      );
    }
    const largest = Math.max(0, ...shader.bindings.map(({ byteLength }) => byteLength));
    if (largest > this.limits.bindingBytes) {
      throw new EngineMemoryError(`a tensor of ${name}`, largest, 0, this.limits.bindingBytes);
    }
    this.dispatches.push({ ...shader, name, workgroups });
  }

  /** A kernel over `size` elements, in any order and at the same time. */
  forEach({ size, first = 0, body, functions = '', sizes, ...call }: ForEachCall): void {
    if (size === 0) return;
    this.run({
      ...call,
      sizes: { ...sizes, for_each_size: size, ...(first > 0 ? { for_each_first: first } : {}) },
      code: `${functions}
@compute @workgroup_size(${forEachThreads})
fn main(@builtin(global_invocation_id) thread: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let number = thread.x + thread.y * groups.x * ${forEachThreads}u;
  if (number >= p.for_each_size) { return; }
  let i = number${first > 0 ? ' + p.for_each_first' : ''};
${body}
}`,
      workgroups: foldWorkgroups(Math.ceil(size / forEachThreads)),
    });
  }

  /** Memory that is the current step's until its end; contents are arbitrary. */
  scratch(length: number, dtype: WorkTensor['dtype'] = 'f32'): WorkTensor {
    const offset = this.scratchTaken;
    this.scratchTaken += alignUp(4 * length);
    this.scratchNeed = Math.max(this.scratchNeed, this.scratchTaken);
    return { region: 'scratch', offset, length, dtype };
  }

  /** Whole numbers that come with the program: lists too long for parameters. */
  table(words: readonly number[]): WorkTensor {
    const offset = 4 * this.constants.length;
    for (const word of words) this.constants.push(word);
    while ((4 * this.constants.length) % alignUp(1) !== 0) this.constants.push(0);
    return { region: 'constants', offset, length: words.length, dtype: 'i32' };
  }

  endStep(): void {
    this.stepEnds.push(this.dispatches.length);
    this.scratchTaken = 0;
  }

  finish(): BuiltProgram {
    const { dispatches, stepEnds, scratchNeed } = this;
    return { dispatches, stepEnds, scratchBytes: scratchNeed, constants: Int32Array.from(this.constants) };
  }
}

/**
 * So many workgroups along x, in rows where there are more than a device takes. The kernel's number of a workgroup is
 * `x + y * groups.x`; the last row may have some too many.
 */
export function foldWorkgroups(count: number): [number, number, number] {
  const rows = Math.max(1, Math.ceil(count / maximumWorkgroups));
  return [Math.max(1, Math.ceil(count / rows)), rows, 1];
}
