import type { Device } from './device';

/** Part of a buffer, in bytes (multiples of 4). */
export interface BufferRange {
  readonly buffer: GPUBuffer;
  readonly offset: number;
  readonly byteLength: number;
}

interface PendingRead {
  /** Where in the read-back buffer it will stand. */
  readonly offset: number;
  readonly byteLength: number;
  readonly resolve: (bytes: ArrayBuffer) => void;
  readonly reject: (error: unknown) => void;
}

/** A buffer that the host will read, and what it will find there. */
interface ReadBack {
  readonly buffer: GPUBuffer;
  /** Whether there was memory for it is known. */
  readonly made: Promise<void>;
  readonly reads: PendingRead[];
  end: number;
}

/** Bytes that small uploads of unsubmitted commands may take. */
const uploadBytes = 1 << 22;
/** What is sent at once of what goes by itself. */
const pieceBytes = 1 << 24;
/** Size of the buffers that many small reads share. */
const readBackBytes = 1 << 16;
/** Commands of so many dispatches are submitted together: several steps of a small network, while the device works on the last. */
const dispatchesPerSubmit = 256;

/** Numbers of GPUBufferUsage and GPUMapMode, which are no globals in Node.js. */
const usage = { mapRead: 1, copySource: 4, copyDestination: 8 } as const;
const mapModeRead = 1;

/**
 * Collects commands in their order and hands them to the device a few hundred at a time: when there are enough, when somebody
 * needs them to be done, and at the latest when the event loop turns.
 */
export class CommandQueue {
  private encoder: GPUCommandEncoder | undefined;
  private dispatches = 0;
  private readonly mirror = new Uint8Array(uploadBytes);
  private readonly uploads: GPUBuffer;
  private uploadEnd = 0;
  private readBacks: ReadBack[] = [];
  private flushAtTurn: NodeJS.Immediate | undefined;
  /** Read-back buffers of `readBackBytes` that wait for their next use. */
  private readonly spare: GPUBuffer[] = [];

  constructor(private readonly device: Device) {
    const toUpload = usage.copySource | usage.copyDestination;
    this.uploads = device.createBufferNow(uploadBytes, toUpload, 'what is sent to it').buffer;
  }

  /** Overwrites a range, for the commands that follow. The bytes are copied at once; their number is a multiple of 4. */
  write(buffer: GPUBuffer, offset: number, bytes: Uint8Array): void {
    this.device.check();
    if (bytes.byteLength > uploadBytes / 4) {
      // Large ones go by themselves, behind what is waiting.
      this.flush();
      for (let at = 0; at < bytes.byteLength; at += pieceBytes) {
        this.device.queue.writeBuffer(buffer, offset + at, ownMemory(bytes.subarray(at, at + pieceBytes)));
      }
      return;
    }
    if (this.uploadEnd + bytes.byteLength > uploadBytes) this.flush();
    const start = this.uploadEnd;
    this.mirror.set(bytes, start);
    this.uploadEnd += bytes.byteLength;
    this.open().copyBufferToBuffer(this.uploads, start, buffer, offset, bytes.byteLength);
  }

  /** Adds a pass of so many dispatches. */
  compute(
    dispatches: number,
    encode: (pass: GPUComputePassEncoder) => void,
    timing?: GPUComputePassTimestampWrites,
  ): void {
    const pass = this.open().beginComputePass(timing ? { timestampWrites: timing } : {});
    encode(pass);
    pass.end();
    this.dispatches += dispatches;
    if (this.dispatches >= dispatchesPerSubmit) this.flush();
  }

  /** Adds commands of any other kind. */
  encode(add: (encoder: GPUCommandEncoder) => void): void {
    add(this.open());
  }

  /** What a range holds after the commands so far. */
  read({ buffer, offset, byteLength }: BufferRange): Promise<ArrayBuffer> {
    const target = this.readBackWith(byteLength);
    this.open().copyBufferToBuffer(buffer, offset, target.buffer, target.end, byteLength);
    return new Promise((resolve, reject) => {
      target.reads.push({ offset: target.end, byteLength, resolve, reject });
      target.end += Math.ceil(byteLength / 8) * 8;
    });
  }

  /** Hands over what was collected. */
  flush(): void {
    clearImmediate(this.flushAtTurn);
    this.flushAtTurn = undefined;
    const { encoder, readBacks } = this;
    if (!encoder) return;
    this.encoder = undefined;
    this.readBacks = [];
    this.dispatches = 0;
    if (this.uploadEnd > 0) this.device.queue.writeBuffer(this.uploads, 0, this.mirror, 0, this.uploadEnd);
    this.uploadEnd = 0;
    this.device.queue.submit([encoder.finish()]);
    for (const readBack of readBacks) void this.finishReads(readBack);
  }

  /** Resolves when the device has done all commands so far. */
  async drain(): Promise<void> {
    this.flush();
    await this.device.queue.onSubmittedWorkDone();
    this.device.check();
  }

  private open(): GPUCommandEncoder {
    this.device.check();
    this.flushAtTurn ??= setImmediate(() => this.flush());
    return (this.encoder ??= this.device.gpu.createCommandEncoder());
  }

  private readBackWith(byteLength: number): ReadBack {
    const last = this.readBacks.at(-1);
    if (last && last.end + byteLength <= last.buffer.size) return last;
    const size = Math.max(readBackBytes, Math.ceil(byteLength / 8) * 8);
    const spare = size === readBackBytes ? this.spare.pop() : undefined;
    const toRead = usage.mapRead | usage.copyDestination;
    const { buffer, made } = spare
      ? { buffer: spare, made: Promise.resolve() }
      : this.device.createBufferNow(size, toRead, 'what is read from it');
    const readBack: ReadBack = { buffer, made, reads: [], end: 0 };
    this.readBacks.push(readBack);
    return readBack;
  }

  private async finishReads({ buffer, made, reads, end }: ReadBack): Promise<void> {
    try {
      await made;
      this.device.check();
      await buffer.mapAsync(mapModeRead, 0, end);
      const bytes = buffer.getMappedRange(0, end);
      for (const { offset, byteLength, resolve } of reads) resolve(bytes.slice(offset, offset + byteLength));
      buffer.unmap();
      if (buffer.size === readBackBytes) this.spare.push(buffer);
      else buffer.destroy();
    } catch (error) {
      for (const { reject } of reads) reject(this.whyNot(error));
    }
  }

  /** A read fails where the device does; what that has reported says more. */
  private whyNot(error: unknown): unknown {
    try {
      this.device.check();
      return error;
    } catch (reported) {
      return reported;
    }
  }
}

/** Dawn for Node ends the process where it is given memory that threads share. */
function ownMemory(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, length } = bytes;
  return buffer instanceof ArrayBuffer ? new Uint8Array(buffer, byteOffset, length) : new Uint8Array(bytes);
}
