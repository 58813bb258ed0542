import { readFileSync } from 'node:fs';
import { wasmApi, type WasmModule } from '../engine/wasm/web-assembly';

const compiled = new Map<string, WasmModule>();

/** A WebAssembly file, compiled once in a thread: what was found worth optimising in it stays optimised. */
export function compiledModule(file: string): WasmModule {
  const known = compiled.get(file);
  if (known) return known;
  const module = new wasmApi.Module(readFileSync(file));
  compiled.set(file, module);
  return module;
}
