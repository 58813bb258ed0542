import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { PoolControl } from './pool-control';
import { wasmApi, type WasmMemory, type WasmModule } from './web-assembly';

export interface KernelModule {
  readonly module: WasmModule;
  /** Opcode of each kernel by name. */
  readonly opcodes: ReadonlyMap<string, number>;
  readonly relaxedSimd: boolean;
}

/** What an instance of the module exports; see `kernels/program.ts`. */
export interface KernelExports {
  init(control: number): void;
  run(program: number, part: number, parts: number): number;
  run_profiled(program: number, part: number, parts: number, times: number): number;
}

/** How long a thread sleeps at a barrier before it looks whether the run has been aborted. */
const MAX_SLEEP_MS = 1000;

/** `(func (result v128) i8x16.relaxed_swizzle of two constants)`: valid only where relaxed SIMD is. */
const RELAXED_PROBE = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0],
  ...[10, 15, 1, 13, 0, 65, 1, 253, 15, 65, 2, 253, 15, 253, 128, 2, 11],
);

/** Reads and compiles the kernels that suit this machine from `wasm/` in the folder of built files. */
export async function loadKernels(assets: string, allowRelaxedSimd: boolean): Promise<KernelModule> {
  const relaxedSimd = allowRelaxedSimd && hasRelaxedSimd();
  const file = relaxedSimd ? 'kernels-relaxed.wasm' : 'kernels.wasm';
  const [binary, opcodes] = await Promise.all([readFile(path.join(assets, 'wasm', file)), loadOpcodes(assets)]);
  const module = await wasmApi.compile(new Uint8Array(binary));
  return { module, opcodes, relaxedSimd };
}

/** Opcode of each kernel by name. */
export async function loadOpcodes(assets: string): Promise<ReadonlyMap<string, number>> {
  const index = await readFile(path.join(assets, 'wasm', 'kernels.json'), 'utf8');
  const { opcodes } = JSON.parse(index) as { opcodes: Record<string, number> };
  return new Map(Object.entries(opcodes));
}

/** V8 has relaxed SIMD switched on since 11.4; the V8 of Node 20 has it behind a flag that may be set at any time. */
function hasRelaxedSimd(): boolean {
  if (wasmApi.validate(RELAXED_PROBE)) return true;
  const [major = 0] = process.versions.node.split('.').map(Number);
  if (major !== 20) return false;
  setFlagsFromString('--experimental-wasm-relaxed-simd');
  return wasmApi.validate(RELAXED_PROBE);
}

/** An instance for the calling thread. */
export async function instantiateKernels(
  module: WasmModule,
  memory: WasmMemory,
  control: number,
): Promise<KernelExports> {
  const words = new Int32Array(memory.buffer, control, PoolControl.words);
  const sleep = (generation: number): number =>
    Atomics.wait(words, PoolControl.generation, generation, MAX_SLEEP_MS) === 'timed-out' ? 0 : 1;
  const instance = await wasmApi.instantiate(module, {
    env: { memory },
    barrier: { sleep },
    program: { now: () => performance.now() },
  });
  const kernels = instance.exports as unknown as KernelExports;
  kernels.init(control);
  return kernels;
}
