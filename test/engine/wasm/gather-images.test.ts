import { expect, test } from 'vitest';
import { EngineMemoryError } from '../../../src/engine/engine';
import { createWasmEngine } from '../../../src/engine/wasm/wasm-engine';
import { noState } from '../run-op';
import { assets } from './engines';

test('data is kept from run to run, may be replaced, and is no more than the memory holds', async () => {
  const engine = await createWasmEngine({ assets, threads: 1, memoryLimit: 8 * 2 ** 20 });
  try {
    expect(engine.info.dataBudgetBytes).toBe(2 * 2 ** 20);
    const session = await engine.createSession(noState);
    const images = { region: 'data', offset: 0, shape: [2, 1, 1, 4], dtype: 'u8' } as const;
    const picks = { region: 'arena', offset: 0, shape: [1, 4], dtype: 'i32' } as const;
    const output = { region: 'arena', offset: 256, shape: [1, 1, 1, 4], dtype: 'f32' } as const;
    const attrs = { mean: [0], std: [1 / 255] };
    const program = await session.compile({
      name: 'pick',
      batchSize: 1,
      steps: [{ kind: 'kernel', op: 'gather_images', attrs, inputs: [images, picks], output }],
      inputs: { picks },
      outputs: { output },
      arenaBytes: 512,
    });
    const pick = async (image: number): Promise<number[]> => {
      program.input('picks').set([image, 0, 0, 0]);
      await program.run();
      return [...(await program.read('output'))].map(Math.round);
    };
    await expect(pick(0)).rejects.toThrow('reads 8 bytes of data, 0 are reserved');

    await session.reserveData(8);
    await session.writeData(0, Uint8Array.of(1, 2, 3, 4));
    await session.writeData(4, Uint8Array.of(5, 6, 7, 255));
    expect([await pick(1), await pick(0), await pick(1)]).toEqual([
      [5, 6, 7, 255],
      [1, 2, 3, 4],
      [5, 6, 7, 255],
    ]);
    expect(session.memoryOf(program.plan)).toMatchObject({ dataBytes: 8, arenaBytes: 512 });
    await expect(session.writeData(8, Uint8Array.of(1))).rejects.toThrow(RangeError);
    await expect(session.writeData(2, Uint8Array.of(1))).rejects.toThrow('multiples of 4');

    await session.reserveData(2 ** 20);
    await session.writeData(0, Uint8Array.of(9, 8, 7, 6));
    expect(await pick(0)).toEqual([9, 8, 7, 6]);
    await expect(session.reserveData(8 * 2 ** 20)).rejects.toThrow(EngineMemoryError);
    await expect(pick(0)).rejects.toThrow('0 are reserved');
    await session.reserveData(8);
    await session.writeData(4, Uint8Array.of(3, 3, 3, 4));
    expect(await pick(1)).toEqual([3, 3, 3, 4]);
  } finally {
    await engine.dispose();
  }
});
