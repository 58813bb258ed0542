import { UserError } from '../../core/errors';
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

/** First-fit allocator over one shared WebAssembly memory, which grows as needed. Blocks start at multiples of 64 bytes. */
export class Heap {
  readonly memory = createMemory();
  /** Free blocks by address, never adjacent; what lies beyond `top` is free too. */
  private free: Block[] = [];
  private top = PAGE_BYTES;

  /** Memory for `purpose`, zeroed. Throws a UserError when there is not so much. */
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
    try {
      this.memory.grow(Math.ceil(missing / PAGE_BYTES));
    } catch (error) {
      throw new UserError(
        `There is not enough memory for ${purpose}: ${formatMegabytes(bytes)} more are needed, ${formatMegabytes(this.top)} are in use, and the CPU engine can have at most 4096 MB.`,
        'Use a smaller batch size, smaller images or a smaller model.',
        { cause: error },
      );
    }
  }
}

function formatMegabytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MB`;
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
