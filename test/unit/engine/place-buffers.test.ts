import { expect, test } from 'vitest';
import { PhiloxStream } from '../../../src/core/rng/philox';
import { placeBuffers, type BufferLife } from '../../../src/engine/place-buffers';

test('buffers that live at the same time never overlap, and the arena is little more than what lives at once', () => {
  const random = new PhiloxStream(7, 1);
  for (let round = 0; round < 50; round++) {
    const buffers: BufferLife[] = Array.from({ length: 60 }, () => {
      const firstStep = random.nextBelow(40);
      return { byteLength: 4 * (1 + random.nextBelow(5000)), firstStep, lastStep: firstStep + random.nextBelow(12) };
    });
    const { offsets, byteLength } = placeBuffers(buffers);
    buffers.forEach((a, i) => {
      const start = offsets[i] ?? NaN;
      expect(start % 64).toBe(0);
      expect(start + a.byteLength).toBeLessThanOrEqual(byteLength);
      buffers.slice(0, i).forEach((b, j) => {
        if (a.firstStep > b.lastStep || b.firstStep > a.lastStep) return;
        const other = offsets[j] ?? NaN;
        expect(start >= other + b.byteLength || other >= start + a.byteLength).toBe(true);
      });
    });
    expect(byteLength).toBeLessThanOrEqual(1.3 * peak(buffers));
  }
});

/** Most bytes that live at one step, each rounded up to the alignment. */
function peak(buffers: readonly BufferLife[]): number {
  const steps = Array.from({ length: 60 }, (_, step) =>
    buffers
      .filter(({ firstStep, lastStep }) => firstStep <= step && step <= lastStep)
      .reduce((sum, { byteLength }) => sum + Math.ceil(byteLength / 64) * 64, 0),
  );
  return Math.max(...steps);
}
