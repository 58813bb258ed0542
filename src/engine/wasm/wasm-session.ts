/* eslint-disable @typescript-eslint/require-await -- the methods are async so that what they throw rejects. */
import { elementCount } from '../../core/graph/dim';
import { EngineMemoryError, type HostArray, type PlanMemory, type Program, type Session } from '../engine';
import type { Plan, PlanTensor, StateLayout, StateSlot } from '../plan';
import { planDataBytes } from '../tensor-bytes';
import { encodePlan } from './encode/encode-plan';
import type { Heap } from './heap';
import { ProgramBuilder, align, type Bases, type EncodedProgram } from './program-builder';
import type { ThreadPool } from './thread-pool';

/** What sessions share. */
export interface Device {
  readonly heap: Heap;
  readonly pool: ThreadPool;
  readonly opcodes: ReadonlyMap<string, number>;
  readonly threads: number;
}

interface Block {
  readonly start: number;
  readonly bytes: number;
}

const NO_BLOCK: Block = { start: 0, bytes: 0 };
/** Of all programs of a session: one that would keep more than is left of it does without. */
const MOST_KEPT_BYTES = 128 * 2 ** 20;
/** To reckon sizes, which do not depend on where the regions are. */
const NOWHERE: Bases = { state: 0, arena: 0, data: 0, scratch: 0, program: 0, kept: 0 };

/** A model's state, the data that it is trained on, and the arena and scratch memory that its programs share and that grow to what the largest needs. */
export class WasmSession implements Session {
  private readonly state: Block;
  private readonly slots: ReadonlyMap<string, StateSlot>;
  private readonly programs: WasmProgram[] = [];
  private arena = NO_BLOCK;
  private data = NO_BLOCK;
  private scratch = NO_BLOCK;
  private disposed = false;
  /** Changes whenever the state may have. */
  private stateVersion = 0;

  constructor(
    private readonly device: Device,
    layout: StateLayout,
  ) {
    this.state = this.allocate(layout.byteLength, 'the model');
    this.slots = new Map(layout.slots.map((slot) => [slot.name, slot]));
  }

  /** Without what a program keeps, which it can do without. */
  memoryOf(plan: Plan): PlanMemory {
    const { words, scratchBytes } = this.encode(plan, NOWHERE);
    const { arenaBytes } = plan;
    return {
      stateBytes: this.state.bytes,
      dataBytes: this.data.bytes,
      arenaBytes,
      scratchBytes,
      programBytes: words.byteLength,
    };
  }

  async compile(plan: Plan): Promise<Program> {
    this.requireOpen();
    const keeping = this.encode(plan, NOWHERE, true);
    const kept = this.programs.reduce((sum, program) => sum + program.code.keptBytes, 0);
    if (kept + keeping.keptBytes <= MOST_KEPT_BYTES) {
      try {
        return this.add(plan, keeping, true);
      } catch (error) {
        if (keeping.keptBytes === 0 || !(error instanceof EngineMemoryError)) throw error;
        // It does without.
      }
    }
    return this.add(plan, this.encode(plan, NOWHERE), false);
  }

  private add(plan: Plan, sizes: EncodedProgram, keeps: boolean): WasmProgram {
    const purpose = `${plan.name} with batches of ${plan.batchSize}`;
    const place = this.allocate(align(sizes.words.byteLength) + sizes.keptBytes, purpose);
    const [arenaBytes, scratchBytes] = [this.arena.bytes, this.scratch.bytes];
    try {
      if (plan.arenaBytes > arenaBytes || sizes.scratchBytes > scratchBytes || this.arena === NO_BLOCK) {
        this.resize(Math.max(plan.arenaBytes, arenaBytes), Math.max(sizes.scratchBytes, scratchBytes), purpose);
      }
    } catch (error) {
      this.device.heap.release(place.start, place.bytes);
      // What was there before fits into the place that it had.
      if (this.programs.length > 0) this.resize(arenaBytes, scratchBytes, purpose);
      throw error;
    } finally {
      for (const program of this.programs) this.write(program);
    }
    const program = new WasmProgram(this, plan, place, keeps, sizes);
    this.programs.push(program);
    this.write(program);
    return program;
  }

