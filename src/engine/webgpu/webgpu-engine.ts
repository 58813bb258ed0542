import { dataBudget } from '../data-budget';
import type { Engine, EngineInfo, Session } from '../engine';
import type { StateLayout } from '../plan';
import { CommandQueue } from './command-queue';
import { Device } from './device';
import { PipelineCache } from './pipeline-cache';
import type { KernelLimits } from './program-builder';
import { measureTuning, type MeasuringOptions } from './measure-tuning';
import { defaultTuning, softwareTuning, type Tuning } from './tuning';
import { WebgpuSession, type SessionDevice } from './webgpu-session';

export interface WebgpuEngineOptions {
  /** For people; absent: what the adapter says of itself. */
  readonly description?: string;
  readonly adapter: GPUAdapter;
  /** It computes on the processor; absent: what the adapter says of itself. */
  readonly software?: boolean;
  /** Bytes of GPU memory that are never exceeded; absent: what the device gives. */
  readonly memoryLimit?: number;
  /** Kernels stay within these, which may be less than the device has. */
  readonly limits?: Partial<KernelLimits>;
  /** What was measured on this device (`tuneDevice`); absent: what is typical. */
  readonly tuning?: Tuning | undefined;
}

/** Limits of which we take what the adapter has; the others stay at WebGPU's defaults. */
const wantedLimits = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
] as const;

const wantedFeatures: readonly GPUFeatureName[] = ['timestamp-query', 'shader-f16', 'subgroups'];

/** The GPU engine: WGSL kernels on any device that WebGPU offers. Rejects where the adapter gives no device. */
export async function createWebgpuEngine(options: WebgpuEngineOptions): Promise<Engine> {
  const { adapter, memoryLimit = Infinity, limits, software = adapter.info.isFallbackAdapter } = options;
  const { tuning = software ? softwareTuning : defaultTuning } = options;
  const { description = `GPU, ${describeAdapter(adapter.info)}` } = options;
  const gpu = await adapter.requestDevice({
    requiredFeatures: wantedFeatures.filter((feature) => adapter.features.has(feature)),
    requiredLimits: Object.fromEntries(wantedLimits.map((name) => [name, adapter.limits[name]])),
  });
  const device = new Device(gpu, memoryLimit, limits);
  const shared = { device, commands: new CommandQueue(device), pipelines: new PipelineCache(device), tuning };
  return new WebgpuEngine(shared, description, software);
}

/** For people: `NVIDIA H200`, `google SwiftShader Device`. */
export function describeAdapter({ vendor, architecture, device, description }: GPUAdapterInfo): string {
  return [description, `${vendor} ${device}`, `${vendor} ${architecture}`, 'unknown GPU']
    .map((text) => text.trim())
    .find((text) => text !== '') as string;
}

/** Measures a device for some seconds; sessions that are opened afterwards use what was found. The engine must be a GPU engine. */
export async function tuneDevice(engine: Engine, options: MeasuringOptions = {}): Promise<Tuning> {
  if (!(engine instanceof WebgpuEngine)) throw new Error('Only a GPU engine is tuned');
  return engine.tune(options);
}

class WebgpuEngine implements Engine {
  readonly info: EngineInfo;

  constructor(
    private shared: SessionDevice,
    description: string,
    private readonly software: boolean,
  ) {
    const { gpu, limits } = shared.device;
    // How much memory a device has can't be asked.
    const dataBudgetBytes = Math.min(dataBudget(Infinity), gpu.limits.maxBufferSize, limits.bindingBytes);
    // In software there is no speed to be won, but the numbers can be seen.
    const half = limits.f16 ? 'f16' : software ? 'rounded' : undefined;
    this.info = { kind: 'webgpu', description, threads: 1, dataBudgetBytes, half };
  }

  createSession(layout: StateLayout): Promise<Session> {
    return WebgpuSession.open(this.shared, layout);
  }

  async tune(options: MeasuringOptions): Promise<Tuning> {
    const tuning = await measureTuning(this.shared, this.software, options);
    this.shared = { ...this.shared, tuning };
    return tuning;
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- the interface allows waiting.
  async dispose(): Promise<void> {
    this.shared.device.dispose();
  }
}
