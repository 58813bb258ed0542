import { expect, test } from 'vitest';
import { Heap } from '../../../src/engine/wasm/heap';
import { instantiateKernels, loadKernels } from '../../../src/engine/wasm/kernel-module';
import { PoolControl } from '../../../src/engine/wasm/pool-control';
import { ProgramBuilder } from '../../../src/engine/wasm/program-builder';
import { assets } from './engines';

const size = 300_000;
const parts = 3;

/** A program of two commands, y = 2·x and z = y + y, for three parts that the test itself runs, when it wants. */
async function open(stepMicroseconds: number) {
  const { module, opcodes } = await loadKernels(assets, true);
  const heap = new Heap();
  const control = heap.allocate(PoolControl.words * 4, 'control');
  const kernels = await instantiateKernels(module, heap.memory, control);
  const [x, y, z] = [0, 1, 2].map(() => heap.allocate(4 * size, 'numbers'));
  if (x === undefined || y === undefined || z === undefined) throw new Error('Three blocks were asked for');
  const build = (program: number) => {
    const builder = new ProgramBuilder(opcodes, parts, { state: 0, arena: 0, data: 0, scratch: 0, program, kept: 0 });
    for (const words of [
      [x, x, y],
      [y, y, z],
    ]) {
      builder.beginStep(stepMicroseconds);
      builder.elementwise('add', words, size);
      builder.endStep();
    }
    return builder.finish();
  };
  const place = heap.allocate(build(0).words.byteLength, 'the program');
  const { words, entry } = build(place);
  if (entry === undefined) throw new Error('The program is empty');
  const inMemory = heap.integers(place, words.length);
  inMemory.set(words);
  for (let i = 0; i < size; i++) heap.floats(x, size)[i] = i % 1000;
  const abort = heap.integers(control, PoolControl.words);
  return {
    y: heap.floats(y, size),
    /** Does what one part does until it has to wait for the others, and then gives up. */
    runUntilBarrier: (part: number): void => {
      Atomics.store(abort, PoolControl.abort, 1);
      Atomics.store(abort, PoolControl.arrivals, 0);
      expect(kernels.run(entry, part, parts)).toBe(1);
    },
    /** Whether the program in memory is as it was written: its counters too. */
    isUntouched: () => inMemory.every((word, i) => word === words[i]),
  };
}

const doubled = Float32Array.from({ length: size }, (_, i) => 2 * (i % 1000));
const doneOf = (y: Float32Array): number =>
  y.reduce((count, value, i) => (value === doubled[i] ? count + 1 : count), 0);

test('a part does the work of parts that do not come, and leaves nothing to them when they do', async () => {
  const { y, runUntilBarrier, isUntouched } = await open(10_000);
  y.fill(-1);
  runUntilBarrier(1);
  expect(doneOf(y)).toBe(size);
  expect(isUntouched()).toBe(false);
  y.fill(-1);
  runUntilBarrier(2);
  runUntilBarrier(0);
  expect(doneOf(y)).toBe(0);
  // All have found the ranges empty: the next run finds the counters as the first one did.
  expect(isUntouched()).toBe(true);
  runUntilBarrier(0);
  expect(doneOf(y)).toBe(size);
});

test('work of a few microseconds is shared out evenly', async () => {
  const { y, runUntilBarrier } = await open(20);
  for (const [done, part] of [1, 2, 0].entries()) {
    y.fill(-1);
    runUntilBarrier(part);
    const third = doneOf(y) / (size / parts);
    expect(third, `part ${part}, after ${done} others`).toBeGreaterThan(0.99);
    expect(third, `part ${part}, after ${done} others`).toBeLessThan(1.01);
  }
});
