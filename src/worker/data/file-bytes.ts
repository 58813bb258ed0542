import { closeSync, openSync, readSync } from 'node:fs';
import { readFailure } from './image-error';

/** Reads files one after the other into the same memory: new memory for each may take longer than reading it. For one thread. */
export class FileBytes {
  private room = new Uint8Array(firstRoom);

  /** The bytes of a file, until the next is read. @throws ImageError */
  read(file: string): Uint8Array {
    try {
      const handle = openSync(file, 'r');
      try {
        return this.readAll(handle);
      } finally {
        closeSync(handle);
      }
    } catch (cause) {
      throw readFailure(cause);
    }
  }

  private readAll(handle: number): Uint8Array {
    for (let length = 0; ;) {
      if (length === this.room.length) this.grow();
      const more = readSync(handle, this.room, length, this.room.length - length, null);
      if (more === 0) return this.room.subarray(0, length);
      length += more;
    }
  }

  private grow(): void {
    const before = this.room;
    if (before.length >= mostBytes) throw new RangeError('the file has 2 GiB or more');
    this.room = new Uint8Array(2 * before.length);
    this.room.set(before);
  }
}

const firstRoom = 2 ** 20;
const mostBytes = 2 ** 31;
