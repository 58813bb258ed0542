import { PhiloxStream } from '../../core/rng/philox';
import { alignUp } from '../../engine/align';
import type { Engine, Program, Session } from '../../engine/engine';
import type { KernelStep, Plan, PlanTensor } from '../../engine/plan';
import type { GpuSpeed } from '../../protocol/gpu';

/** Larger matrices are tried until one product takes so long: then what starts a kernel no longer counts. */
const longEnoughMs = 20;
const matrixSizes = [512, 1024, 2048, 4096];
const copiedBytes = 1 << 26;
/** Of each number, the best of some stretches of so long. */
const stretchMs = 100;
const stretches = 3;

/** How fast the engine multiplies matrices, and reads and writes memory. The numbers are those of our kernels, not the device's limits. */
export async function measureGpuSpeed(engine: Engine): Promise<GpuSpeed> {
  let [matrixSize, productMs] = [0, 0];
  for (const size of matrixSizes) {
    matrixSize = size;
    productMs = await withSession(engine, [size, size], async (session, matrix) => {
      const step = (output: PlanTensor): KernelStep => {
        return { kind: 'kernel', op: 'linear', attrs: {}, inputs: [matrix, matrix], output };
      };
      return timeOf(await session.compile(onePlan('matrix product', [size, size], step)));
    });
    if (productMs > longEnoughMs) break;
  }
  const count = copiedBytes / 4;
  const copyMs = await withSession(engine, [count], async (session, numbers) => {
    const step = (output: PlanTensor): KernelStep => {
      return { kind: 'kernel', op: 'relu', attrs: {}, inputs: [numbers], output };
    };
    return timeOf(await session.compile(onePlan('copy', [count], step)));
  });
  return {
    matrixSize,
    gemmGflops: (2 * matrixSize ** 3) / productMs / 1e6,
    copyGigabytesPerSecond: (2 * copiedBytes) / copyMs / 1e6,
  };
}

/** A session whose state is one tensor of random numbers: zeros would let a GPU run faster than it does in earnest. */
async function withSession<T>(
  engine: Engine,
  shape: readonly number[],
  use: (session: Session, numbers: PlanTensor) => Promise<T>,
): Promise<T> {
  const count = shape.reduce((product, size) => product * size, 1);
  const none = { offset: 0, byteLength: 0 };
  const tensor: PlanTensor = { region: 'state', offset: 0, shape, dtype: 'f32' };
  const session = await engine.createSession({
    slots: [{ name: 'numbers', role: 'buffer', tensor }],
    byteLength: alignUp(4 * count),
    parameters: none,
    gradients: none,
    moments: [],
  });
  try {
    await session.writeState('numbers', randomNumbers(count));
    return await use(session, tensor);
  } finally {
    await session.dispose();
  }
}

/** A few thousand that repeat: drawing them all would take longer than what is measured. */
function randomNumbers(count: number): Float32Array {
  const random = new PhiloxStream(1, 2);
  const drawn = Float32Array.from({ length: 4099 }, () => random.nextBelow(2001) / 1000 - 1);
  return Float32Array.from({ length: count }, (_, index) => drawn[index % drawn.length] ?? 0);
}

function onePlan(name: string, shape: readonly number[], step: (output: PlanTensor) => KernelStep): Plan {
  const output: PlanTensor = { region: 'arena', offset: 0, shape, dtype: 'f32' };
  const bytes = shape.reduce((product, size) => product * size, 4);
  return {
    name,
    batchSize: 1,
    steps: [step(output)],
    inputs: {},
    outputs: { first: { ...output, shape: [] } },
    arenaBytes: alignUp(bytes),
  };
}

/** Milliseconds of a run. */
async function timeOf(program: Program): Promise<number> {
  const time = async (runs: number): Promise<number> => {
    const startedAtMs = performance.now();
    for (let run = 0; run < runs; run++) await program.run();
    await program.read('first'); // Waits for the device.
    return (performance.now() - startedAtMs) / runs;
  };
  await time(1);
  const runs = Math.max(1, Math.min(1000, Math.round(stretchMs / (await time(2)))));
  const times: number[] = [];
  for (let stretch = 0; stretch < stretches; stretch++) times.push(await time(runs));
  return Math.min(...times);
}