  async readState(name: string): Promise<HostArray> {
    return this.view(this.slot(name).tensor).slice();
  }

  async writeState(name: string, values: HostArray): Promise<void> {
    const view = this.view(this.slot(name).tensor);
    if (view.length !== values.length) {
      throw new Error(`State '${name}' has ${view.length} elements, ${values.length} were given`);
    }
    view.set(values);
    this.stateVersion++;
  }

  async reserveData(byteLength: number): Promise<void> {
    this.requireOpen();
    if (this.data !== NO_BLOCK) this.device.heap.release(this.data.start, this.data.bytes);
    this.data = NO_BLOCK;
    if (byteLength === 0) return;
    this.data = this.allocate(byteLength, 'the images');
    for (const program of this.programs) this.write(program);
  }

  async writeData(offset: number, bytes: Uint8Array): Promise<void> {
    this.requireOpen();
    if (offset % 4 !== 0) throw new RangeError(`Data is written at multiples of 4 bytes, not at ${offset}`);
    if (offset + bytes.length > this.data.bytes) {
      throw new RangeError(`${bytes.length} bytes at ${offset} do not fit into ${this.data.bytes} bytes of data`);
    }
    this.device.heap.bytes(this.data.start + offset, bytes.length).set(bytes);
  }

  async dispose(): Promise<void> {
    if (this.disposed) return;
    this.disposed = true;
    for (const block of [
      this.state,
      this.arena,
      this.data,
      this.scratch,
      ...this.programs.map((program) => program.place),
    ]) {
      if (block !== NO_BLOCK) this.device.heap.release(block.start, block.bytes);
    }
  }

  /** A tensor's memory as it is now; not to be kept. */
  view(tensor: PlanTensor): HostArray {
    this.requireOpen();
    if (tensor.region === 'data') throw new Error('Data is written by writeData, and not read back');
    const start = (tensor.region === 'state' ? this.state : this.arena).start + tensor.offset;
    const count = elementCount(tensor.shape);
    if (tensor.dtype === 'f32') return this.device.heap.floats(start, count);
    // Whole numbers and truth values are 32-bit words, whatever they are in PyTorch.
    return this.device.heap.integers(start, count);
  }

  async run(program: WasmProgram): Promise<void> {
    const { plan, dataBytes, code } = program;
    this.requireOpen();
    this.requireData(plan, dataBytes);
    // Without a command there is no barrier, and threads would read the program at any time later.
    if (code.entry === undefined) return;
    // Both are asked for at once: whatever changes the state next comes after them.
    await Promise.all([this.prepare(program), this.device.pool.run(code.entry)]);
  }

  /** Makes anew what a program keeps, if the state may have changed since, and notes what the program is about to change. */
  private async prepare(program: WasmProgram): Promise<void> {
    const { stateVersion } = this;
    if (program.writesState) this.stateVersion++;
    const { preparation } = program.code;
    if (preparation === undefined || program.preparedFor === stateVersion) return;
    program.preparedFor = stateVersion;
    await this.device.pool.run(preparation);
  }

  /** Runs a program once; milliseconds of each of its plan's steps (see Program.profile). */
  async profile(program: WasmProgram): Promise<Float64Array> {
    const { plan, dataBytes } = program;
    const { entry, commandCount, steps } = program.code;
    this.requireOpen();
    this.requireData(plan, dataBytes);
    const milliseconds = new Float64Array(plan.steps.length);
    if (entry === undefined) return milliseconds;
    const { heap, pool } = this.device;
    const bytes = 8 * (commandCount + 1);
    const address = heap.allocate(bytes, `a profile of ${plan.name}`);
    try {
      await Promise.all([this.prepare(program), pool.run(entry, address)]);
      const times = heap.doubles(address, commandCount + 1);
      let [since = 0] = times;
      for (const [index, { end, keptChain }] of steps.entries()) {
        const now = times[end] ?? since;
        milliseconds[index] = keptChain ? NaN : now - since;
        if (!keptChain) since = now;
      }
      return milliseconds;
    } finally {
      heap.release(address, bytes);
    }
  }

