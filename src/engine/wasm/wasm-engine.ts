/* eslint-disable @typescript-eslint/require-await -- the methods are async so that what they throw rejects. */
import path from 'node:path';
import type { Engine, EngineInfo, Session } from '../engine';
import { dataBudget } from '../data-budget';
import type { StateLayout } from '../plan';
import { Heap, MAXIMUM_BYTES } from './heap';
import { loadKernels } from './kernel-module';
import { PoolControl } from './pool-control';
import { ThreadPool } from './thread-pool';
import { WasmSession, type Device } from './wasm-session';

export interface WasmEngineOptions {
  /** Folder of the built files: `engine-thread.js` and `wasm/`. */
  readonly assets: string;
  /** Threads that compute, the calling one included; results are the same for any number. */
  readonly threads: number;
  /** False: the build without fused multiply-add, whatever the machine can do. */
  readonly relaxedSimd?: boolean;
  /** Bytes of memory that are never exceeded; absent: what WebAssembly can have. */
  readonly memoryLimit?: number;
}

/** The default CPU engine: kernels in WebAssembly over shared memory and a pool of threads. */
export async function createWasmEngine(options: WasmEngineOptions): Promise<Engine> {
  const threads = Math.max(1, Math.floor(options.threads));
  const kernels = await loadKernels(options.assets, options.relaxedSimd ?? true);
  const memoryLimit = Math.min(options.memoryLimit ?? MAXIMUM_BYTES, MAXIMUM_BYTES);
  const heap = new Heap(memoryLimit);
  const pool = await ThreadPool.start({
    module: kernels.module,
    memory: heap.memory,
    control: heap.allocate(PoolControl.words * 4, 'the threads'),
    threads,
    entry: path.join(options.assets, 'engine-thread.js'),
  });
  const simd = kernels.relaxedSimd ? 'relaxed SIMD' : 'SIMD';
  return new WasmEngine({ heap, pool, opcodes: kernels.opcodes, threads }, simd, dataBudget(memoryLimit));
}

class WasmEngine implements Engine {
  readonly info: EngineInfo;

  constructor(
    private readonly device: Device,
    simd: string,
    dataBudgetBytes: number,
  ) {
    const { threads } = device;
    const description = `CPU, ${threads} ${threads === 1 ? 'thread' : 'threads'}, ${simd}`;
    this.info = { kind: 'wasm', description, threads, dataBudgetBytes };
  }

  async createSession(layout: StateLayout): Promise<Session> {
    return new WasmSession(this.device, layout);
  }

  dispose(): Promise<void> {
    return this.device.pool.dispose();
  }
}
