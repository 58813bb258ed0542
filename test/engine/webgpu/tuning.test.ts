import { describe, expect, test } from 'vitest';
import { choosePartition, type ProductSize } from '../../../src/engine/webgpu/encode/gemm/choose-partition';
import { depthUnit, productKinds, threadsOf, tiles } from '../../../src/engine/webgpu/encode/gemm/tile';
import { ProgramBuilder, type KernelLimits } from '../../../src/engine/webgpu/program-builder';
import { defaultTuning, parseTuning, tuningWith } from '../../../src/engine/webgpu/tuning';
import { tuneDevice } from '../../../src/engine/webgpu/webgpu-engine';
import { createTestEngine } from '../create-test-engine';
import { createSoftwareGpuEngine, noGpuReason } from './software-gpu';

const limits: KernelLimits = {
  ...{ storageBuffers: 8, bindingBytes: 2 ** 27, workgroupBytes: 16384, workgroupThreads: 256 },
  ...{ subgroups: false, f16: false },
};
const sizes: readonly ProductSize[] = [
  { kind: 'matrix', rows: 1, columns: 1, depth: 1, count: 1 },
  { kind: 'matrix', rows: 64, columns: 10, depth: 512, count: 1 },
  { kind: 'windows', rows: 64, columns: 401408, depth: 147, count: 1 },
  { kind: 'windows', rows: 4, columns: 8192, depth: 36, count: 32 },
  { kind: 'weights', rows: 64, columns: 147, depth: 401408, count: 1 },
];

describe('the partition of a product', () => {
  test.each(sizes)('covers the whole depth in whole units: $rows × $columns × $depth', (size) => {
    const { splits, splitDepth } = choosePartition(size, true, new ProgramBuilder(limits));
    expect(splitDepth % depthUnit).toBe(0);
    expect(splits * splitDepth).toBeGreaterThanOrEqual(size.depth);
    expect((splits - 1) * splitDepth).toBeLessThan(size.depth);
  });

  test('is not cut along the depth where that may not be', () => {
    const [, , , , long] = sizes;
    expect(long && choosePartition(long, false, new ProgramBuilder(limits)).splits).toBe(1);
  });

  test('cuts sums that are too long for 32 bits, on the smallest device too', () => {
    const size: ProductSize = { kind: 'weights', rows: 4096, columns: 4096, depth: 20000, count: 1 };
    const partition = choosePartition(size, true, new ProgramBuilder(limits, { ...defaultTuning, threads: 1 }));
    expect(partition.splitDepth).toBeLessThanOrEqual(8192);
  });

  test('uses the tile that the tuning prefers, and none that it does not know or the device does not take', () => {
    for (const tile of tiles) {
      for (const size of sizes) {
        expect(choosePartition(size, true, new ProgramBuilder(limits, tuningWith(tile))).tile).toBe(tile);
      }
    }
    const small = new ProgramBuilder({ ...limits, workgroupThreads: 128 });
    for (const size of sizes) expect(threadsOf(choosePartition(size, true, small).tile)).toBeLessThanOrEqual(128);
  });
});

describe('a tuning that was kept', () => {
  test('is read back as it was', () => {
    expect(parseTuning(JSON.stringify(defaultTuning))).toEqual(defaultTuning);
  });

  test.each([
    ['no JSON', '{"speeds": {'],
    ['without a kind', JSON.stringify({ ...defaultTuning, speeds: { matrix: { '64x64': 1 } } })],
    ['without a tile', JSON.stringify({ ...defaultTuning, speeds: { matrix: {}, windows: {}, weights: {} } })],
    ['with a tile of another version', JSON.stringify(tuningWith({ name: '9x9' } as (typeof tiles)[number]))],
    ['with a speed of nothing', JSON.stringify(defaultTuning).replace('0.7', '0')],
    ['with half a thread', JSON.stringify({ ...defaultTuning, threads: 0.5 })],
  ])('is not used: %s', (_, text) => {
    expect(parseTuning(text)).toBeUndefined();
  });
});

describe.skipIf(noGpuReason !== undefined)('tuning a device', () => {
  test('gives a tuning of all its tiles, though the time is over before anything is measured', async () => {
    const engine = await createSoftwareGpuEngine();
    const tuning = await tuneDevice(engine, { budgetMs: 0, candidates: tiles });
    for (const kind of productKinds) expect(Object.keys(tuning.speeds[kind])).toEqual(tiles.map(({ name }) => name));
    expect(parseTuning(JSON.stringify(tuning))).toEqual(tuning);
    await engine.dispose();
  });

  test('is for GPUs', async () => {
    const engine = await createTestEngine(1);
    await expect(tuneDevice(engine)).rejects.toThrow('Only a GPU engine is tuned');
    await engine.dispose();
  });
});
