import { alignUp } from './align';

/** A buffer of the arena and the steps that it must live through, both inclusive. */
export interface BufferLife {
  readonly byteLength: number;
  readonly firstStep: number;
  readonly lastStep: number;
}

export interface Placement {
  /** Byte offset of each buffer, in the order given. */
  readonly offsets: readonly number[];
  readonly byteLength: number;
}

/**
 * Places buffers so that none overlaps another that lives at the same time: the largest first, each at the lowest place
 * where it fits. Source: Pisarchyk and Lee, Efficient Memory Management for Deep Neural Net Inference, 2020
 * (greedy by size).
 */
export function placeBuffers(buffers: readonly BufferLife[]): Placement {
  const order = buffers.map((_, index) => index).sort((a, b) => size(b) - size(a) || a - b);
  const offsets = Array<number>(buffers.length).fill(0);
  const placed: number[] = [];
  let total = 0;

  for (const index of order) {
    const offset = lowestGap(index);
    offsets[index] = offset;
    insertByOffset(index);
    total = Math.max(total, offset + size(index));
  }
  return { offsets, byteLength: total };

  function size(index: number): number {
    return alignUp(buffers[index]?.byteLength ?? 0);
  }

  /** `placed` is kept in the order of offsets: one walk finds the first gap between those that live with this one. */
  function lowestGap(index: number): number {
    const wanted = size(index);
    let offset = 0;
    for (const other of placed) {
      if (!overlaps(index, other)) continue;
      const start = offsets[other] ?? 0;
      if (offset + wanted <= start) return offset;
      offset = Math.max(offset, start + size(other));
    }
    return offset;
  }

  function overlaps(a: number, b: number): boolean {
    const [left, right] = [buffers[a], buffers[b]];
    return !!left && !!right && left.firstStep <= right.lastStep && right.firstStep <= left.lastStep;
  }

  function insertByOffset(index: number): void {
    const offset = offsets[index] ?? 0;
    const at = placed.findIndex((other) => (offsets[other] ?? 0) > offset);
    placed.splice(at < 0 ? placed.length : at, 0, index);
  }
}