  private encode(plan: Plan, bases: Bases, keeps = false): EncodedProgram {
    const options = { keeps: keeps && !writesState(plan) };
    const builder = new ProgramBuilder(this.device.opcodes, this.device.threads, bases, options);
    encodePlan(plan, builder);
    return builder.finish();
  }

  private write(program: WasmProgram): void {
    const { state, arena, data, scratch } = this;
    const { start, bytes } = program.place;
    const bases = {
      state: state.start,
      arena: arena.start,
      data: data.start,
      scratch: scratch.start,
      program: start,
      kept: start + bytes - program.code.keptBytes,
    };
    const { words, ...code } = this.encode(program.plan, bases, program.keeps);
    this.device.heap.integers(start, words.length).set(words);
    program.code = code;
  }

  private allocate(bytes: number, purpose: string): Block {
    return { start: this.device.heap.allocate(bytes, purpose), bytes };
  }

  /** Gives the arena and the scratch memory other sizes; their contents are lost. Where that does not fit, there is neither. */
  private resize(arenaBytes: number, scratchBytes: number, purpose: string): void {
    for (const block of [this.arena, this.scratch]) {
      if (block !== NO_BLOCK) this.device.heap.release(block.start, block.bytes);
    }
    this.arena = NO_BLOCK;
    this.scratch = NO_BLOCK;
    const arena = this.allocate(arenaBytes, purpose);
    try {
      this.scratch = this.allocate(scratchBytes, purpose);
    } catch (error) {
      this.device.heap.release(arena.start, arena.bytes);
      throw error;
    }
    this.arena = arena;
  }

  private slot(name: string): StateSlot {
    const slot = this.slots.get(name);
    if (!slot) throw new Error(`The session has no state '${name}'`);
    return slot;
  }

  /** Kernels do not look where the data ends. */
  private requireData({ name }: Plan, bytes: number): void {
    if (bytes <= this.data.bytes) return;
    throw new Error(`The plan '${name}' reads ${bytes} bytes of data, ${this.data.bytes} are reserved`);
  }

  private requireOpen(): void {
    if (this.disposed) throw new Error('The session has been disposed');
  }
}

class WasmProgram implements Program {
  /** The version of the state that what it keeps is made of. */
  preparedFor: number | undefined;
  readonly writesState: boolean;
  /** How much of the region `data` it reads. */
  readonly dataBytes: number;

  constructor(
    private readonly session: WasmSession,
    readonly plan: Plan,
    /** Its words, and what it keeps. */
    readonly place: Block,
    readonly keeps: boolean,
    /** As it is since it was written into memory. */
    public code: Omit<EncodedProgram, 'words'>,
  ) {
    this.dataBytes = planDataBytes(plan);
    this.writesState = writesState(plan);
  }

  input(name: string): HostArray {
    return this.session.view(this.tensor(this.plan.inputs, 'input', name));
  }

  run(): Promise<void> {
    return this.session.run(this);
  }

  profile(): Promise<Float64Array> {
    return this.session.profile(this);
  }

  async read(name: string): Promise<HostArray> {
    return this.session.view(this.tensor(this.plan.outputs, 'output', name)).slice();
  }

  private tensor(tensors: Readonly<Record<string, PlanTensor>>, kind: string, name: string): PlanTensor {
    const tensor = tensors[name];
    if (!tensor) throw new Error(`The plan '${this.plan.name}' has no ${kind} '${name}'`);
    return tensor;
  }
}

function writesState({ steps }: Plan): boolean {
  const members = steps.flatMap((step) => (step.kind === 'kernel' ? [step] : step.steps));
  return members.some(({ output }) => output.region === 'state');
}
