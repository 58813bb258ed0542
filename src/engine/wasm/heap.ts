import { EngineMemoryError } from '../engine';
import { wasmApi, type WasmMemory } from './web-assembly';

const PAGE_BYTES = 65536;
const MAXIMUM_PAGES = 65536;
const ALIGNMENT = 64;
/** Kernels read, but never use, up to this much beyond the end of a tensor. */
const SLACK_BYTES = PAGE_BYTES;

interface Block {
  readonly start: number;
  readonly bytes: number;
}

/** Most that a WebAssembly memory with 32-bit addresses can have. */
export const MAXIMUM_BYTES = MAXIMUM_PAGES * PAGE_BYTES;

/** First-fit allocator over one shared WebAssembly memory, which grows as needed. Blocks start at multiples of 64 bytes. */
export class Heap {
  readonly memory = createMemory();
  /** Free blocks by address, never adjacent; what lies beyond `top` is free too. */
  private free: Block[] = [];
  private top = PAGE_BYTES;

  /** `limitBytes`: never grows beyond. */
  constructor(private readonly limitBytes = MAXIMUM_BYTES) {}

  /** Memory for `purpose`, zeroed. Throws an EngineMemoryError where there is not so much. */
  allocate(bytes: number, purpose: string): number {
    const rounded = Math.max(ALIGNMENT, Math.ceil(bytes / ALIGNMENT) * ALIGNMENT);
    const start = this.take(rounded, purpose);
    this.bytes(start, rounded).fill(0);
    return start;
  }

  /** Gives a block back; `bytes` as it was allocated. */
  release(start: number, bytes: number): void {
    const rounded = Math.max(ALIGNMENT, Math.ceil(bytes / ALIGNMENT) * ALIGNMENT);
    const blocks = [...this.free, { start, bytes: rounded }].sort((a, b) => a.start - b.start);
    const merged: Block[] = [];
    for (const block of blocks) {
      const last = merged.at(-1);
      if (last && last.start + last.bytes === block.start) {
        merged[merged.length - 1] = { start: last.start, bytes: last.bytes + block.bytes };
      } else {
        merged.push(block);
      }
    }
    const last = merged.at(-1);
    if (last && last.start + last.bytes === this.top) {
      merged.pop();
      this.top = last.start;
    }
    this.free = merged;
  }

  bytes(start: number, length: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, start, length);
  }

  floats(start: number, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, start, length);
  }

  doubles(start: number, length: number): Float64Array {
    return new Float64Array(this.memory.buffer, start, length);
  }

  integers(start: number, length: number): Int32Array {
    return new Int32Array(this.memory.buffer, start, length);
  }

  private take(bytes: number, purpose: string): number {
    const index = this.free.findIndex((block) => block.bytes >= bytes);
    const found = this.free[index];
    if (found) {
      const rest = { start: found.start + bytes, bytes: found.bytes - bytes };
      this.free.splice(index, 1, ...(rest.bytes > 0 ? [rest] : []));
      return found.start;
    }
    const start = this.top;
    this.growTo(start + bytes + SLACK_BYTES, bytes, purpose);
    this.top = start + bytes;
    return start;
  }

  private growTo(size: number, bytes: number, purpose: string): void {
    const missing = size - this.memory.buffer.byteLength;
    if (missing <= 0) return;
    const refuse = (cause?: unknown) => new EngineMemoryError(purpose, bytes, this.top, this.limitBytes, { cause });
    if (size > this.limitBytes) throw refuse();
    try {
      this.memory.grow(Math.ceil(missing / PAGE_BYTES));
    } catch (error) {
      throw refuse(error);
    }
  }
}

/** Reserves address space only; where that is limited, a smaller maximum does. */
function createMemory(): WasmMemory {
  for (let maximum = MAXIMUM_PAGES; ; maximum /= 2) {
    try {
      return new wasmApi.Memory({ initial: 2, maximum, shared: true });
    } catch (error) {
      if (maximum <= 1024) throw error;
    }
  }
}
