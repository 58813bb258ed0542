import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { EngineMemoryError, type Engine, type HostArray } from '../../../src/engine/engine';
import type { KernelStep, Plan, PlanTensor, StateLayout } from '../../../src/engine/plan';
import { createWasmEngine, type WasmEngineOptions } from '../../../src/engine/wasm/wasm-engine';
import { noState, placer, type FilledTensor } from '../run-op';
import { assets } from './engines';
import { Numbers } from './numbers';

const opened: Engine[] = [];
afterEach(async () => {
  for (const engine of opened.splice(0)) await engine.dispose();
});

async function open(options: Partial<WasmEngineOptions> = {}): Promise<Engine> {
  const engine = await createWasmEngine({ assets, threads: 2, ...options });
  opened.push(engine);
  return engine;
}

const tensor = (region: 'state' | 'arena', offset: number, ...shape: number[]): PlanTensor => {
  return { region, offset, shape, dtype: 'f32' };
};

/** output = input + the state's weight. */
function addPlan(size: number, arenaBytes = 2 * align(size * 4)): Plan {
  const [input, output] = [tensor('arena', 0, size), tensor('arena', align(size * 4), size)];
  const inputs = [input, tensor('state', 64, size)];
  return {
    name: 'add',
    batchSize: 1,
    steps: [{ kind: 'kernel', op: 'add', attrs: {}, inputs, output }],
    inputs: { input },
    outputs: { output },
    arenaBytes,
  };
}

const align = (bytes: number): number => Math.ceil(bytes / 64) * 64;

const layout: StateLayout = {
  ...noState,
  slots: [{ name: 'weight', role: 'parameter', tensor: tensor('state', 64, 100) }],
  byteLength: 64 + 448,
};

describe('a CPU engine', () => {
  it('says what it computes with', async () => {
    expect((await open()).info).toEqual({
      kind: 'wasm',
      threads: 2,
      description: 'CPU, 2 threads, relaxed SIMD',
      dataBudgetBytes: 2 ** 30,
    });
    const plain = await open({ threads: 1, relaxedSimd: false });
    expect(plain.info.description).toBe('CPU, 1 thread, SIMD');
  });

  it('starts with zeroed state, and reads back what was written', async () => {
    const session = await (await open()).createSession(layout);
    expect(await session.readState('weight')).toEqual(new Float32Array(100));
    const values = Float32Array.from({ length: 100 }, (_, i) => i);
    await session.writeState('weight', values);
    values.fill(0);
    expect((await session.readState('weight'))[99]).toBe(99);
    await expect(session.writeState('weight', new Float32Array(3))).rejects.toThrow('100 elements, 3');
    await expect(session.readState('bias')).rejects.toThrow("no state 'bias'");
  });

  it('keeps programs and state right when a larger program moves the shared memory', async () => {
    const session = await (await open()).createSession(layout);
    await session.writeState('weight', new Float32Array(100).fill(10));
    const small = await session.compile(addPlan(100));
    const large = await session.compile(addPlan(50, 3_000_000));
    for (const [program, size] of [
      [small, 100],
      [large, 50],
      [small, 100],
    ] as const) {
      program.input('input').fill(size);
      await program.run();
      expect(await program.read('output')).toEqual(new Float32Array(size).fill(size + 10));
    }
  });

  it('keeps sessions apart, and uses the memory of a closed one again', async () => {
    const engine = await open();
    const [first, second] = [await engine.createSession(layout), await engine.createSession(layout)];
    await first.writeState('weight', new Float32Array(100).fill(1));
    expect(await second.readState('weight')).toEqual(new Float32Array(100));
    await first.dispose();
    await first.dispose();
    await expect(first.readState('weight')).rejects.toThrow('disposed');
    const third = await engine.createSession(layout);
    expect(await third.readState('weight')).toEqual(new Float32Array(100));
  });

  it('gives a read-out that later runs do not change', async () => {
    const session = await (await open()).createSession(layout);
    const program = await session.compile(addPlan(100));
    program.input('input').fill(1);
    await program.run();
    const before = await program.read('output');
    program.input('input').fill(2);
    await program.run();
    expect(before).toEqual(new Float32Array(100).fill(1));
  });
});

describe('too little memory', () => {
  it('is an error that tells how much', async () => {
    const engine = await open();
    const huge = engine.createSession({ ...noState, byteLength: 5 * 2 ** 30 });
    await expect(huge).rejects.toThrow(EngineMemoryError);
    await expect(huge).rejects.toThrow(/the model: 5120 MB more are needed, \d+ of 4096 MB are in use/);
  });

  it('leaves the session as it was', async () => {
    const session = await (await open()).createSession(layout);
    const program = await session.compile(addPlan(100));
    await expect(session.compile(addPlan(100, 5 * 2 ** 30))).rejects.toThrow(EngineMemoryError);
    program.input('input').fill(3);
    await program.run();
    expect(await program.read('output')).toEqual(new Float32Array(100).fill(3));
  });
});

