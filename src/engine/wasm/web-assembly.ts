/** A compiled module; can be sent to another thread. */
export interface WasmModule {
  readonly wasmModule?: never;
}

/** Shared linear memory. `buffer` is a new object after it has grown; earlier ones stay valid for their length. */
export interface WasmMemory {
  readonly buffer: SharedArrayBuffer;
  /** By pages of 64 KiB. Throws a RangeError when that is not to be had. */
  grow(pages: number): number;
}

export interface WasmInstance {
  readonly exports: Readonly<Record<string, unknown>>;
}

/** By the file that declares them. */
export interface WasmImports {
  readonly env: { readonly memory: WasmMemory };
  /** See `kernels/barrier.ts`. */
  readonly barrier: { sleep(generation: number): number };
  /** See `kernels/program.ts`. */
  readonly program: { now(): number };
}

interface WasmApi {
  /** Compiles at once. */
  readonly Module: new (binary: Uint8Array) => WasmModule;
  readonly Instance: new (module: WasmModule, imports: object) => WasmInstance;
  readonly Memory: new (limits: { initial: number; maximum: number; shared: true }) => WasmMemory;
  validate(binary: Uint8Array): boolean;
  compile(binary: Uint8Array): Promise<WasmModule>;
  instantiate(module: WasmModule, imports: WasmImports): Promise<WasmInstance>;
}

/** The part of the WebAssembly global that is used here: only the DOM's type library declares it. */
export const wasmApi = (globalThis as unknown as { readonly WebAssembly: WasmApi }).WebAssembly;
