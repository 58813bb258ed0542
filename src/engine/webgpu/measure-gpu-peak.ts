import type { Engine } from '../engine';
import type { Plan } from '../plan';

/** Of one iteration of `fma_peak`. */
const flopsPerIteration = 64;
const iterations = 4096;
const threads = 2 ** 18;

/** Floating-point operations a second of a GPU when no memory is in their way: the best of several runs. */
export async function measureGpuPeak(engine: Engine, seconds = 0.5): Promise<number> {
  const none = { offset: 0, byteLength: 0 };
  const session = await engine.createSession({
    ...{ slots: [], byteLength: 0, parameters: none, gradients: none, moments: [] },
  });
  try {
    const program = await session.compile(peakPlan());
    const speeds: number[] = [];
    await program.profile();
    for (const end = performance.now() + 1000 * seconds; performance.now() < end || speeds.length < 3;) {
      const [milliseconds = NaN] = await program.profile();
      speeds.push((1000 * flopsPerIteration * iterations * threads) / milliseconds);
    }
    return Math.max(...speeds);
  } finally {
    await session.dispose();
  }
}

function peakPlan(): Plan {
  const output = { region: 'arena', offset: 0, shape: [threads], dtype: 'f32' } as const;
  return {
    ...{ name: 'peak', batchSize: 1, inputs: {}, outputs: {}, arenaBytes: 4 * threads },
    steps: [{ kind: 'kernel', op: 'fma_peak', attrs: { iterations }, inputs: [], output }],
  };
}