describe('a failure', () => {
  // Its second half lies beyond the end of memory: the kernel traps in the thread that has it.
  const arenaBytes = 4 * 2 ** 20;
  const beyond = tensor('arena', 0, (2 * arenaBytes) / 4);
  const broken: Plan = {
    name: 'broken',
    batchSize: 1,
    steps: [{ kind: 'kernel', op: 'copy', attrs: {}, inputs: [beyond], output: beyond }],
    inputs: {},
    outputs: {},
    arenaBytes,
  };

  it.each([1, 2, 3, 4])('of a kernel rejects the run and the next ones, with %i threads', async (threads) => {
    const engine = await open({ threads });
    const session = await engine.createSession(layout);
    const good = await session.compile(addPlan(100));
    const program = await session.compile(broken);
    await expect(program.run()).rejects.toThrow(/CPU engine.*memory access out of bounds/s);
    await expect(good.run()).rejects.toThrow('CPU engine');
    await engine.dispose();
  });

  it('of a thread to start rejects', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'cnn-lab-engine-'));
    try {
      await cp(path.join(assets, 'wasm'), path.join(folder, 'wasm'), { recursive: true });
      await writeFile(path.join(folder, 'engine-thread.js'), 'throw new Error("no luck")');
      await expect(createWasmEngine({ assets: folder, threads: 3 })).rejects.toThrow('no luck');
      await writeFile(path.join(folder, 'engine-thread.js'), 'process.exit(3)');
      await expect(createWasmEngine({ assets: folder, threads: 2 })).rejects.toThrow('exit code 3');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('disposing', () => {
  it('ends the engine, twice as well as once', async () => {
    const engine = await open({ threads: 4 });
    const session = await engine.createSession(layout);
    const program = await session.compile(addPlan(100));
    await program.run();
    await engine.dispose();
    await engine.dispose();
    await expect(program.run()).rejects.toThrow('disposed');
  });

  it('needs no run before', async () => {
    const engine = await open({ threads: 3 });
    await engine.dispose();
  });
});

describe('many short programs, each in a session of its own', () => {
  /** Four steps that do not depend on each other. */
  function build(rows: number, inputs: number, outputs: number): { plan: Plan; filled: readonly FilledTensor[] } {
    const numbers = new Numbers(rows);
    const place = placer();
    const filled: FilledTensor[] = [];
    const outputsByName: Record<string, PlanTensor> = {};
    const step = (op: string, inputShapes: number[][], shape: number[]): KernelStep => {
      const tensors = inputShapes.map((each) => place(each, 'f32'));
      for (const each of tensors) filled.push({ tensor: each, data: numbers.floats(each.shape).data });
      const output = place(shape, 'f32');
      outputsByName[`${op} output`] = output;
      return { kind: 'kernel', op, attrs: {}, inputs: tensors, output };
    };
    const x = [rows, inputs];
    const weight = [outputs, inputs];
    const y = [rows, outputs];
    const steps = [
      step('linear', [x, weight], y),
      step('linear_grad_input', [y, weight], x),
      step('relu', [x], x),
      step('linear_grad_weight', [x, y], weight),
    ];
    const named = Object.fromEntries(filled.map(({ tensor: each }, i) => [`input${i}`, each]));
    const plan = {
      name: 'short',
      batchSize: 1,
      steps,
      inputs: named,
      outputs: outputsByName,
      arenaBytes: place.bytes(),
    };
    return { plan, filled };
  }

  async function run(engine: Engine, plan: Plan, filled: readonly FilledTensor[]): Promise<readonly HostArray[]> {
    const session = await engine.createSession(noState);
    const program = await session.compile(plan);
    filled.forEach(({ data }, i) => program.input(`input${i}`).set(data));
    await program.run();
    const results = await Promise.all(Object.keys(plan.outputs).map((name) => program.read(name)));
    await session.dispose();
    return results;
  }

  // Threads still leave a program's last barrier while the host puts the next program in its place.
  it.each([2, 3])('are the same with %i threads as with one', async (threads) => {
    const [one, many] = [await open({ threads: 1 }), await open({ threads })];
    for (let i = 0; i < 150; i++) {
      const { plan, filled } = build(1 + (i % 7), 1 + ((i * 37) % 150), 1 + ((i * 53) % 200));
      expect(await run(many, plan, filled)).toEqual(await run(one, plan, filled));
    }
  });

  it('may have nothing to do', async () => {
    const engine = await open({ threads: 3 });
    const empty = { name: 'empty', batchSize: 1, steps: [], inputs: {}, outputs: {}, arenaBytes: 64 };
    const { plan, filled } = build(3, 4, 5);
    const expected = await run(await open({ threads: 1 }), plan, filled);
    for (let i = 0; i < 20; i++) {
      await run(engine, empty, []);
      expect(await run(engine, plan, filled)).toEqual(expected);
    }
  });
});
