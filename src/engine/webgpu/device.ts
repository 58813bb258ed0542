import { EngineMemoryError } from '../engine';
import type { KernelLimits } from './program-builder';

/** What the device or its driver does wrong, and another device may not. */
export class EngineDeviceError extends Error {
  override readonly name: string = 'EngineDeviceError';
}

/** The device has gone: a driver that was reset or updated, a GPU that was unplugged or that another program has broken. */
export class EngineDeviceLostError extends EngineDeviceError {
  override readonly name = 'EngineDeviceLostError';
}

/** The driver does not make a program of a kernel's text. */
export class EngineKernelError extends EngineDeviceError {
  override readonly name = 'EngineKernelError';
}

/** Memory has run out while the device was at work: other programs take some of it too. */
export class EngineOutOfMemoryError extends EngineDeviceError {
  override readonly name = 'EngineOutOfMemoryError';
}

/** A GPU that buffers, pipelines and commands are made on. What it reports by itself is kept, and thrown where it is used next. */
export class Device {
  readonly limits: KernelLimits;
  readonly queue: GPUQueue;
  private failure: Error | undefined;
  private bytesInUse = 0;
  private disposed = false;

  constructor(
    readonly gpu: GPUDevice,
    private readonly memoryLimit: number,
    stricter: Partial<KernelLimits> = {},
  ) {
    const { limits, features } = gpu;
    this.queue = gpu.queue;
    this.limits = {
      storageBuffers: limits.maxStorageBuffersPerShaderStage,
      bindingBytes: limits.maxStorageBufferBindingSize,
      workgroupBytes: limits.maxComputeWorkgroupStorageSize,
      workgroupThreads: limits.maxComputeInvocationsPerWorkgroup,
      subgroups: features.has('subgroups'),
      f16: features.has('shader-f16'),
      ...stricter,
    };
    void gpu.lost.then(({ message, reason }) => {
      if (this.disposed) return;
      const detail = message.trim() === '' ? reason : message.trim();
      this.failure = new EngineDeviceLostError(`The GPU device was lost (${detail}).`);
    });
    gpu.addEventListener('uncapturederror', ({ error }) => {
      // No class of WebGPU's is a global in Node.js.
      const Kind = error.constructor.name === 'GPUOutOfMemoryError' ? EngineOutOfMemoryError : EngineDeviceError;
      this.failure ??= new Kind(`The GPU reports an error: ${error.message}`);
    });
  }

  /** Throws what the device has reported since. */
  check(): void {
    if (this.disposed) throw new Error('The GPU engine has been disposed');
    if (this.failure) throw this.failure;
  }

  /** A buffer of zeros. Rejects with an EngineMemoryError where there is no memory for it. */
  async createBuffer(byteLength: number, usage: GPUBufferUsageFlags, purpose: string): Promise<GPUBuffer> {
    this.check();
    const size = Math.max(256, byteLength);
    const limit = this.gpu.limits.maxBufferSize;
    if (size > limit) throw new EngineMemoryError(purpose, size, 0, limit);
    if (this.bytesInUse + size > this.memoryLimit) {
      throw new EngineMemoryError(purpose, size, this.bytesInUse, this.memoryLimit);
    }
    this.gpu.pushErrorScope('out-of-memory');
    const buffer = this.gpu.createBuffer({ size, usage, label: purpose });
    const error = await this.gpu.popErrorScope();
    this.check();
    // How much there is can't be asked: what is there now, and less than what was wanted.
    if (error)
      throw new EngineMemoryError(purpose, size, this.bytesInUse, this.bytesInUse + size / 2, { cause: error });
    this.bytesInUse += size;
    return buffer;
  }

  /**
   * A small buffer that is wanted at once. Where there is no memory for it, the device has failed, as commands that name it are
   * lost: known once `made` resolves.
   */
  createBufferNow(
    size: number,
    usage: GPUBufferUsageFlags,
    purpose: string,
  ): { readonly buffer: GPUBuffer; readonly made: Promise<void> } {
    this.gpu.pushErrorScope('out-of-memory');
    const buffer = this.gpu.createBuffer({ size, usage, label: purpose });
    const made = this.gpu.popErrorScope().then(
      (error) => {
        if (!error || this.failure instanceof EngineDeviceLostError) return;
        // What the commands came to that name the buffer may have been reported before.
        const [needed, used] = [size, this.bytesInUse].map((bytes) => Math.ceil(bytes / 2 ** 20));
        this.failure = new EngineOutOfMemoryError(
          `The GPU has run out of memory: it has none for ${purpose} (${needed} MB), beside ${used} MB that are in use.`,
          { cause: error },
        );
      },
      () => undefined, // The device is lost, and says so by itself.
    );
    return { buffer, made };
  }

  release(buffer: GPUBuffer): void {
    this.bytesInUse -= buffer.size;
    buffer.destroy();
  }

  dispose(): void {
    this.disposed = true;
    this.gpu.destroy();
  }
}
