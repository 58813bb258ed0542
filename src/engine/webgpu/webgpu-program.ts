import { elementCount } from '../../core/graph/dim';
import type { HostArray, Program } from '../engine';
import type { Plan, PlanTensor } from '../plan';
import type { BuiltProgram, Dispatch } from './program-builder';
import type { Binding } from './shader-text';
import { profileProgram } from './profile-program';
import type { WebgpuSession } from './webgpu-session';

/** Numbers of GPUBufferUsage, which is no global in Node.js. */
const uniformUsage = 8 | 64; // COPY_DST | UNIFORM
const storageUsage = 8 | 128; // COPY_DST | STORAGE

/** What minUniformBufferOffsetAlignment is on every device, or less. */
const uniformAlignment = 256;

/** A plan as pipelines and bind groups that are made once: a step only names them in order. */
export class WebgpuProgram implements Program {
  private readonly hostInputs = new Map<string, HostArray>();
  private bindGroups: readonly GPUBindGroup[] | undefined;

  private constructor(
    private readonly session: WebgpuSession,
    readonly plan: Plan,
    private readonly built: BuiltProgram,
    private readonly pipelines: readonly GPUComputePipeline[],
    private readonly parameters: GPUBuffer,
    private readonly constants: GPUBuffer,
  ) {}

  static async create(
    session: WebgpuSession,
    plan: Plan,
    built: BuiltProgram,
    purpose: string,
  ): Promise<WebgpuProgram> {
    const { device, pipelines: cache } = session.shared;
    const pipelines = await Promise.all(
      built.dispatches.map(({ source, bindings, name }) => cache.pipeline(source, bindings.length, name)),
    );
    const words = parameterWords(built.dispatches);
    const parameters = await device.createBuffer(words.byteLength, uniformUsage, purpose);
    device.queue.writeBuffer(parameters, 0, words);
    const constants = await device.createBuffer(built.constants.byteLength, storageUsage, purpose);
    device.queue.writeBuffer(constants, 0, built.constants);
    return new WebgpuProgram(session, plan, built, pipelines, parameters, constants);
  }

  /** The session's buffers have been replaced. */
  unbind(): void {
    this.bindGroups = undefined;
  }

  /** Kernels that a step launches. */
  get dispatchCount(): number {
    return this.built.dispatches.length;
  }

  input(name: string): HostArray {
    const known = this.hostInputs.get(name);
    if (known) return known;
    const { dtype, shape } = this.tensor(this.plan.inputs, 'input', name);
    const count = elementCount(shape);
    const array = dtype === 'f32' ? new Float32Array(count) : new Int32Array(count);
    this.hostInputs.set(name, array);
    return array;
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- so that what it throws rejects.
  async run(): Promise<void> {
    this.uploadInputs();
    const { dispatches } = this.built;
    const bindGroups = this.bind();
    this.session.shared.commands.compute(dispatches.length, (pass) =>
      this.encodeDispatches(pass, bindGroups, 0, dispatches.length),
    );
  }

  async profile(): Promise<Float64Array> {
    this.uploadInputs();
    const bindGroups = this.bind();
    return profileProgram(this.session.shared, this.built.stepEnds, (pass, from, to) =>
      this.encodeDispatches(pass, bindGroups, from, to),
    );
  }

  read(name: string): Promise<HostArray> {
    return this.session.readTensor(this.tensor(this.plan.outputs, 'output', name));
  }

  release(): void {
    this.session.shared.device.release(this.parameters);
    this.session.shared.device.release(this.constants);
  }

  /** The bind groups: made once, and anew where the session's buffers have been replaced. */
  private bind(): readonly GPUBindGroup[] {
    return (this.bindGroups ??= this.built.dispatches.map((dispatch, index) => this.bindGroup(dispatch, index)));
  }

  private bindGroup({ bindings, parameters }: Dispatch, index: number): GPUBindGroup {
    const { device, pipelines } = this.session.shared;
    const ownParameters = {
      buffer: this.parameters,
      offset: index * uniformAlignment,
      size: alignTo16(4 * parameters.length),
    };
    return device.gpu.createBindGroup({
      layout: pipelines.layout(bindings.length),
      entries: [
        { binding: 0, resource: ownParameters },
        ...bindings.map((binding, number) => ({ binding: number + 1, resource: this.resourceOf(binding) })),
      ],
    });
  }

  private uploadInputs(): void {
    this.session.requireOpen();
    for (const [name, values] of this.hostInputs) {
      this.session.writeTensor(this.tensor(this.plan.inputs, 'input', name), values);
    }
  }

  private encodeDispatches(
    pass: GPUComputePassEncoder,
    bindGroups: readonly GPUBindGroup[],
    from: number,
    to: number,
  ): void {
    let current: GPUComputePipeline | undefined;
    for (let index = from; index < to; index++) {
      const [pipeline, bindGroup, dispatch] = [this.pipelines[index], bindGroups[index], this.built.dispatches[index]];
      if (!pipeline || !bindGroup || !dispatch) throw new Error(`The program has no dispatch ${index}`);
      if (pipeline !== current) pass.setPipeline(pipeline);
      current = pipeline;
      pass.setBindGroup(0, bindGroup);
      pass.dispatchWorkgroups(...dispatch.workgroups);
    }
  }

  private resourceOf({ region, offset, byteLength }: Binding): GPUBufferBinding {
    const buffer = region === 'constants' ? this.constants : this.session.bufferOf(region);
    if (offset + byteLength > alignTo16(buffer.size)) {
      throw new Error(
        `The plan '${this.plan.name}' reads ${offset + byteLength} bytes of ${region}, there are ${buffer.size}`,
      );
    }
    return { buffer, offset, size: byteLength };
  }

  private tensor(tensors: Readonly<Record<string, PlanTensor>>, kind: string, name: string): PlanTensor {
    const tensor = tensors[name];
    if (!tensor) throw new Error(`The plan '${this.plan.name}' has no ${kind} '${name}'`);
    return tensor;
  }
}

/** Every dispatch's parameters, each at a place where a uniform binding may begin. */
function parameterWords(dispatches: readonly Dispatch[]): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array((uniformAlignment / 4) * Math.max(1, dispatches.length));
  dispatches.forEach(({ parameters, name }, index) => {
    if (4 * parameters.length > uniformAlignment) {
      throw new Error(`Kernel ${name} has ${parameters.length} parameters; put lists into a table`);
    }
    words.set(parameters, (index * uniformAlignment) / 4);
  });
  return words;
}

function alignTo16(bytes: number): number {
  return Math.ceil(bytes / 16) * 16;
}
