import { PhiloxStream } from '../../core/rng/philox';
import { alignUp } from '../../engine/align';
import type { Engine, Program, Session } from '../../engine/engine';
import type { KernelStep, Plan, PlanTensor } from '../../engine/plan';
import type { GpuSpeed } from '../../protocol/gpu';

/** Larger ones are tried until one takes so long: then what starts a kernel no longer counts. */
const longEnoughMs = 20;
const matrixSizes = [128, 512, 2048, 4096];
const copiedBytes = [1 << 21, 1 << 24, 1 << 28];
/** Of each number, the best of some stretches of so long. */
const stretchMs = 100;
const stretches = 3;

/** How fast the engine multiplies matrices, and reads and writes memory. The numbers are those of our kernels, not the device's limits. */
export async function measureGpuSpeed(engine: Engine): Promise<GpuSpeed> {
  const product = await untilLongEnough(matrixSizes, (size) => timeOf(engine, 'linear', [size, size], 2));
  const largest = Math.min(engine.info.dataBudgetBytes, 1 << 28);
  const copy = await untilLongEnough(
    copiedBytes.filter((bytes) => bytes <= largest),
    (bytes) => timeOf(engine, 'relu', [bytes / 4], 1),
  );
  return {
    matrixSize: product.size,
    gemmGflops: (2 * product.size ** 3) / product.milliseconds / 1e6,
    copyGigabytesPerSecond: (2 * copy.size) / copy.milliseconds / 1e6,
  };
}

async function untilLongEnough(
  sizes: readonly number[],
  time: (size: number) => Promise<number>,
): Promise<{ readonly size: number; readonly milliseconds: number }> {
  let last = { size: 0, milliseconds: Number.NaN };
  for (const size of sizes) {
    last = { size, milliseconds: await time(size) };
    if (last.milliseconds > longEnoughMs) break;
  }
  return last;
}

/** Milliseconds of an op on so many times the same tensor of that shape, which its result has too. */
function timeOf(engine: Engine, op: string, shape: readonly number[], inputCount: number): Promise<number> {
  return withSession(engine, shape, async (session, numbers) => {
    const output: PlanTensor = { region: 'arena', offset: 0, shape, dtype: 'f32' };
    const inputs = Array.from({ length: inputCount }, () => numbers);
    return timeProgram(await session.compile(onePlan({ kind: 'kernel', op, attrs: {}, inputs, output })));
  });
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

/** Of the result, one number can be read. */
function onePlan(step: KernelStep): Plan {
  return {
    name: step.op,
    batchSize: 1,
    steps: [step],
    inputs: {},
    outputs: { first: { ...step.output, shape: [] } },
    arenaBytes: alignUp(step.output.shape.reduce((product, size) => product * size, 4)),
  };
}

/** Milliseconds of a run. */
async function timeProgram(program: Program): Promise<number> {
  const time = async (runs: number): Promise<number> => {
    const startedAtMs = performance.now();
    for (let run = 0; run < runs; run++) await program.run();
    await program.read('first'); // Waits for the device.
    return (performance.now() - startedAtMs) / runs;
  };
  await time(1);
  const single = await time(1);
  if (single > stretchMs) return single;
  const runs = Math.min(1000, Math.round(stretchMs / single));
  const times: number[] = [];
  for (let stretch = 0; stretch < stretches; stretch++) times.push(await time(runs));
  return Math.min(...times);
}
