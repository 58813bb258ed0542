import { elementCount } from '../../core/graph/dim';
import { alignUp } from '../align';
import type { HostArray, PlanMemory, Program, Session } from '../engine';
import type { Plan, PlanTensor, StateLayout, StateSlot } from '../plan';
import type { CommandQueue } from './command-queue';
import type { Device } from './device';
import { encodePlan } from './encode/encode-plan';
import type { PipelineCache } from './pipeline-cache';
import { ProgramBuilder, type BuiltProgram } from './program-builder';
import type { Region } from './shader-text';
import type { Tuning } from './tuning';
import { WebgpuProgram } from './webgpu-program';

/** What sessions share. */
export interface SessionDevice {
  readonly device: Device;
  readonly commands: CommandQueue;
  readonly pipelines: PipelineCache;
  readonly tuning: Tuning;
}

/** Numbers of GPUBufferUsage, which is no global in Node.js. */
const storageUsage = 4 | 8 | 128; // COPY_SRC | COPY_DST | STORAGE

/** A model's state, and the arena and scratch memory that its programs share and that grow to what the largest needs. */
export class WebgpuSession implements Session {
  private readonly slots: ReadonlyMap<string, StateSlot>;
  private readonly programs = new Set<WebgpuProgram>();
  private arena: GPUBuffer | undefined;
  private scratch: GPUBuffer | undefined;
  private data: GPUBuffer | undefined;
  private disposed = false;

  private constructor(
    readonly shared: SessionDevice,
    private readonly state: GPUBuffer,
    layout: StateLayout,
  ) {
    this.slots = new Map(layout.slots.map((slot) => [slot.name, slot]));
  }

  static async open(shared: SessionDevice, layout: StateLayout): Promise<WebgpuSession> {
    const state = await shared.device.createBuffer(alignUp(layout.byteLength), storageUsage, 'the model');
    return new WebgpuSession(shared, state, layout);
  }

  memoryOf(plan: Plan): PlanMemory {
    const { scratchBytes, constants, dispatches } = this.build(plan);
    const programBytes = constants.byteLength + 256 * dispatches.length;
    const dataBytes = this.data?.size ?? 0;
    return { stateBytes: this.state.size, dataBytes, arenaBytes: plan.arenaBytes, scratchBytes, programBytes };
  }

  async compile(plan: Plan): Promise<Program> {
    this.requireOpen();
    const built = this.build(plan);
    const purpose = `${plan.name} with batches of ${plan.batchSize}`;
    await this.growTo(alignUp(plan.arenaBytes), built.scratchBytes, purpose);
    const program = await WebgpuProgram.create(this, plan, built, purpose);
    this.programs.add(program);
    return program;
  }

  async readState(name: string): Promise<HostArray> {
    return this.readTensor(this.slot(name).tensor);
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- so that what it throws rejects.
  async writeState(name: string, values: HostArray): Promise<void> {
    const { tensor } = this.slot(name);
    const count = elementCount(tensor.shape);
    if (count !== values.length) {
      throw new Error(`State '${name}' has ${count} elements, ${values.length} were given`);
    }
    this.writeTensor(tensor, asTyped(values, tensor.dtype));
  }

  async reserveData(byteLength: number): Promise<void> {
    this.requireOpen();
    const old = this.data;
    this.data = undefined;
    if (old) {
      this.shared.commands.flush();
      this.shared.device.release(old);
    }
    if (byteLength === 0) return;
    this.data = await this.shared.device.createBuffer(alignUp(byteLength), storageUsage, 'the images');
    for (const program of this.programs) program.unbind();
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- so that what it throws rejects.
  async writeData(offset: number, bytes: Uint8Array): Promise<void> {
    this.requireOpen();
    if (offset % 4 !== 0) throw new RangeError(`Data is written at multiples of 4 bytes, not at ${offset}`);
    const room = this.data?.size ?? 0;
    if (offset + bytes.length > room) {
      throw new RangeError(`${bytes.length} bytes at ${offset} do not fit into ${room} bytes of data`);
    }
    if (bytes.length === 0) return;
    const whole = bytes.subarray(0, bytes.byteLength - (bytes.byteLength % 4));
    const buffer = this.bufferOf('data');
    if (whole.byteLength > 0) this.shared.commands.write(buffer, offset, whole);
    if (whole.byteLength === bytes.byteLength) return;
    const rest = new Uint8Array(4);
    rest.set(bytes.subarray(whole.byteLength));
    this.shared.commands.write(buffer, offset + whole.byteLength, rest);
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- the interface allows waiting.
  async dispose(): Promise<void> {
    if (this.disposed) return;
    this.disposed = true;
    this.shared.commands.flush();
    for (const program of this.programs) program.release();
    for (const buffer of [this.state, this.arena, this.scratch, this.data])
      if (buffer) this.shared.device.release(buffer);
  }

  /** The buffer of a region; not to be kept: arena and scratch may be replaced by larger ones. */
  bufferOf(region: Exclude<Region, 'constants'>): GPUBuffer {
    const buffer = { state: this.state, arena: this.arena, scratch: this.scratch, data: this.data }[region];
    if (!buffer) throw new Error(`The session has no ${region}`);
    return buffer;
  }

  async readTensor({ region, offset, shape, dtype }: PlanTensor): Promise<HostArray> {
    this.requireOpen();
    const byteLength = 4 * elementCount(shape);
    if (byteLength === 0) return dtype === 'f32' ? new Float32Array() : new Int32Array();
    const bytes = await this.shared.commands.read({ buffer: this.bufferOf(region), offset, byteLength });
    return dtype === 'f32' ? new Float32Array(bytes) : new Int32Array(bytes);
  }

  writeTensor({ region, offset }: PlanTensor, values: HostArray): void {
    this.requireOpen();
    const bytes = new Uint8Array(values.buffer as ArrayBuffer, values.byteOffset, values.byteLength);
    if (bytes.byteLength > 0) this.shared.commands.write(this.bufferOf(region), offset, bytes);
  }

  requireOpen(): void {
    if (this.disposed) throw new Error('The session has been disposed');
  }

  private build(plan: Plan): BuiltProgram {
    const builder = new ProgramBuilder(this.shared.device.limits, this.shared.tuning);
    encodePlan(plan, builder);
    return builder.finish();
  }

  /** Programs keep working. Contents of arena and scratch are lost. */
  private async growTo(arenaBytes: number, scratchBytes: number, purpose: string): Promise<void> {
    const { device } = this.shared;
    const grow = async (old: GPUBuffer | undefined, bytes: number): Promise<GPUBuffer> => {
      if (old && old.size >= bytes) return old;
      const buffer = await device.createBuffer(bytes, storageUsage, purpose);
      if (old) {
        this.shared.commands.flush();
        device.release(old);
      }
      return buffer;
    };
    const [arena, scratch] = [this.arena, this.scratch];
    this.arena = await grow(arena, arenaBytes);
    this.scratch = await grow(scratch, scratchBytes);
    if (this.arena === arena && this.scratch === scratch) return;
    for (const program of this.programs) program.unbind();
  }

  private slot(name: string): StateSlot {
    const slot = this.slots.get(name);
    if (!slot) throw new Error(`The session has no state '${name}'`);
    return slot;
  }
}

/** Values as a tensor of this type holds them. */
function asTyped(values: HostArray, dtype: PlanTensor['dtype']): HostArray {
  if (dtype === 'f32') return values instanceof Float32Array ? values : Float32Array.from(values);
  return values instanceof Int32Array ? values : Int32Array.from(values);
}
