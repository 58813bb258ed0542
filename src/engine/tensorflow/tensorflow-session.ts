/* eslint-disable @typescript-eslint/require-await -- the methods are async so that what they throw rejects. */
import { UserError, assertNever } from '../../core/errors';
import { elementCount } from '../../core/graph/dim';
import type { HostArray, PlanMemory, Program, Session } from '../engine';
import type { KernelStep, Plan, PlanStep, PlanTensor, StateLayout, StateSlot } from '../plan';
import { tensorOps } from './ops/table';
import { OpCall, type PlanMemoryAccess } from './tensor-op';
import { TensorRegion } from './tensor-region';
import type { Tensor, Tensorflow } from './tensorflow-module';
import { unsupportedOps } from './unsupported-ops';

/** A model's state as tensors, and the programs that work on it. */
export class TensorflowSession implements Session {
  readonly state: TensorRegion;
  private readonly slots: ReadonlyMap<string, StateSlot>;
  private readonly programs: TensorflowProgram[] = [];
  /** Images as bytes, on the host. */
  private data = new Uint8Array();
  private disposed = false;

  constructor(
    readonly tf: Tensorflow,
    private readonly layout: StateLayout,
  ) {
    this.state = new TensorRegion(tf, true);
    this.slots = new Map(layout.slots.map((slot) => [slot.name, slot]));
  }

  memoryOf({ arenaBytes }: Plan): PlanMemory {
    const dataBytes = this.data.length;
    return { stateBytes: this.layout.byteLength, dataBytes, arenaBytes, scratchBytes: 0, programBytes: 0 };
  }

  async compile(plan: Plan): Promise<Program> {
    this.requireOpen();
    requireSupported(plan);
    const program = new TensorflowProgram(this, plan);
    this.programs.push(program);
    return program;
  }

  async readState(name: string): Promise<HostArray> {
    this.requireOpen();
    return toHost(this.state.read(this.slot(name).tensor));
  }

  async writeState(name: string, values: HostArray): Promise<void> {
    this.requireOpen();
    const { tensor } = this.slot(name);
    if (values.length !== elementCount(tensor.shape)) {
      throw new Error(`State '${name}' has ${elementCount(tensor.shape)} elements, ${values.length} were given`);
    }
    this.state.writeHost(tensor, values);
  }

  async reserveData(byteLength: number): Promise<void> {
    this.requireOpen();
    this.data = new Uint8Array(byteLength);
  }

  async writeData(offset: number, bytes: Uint8Array): Promise<void> {
    this.requireOpen();
    if (offset % 4 !== 0) throw new RangeError(`Data is written at multiples of 4 bytes, not at ${offset}`);
    if (offset + bytes.length > this.data.length) {
      throw new RangeError(`${bytes.length} bytes at ${offset} do not fit into ${this.data.length} bytes of data`);
    }
    this.data.set(bytes, offset);
  }

  async dispose(): Promise<void> {
    if (this.disposed) return;
    this.disposed = true;
    this.data = new Uint8Array();
    this.state.dispose();
    for (const program of this.programs) program.dispose();
  }

  /** Programs of a session share an arena: what the last one left there is gone once another one runs. */
  beginRun(next: TensorflowProgram): void {
    this.requireOpen();
    for (const program of this.programs) if (program !== next) program.dispose();
    next.dispose();
  }

  dataBytes({ offset, shape }: PlanTensor): Uint8Array {
    const end = offset + elementCount(shape);
    if (end > this.data.length) {
      throw new Error(`The plan reads ${end} bytes of data, ${this.data.length} are reserved`);
    }
    return this.data.subarray(offset, end);
  }

  requireOpen(): void {
    if (this.disposed) throw new Error('The session has been disposed');
  }

  private slot(name: string): StateSlot {
    const slot = this.slots.get(name);
    if (!slot) throw new Error(`The session has no state '${name}'`);
    return slot;
  }
}

class TensorflowProgram implements Program {
  private readonly arena: TensorRegion;
  private readonly memory: PlanMemoryAccess;
  private readonly inputs: ReadonlyMap<string, HostArray>;

