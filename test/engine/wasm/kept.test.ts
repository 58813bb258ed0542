import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine, Session } from '../../../src/engine/engine';
import type { Plan, PlanTensor, StateLayout } from '../../../src/engine/plan';
import { createWasmEngine } from '../../../src/engine/wasm/wasm-engine';
import { bits } from '../kernels/kernel-engines';
import { noState, placer, runOp } from '../run-op';
import { assets } from './engines';
import { Numbers } from './numbers';

interface Case {
  readonly x: readonly number[];
  readonly weight: readonly number[];
  readonly y: readonly number[];
  readonly stride?: number;
}

/** One for each way to compute convolutions whose kernels are packed first. */
const cases: Readonly<Record<string, Case>> = {
  'one matrix product': { x: [2, 20, 9, 9], weight: [24, 20, 1, 1], y: [2, 24, 9, 9] },
  'straight from the image': { x: [3, 3, 8, 16], weight: [6, 3, 3, 3], y: [3, 6, 8, 16] },
  'place by place': { x: [8, 18, 6, 6], weight: [17, 18, 3, 3], y: [8, 17, 3, 3], stride: 2 },
  'Winograd, many tiles': { x: [2, 16, 16, 16], weight: [17, 16, 3, 3], y: [2, 17, 16, 16] },
  'Winograd, few tiles': { x: [8, 16, 4, 4], weight: [40, 16, 3, 3], y: [8, 40, 4, 4] },
  'nine products': { x: [8, 18, 2, 2], weight: [33, 18, 3, 3], y: [8, 33, 2, 2] },
};

let engine: Engine;
beforeAll(async () => {
  engine = await createWasmEngine({ assets, threads: 2 });
});
afterAll(() => engine.dispose());

describe.each(Object.entries(cases))(
  'a convolution that changes no parameters, %s',
  (_, { x, weight, y, stride = 1 }) => {
    const pad = weight[2] === 1 ? 0 : 1;
    const attrs = { stride: [stride, stride], padding: [pad, pad, pad, pad], dilation: [1, 1], groups: 1 };
    const numbers = new Numbers(3);
    const input = numbers.floats(x);
    const weights = [1, 2, 3].map(() => numbers.floats(weight));

    const tensor: PlanTensor = { region: 'state', offset: 0, shape: weight, dtype: 'f32' };
    const floats = weight.reduce((product, size) => product * size, 1);
    const next: PlanTensor = { ...tensor, offset: Math.ceil(floats / 16) * 64 };
    const layout: StateLayout = {
      ...noState,
      slots: [
        { name: 'weight', role: 'parameter', tensor },
        { name: 'next', role: 'parameter', tensor: next },
      ],
      byteLength: 2 * next.offset,
    };

    function evaluation(): Plan {
      const place = placer();
      const [from, to] = [place(x, 'f32'), place(y, 'f32')];
      const arenaBytes = to.offset + 4 * y.reduce((product, size) => product * size, 1) + 64;
      return {
        name: 'evaluation',
        batchSize: x[0] ?? 1,
        steps: [{ kind: 'kernel', op: 'conv2d', attrs, inputs: [from, tensor], output: to }],
        inputs: { x: from },
        outputs: { y: to },
        arenaBytes,
      };
    }

    /** Takes the next weight for the weight, as an optimiser would. */
    const update: Plan = {
      name: 'update',
      batchSize: 1,
      steps: [{ kind: 'kernel', op: 'copy', attrs: {}, inputs: [next], output: tensor }],
      inputs: {},
      outputs: {},
      arenaBytes: 0,
    };

    /** With a weight that lies in the arena nothing is kept. */
    const expected = async (index: number): Promise<Int32Array> => {
      const data = weights[index];
      if (!data) throw new Error('There are three weights');
      return bits(await runOp(engine, 'conv2d', attrs, [input, data], y));
    };

    async function withSession(use: (session: Session) => Promise<void>): Promise<void> {
      const session = await engine.createSession(layout);
      try {
        await use(session);
      } finally {
        await session.dispose();
      }
    }

    it('takes new parameters, whoever has written them', async () => {
      await withSession(async (session) => {
        const program = await session.compile(evaluation());
        const optimizer = await session.compile(update);
        const result = async (): Promise<Int32Array> => {
          program.input('x').set(input.data);
          await program.run();
          return bits((await program.read('y')) as Float32Array);
        };
        await session.writeState('weight', weights[0]?.data ?? new Float32Array());
        expect(await result()).toEqual(await expected(0));
        expect(await result()).toEqual(await expected(0));
        await session.writeState('weight', weights[1]?.data ?? new Float32Array());
        expect(await result()).toEqual(await expected(1));
        await session.writeState('next', weights[2]?.data ?? new Float32Array());
        expect(await result()).toEqual(await expected(1));
        await optimizer.run();
        expect(await result()).toEqual(await expected(2));
        await session.writeState('weight', weights[0]?.data ?? new Float32Array());
        program.input('x').set(input.data);
        await program.profile();
        expect(bits((await program.read('y')) as Float32Array)).toEqual(await expected(0));
      });
    });

    it('keeps what it has made when a larger program moves the shared memory', async () => {
      await withSession(async (session) => {
        const program = await session.compile(evaluation());
        await session.writeState('weight', weights[0]?.data ?? new Float32Array());
        await program.run();
        await session.compile({ ...evaluation(), arenaBytes: 4_000_000 });
        program.input('x').set(input.data);
        await program.run();
        expect(bits((await program.read('y')) as Float32Array)).toEqual(await expected(0));
      });
    });
  },
);
