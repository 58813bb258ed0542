import { EngineKernelError, type Device } from './device';

/** Compiles every text once. Layouts are explicit, so that bind groups fit all pipelines with as many bindings. */
export class PipelineCache {
  private readonly pipelines = new Map<string, Promise<GPUComputePipeline>>();
  private readonly layouts: GPUBindGroupLayout[] = [];

  constructor(private readonly device: Device) {}

  /** Parameters as binding 0, then so many storage buffers. */
  layout(storageBuffers: number): GPUBindGroupLayout {
    return (this.layouts[storageBuffers] ??= this.device.gpu.createBindGroupLayout({
      entries: Array.from({ length: storageBuffers + 1 }, (_, binding) => ({
        binding,
        visibility: 4, // GPUShaderStage.COMPUTE, which is no global in Node.js
        buffer: { type: binding === 0 ? 'uniform' : 'storage' },
      })),
    }));
  }

  /** Rejects with the compiler's messages where the text is wrong. */
  pipeline(source: string, storageBuffers: number, name: string): Promise<GPUComputePipeline> {
    const known = this.pipelines.get(source);
    if (known) return known;
    const pipeline = this.compile(source, storageBuffers, name);
    this.pipelines.set(source, pipeline);
    return pipeline;
  }

  private async compile(source: string, storageBuffers: number, name: string): Promise<GPUComputePipeline> {
    const { gpu } = this.device;
    gpu.pushErrorScope('validation');
    const module = gpu.createShaderModule({ code: source, label: name });
    const moduleError = gpu.popErrorScope();
    const layout = gpu.createPipelineLayout({ bindGroupLayouts: [this.layout(storageBuffers)] });
    try {
      return await gpu.createComputePipelineAsync({
        label: name,
        layout,
        compute: { module, entryPoint: 'main' },
      });
    } catch (error) {
      this.device.check();
      const { messages } = await module.getCompilationInfo();
      const lines = messages.map(({ lineNum, message }) => `line ${lineNum}: ${message}`);
      const detail = lines.length > 0 ? lines.join('\n') : (error as Error).message;
      throw new EngineKernelError(`The GPU does not compile the kernel '${name}':\n${detail}\n${numbered(source)}`, {
        cause: error,
      });
    } finally {
      // What it says stands in the compilation's messages; taken here so that it is not reported as nobody's.
      await moduleError;
    }
  }
}

function numbered(source: string): string {
  return source
    .split('\n')
    .map((line, index) => `${index + 1}: ${line}`)
    .join('\n');
}