  constructor(
    private readonly session: TensorflowSession,
    readonly plan: Plan,
  ) {
    this.arena = new TensorRegion(session.tf, false);
    this.inputs = new Map(
      Object.entries(plan.inputs).map(([name, { shape, dtype }]) => {
        const count = elementCount(shape);
        return [name, dtype === 'f32' ? new Float32Array(count) : new Int32Array(count)];
      }),
    );
    this.memory = {
      read: (place) => this.regionOf(place).read(place),
      write: (place, value) => this.regionOf(place).write(place, value),
      hostValues: (place) => this.inputAt(place),
      dataBytes: (place) => session.dataBytes(place),
    };
  }

  input(name: string): HostArray {
    const values = this.inputs.get(name);
    if (!values) throw new Error(`The plan '${this.plan.name}' has no input '${name}'`);
    return values;
  }

  async run(): Promise<void> {
    this.begin();
    for (const step of this.plan.steps) this.runStep(step);
    this.end();
  }

  /** Times are the host's: on a GPU, those of handing the work to it. */
  async profile(): Promise<Float64Array> {
    this.begin();
    const times = this.plan.steps.map((step) => {
      const since = performance.now();
      this.runStep(step);
      return performance.now() - since;
    });
    this.end();
    return Float64Array.from(times);
  }

  async read(name: string): Promise<HostArray> {
    this.session.requireOpen();
    const place = this.plan.outputs[name];
    if (!place) throw new Error(`The plan '${this.plan.name}' has no output '${name}'`);
    return toHost(this.memory.read(place));
  }

  dispose(): void {
    this.arena.dispose();
  }

  private begin(): void {
    this.session.beginRun(this);
    for (const [name, values] of this.inputs) {
      const place = this.plan.inputs[name];
      if (place) this.arena.writeHost(place, values);
    }
  }

  /** What nobody can read any more need not stay on the device. */
  private end(): void {
    this.arena.keepOnly(Object.values(this.plan.outputs).filter(({ region }) => region === 'arena'));
  }

  private runStep(step: PlanStep): void {
    switch (step.kind) {
      case 'kernel':
        return this.runKernel(step);
      case 'elementwise':
        for (const member of step.steps) this.runKernel(member);
        return;
      default:
        return assertNever(step);
    }
  }

  private runKernel(step: KernelStep): void {
    const { tf } = this.session;
    const compute = tensorOps.get(step.op);
    if (!compute) throw new Error(`The TensorFlow engine has no '${step.op}'`);
    try {
      tf.tidy(() => {
        const result = compute(new OpCall(tf, step, this.memory));
        if (result) this.memory.write(step.output, result);
      });
    } catch (error) {
      // How much memory there is, only TensorFlow knows, and tells when it runs out.
      if (!/\bOOM\b|ResourceExhausted/i.test(String(error))) throw error;
      throw new UserError(
        `TensorFlow has not enough memory for ${this.plan.name} with batches of ${this.plan.batchSize}.`,
        'Choose a smaller batch, or the device auto, which trains large batches in parts.',
        { cause: error },
      );
    }
  }

  private regionOf({ region }: PlanTensor): TensorRegion {
    if (region === 'data') throw new Error('Bytes of data are no tensor');
    return region === 'state' ? this.session.state : this.arena;
  }

  private inputAt({ region, offset }: PlanTensor): HostArray | undefined {
    if (region !== 'arena') return undefined;
    const found = Object.entries(this.plan.inputs).find(([, input]) => input.offset === offset);
    return found && this.inputs.get(found[0]);
  }
}

async function toHost(tensor: Tensor): Promise<HostArray> {
  try {
    const values = await tensor.data();
    // A copy: a backend may give out its own memory.
    return values instanceof Float32Array ? values.slice() : Int32Array.from(values);
  } finally {
    tensor.dispose();
  }
}

/** Throws a UserError that names what cannot be computed here. */
function requireSupported(plan: Plan): void {
  const missing = unsupportedOps(plan);
  if (missing.length === 0) return;
  throw new UserError(
    `TensorFlow.js cannot compute ${missing.join(', ')}, which this model needs.`,
    'Choose the CPU engine: the device cpu.',
  );
}
