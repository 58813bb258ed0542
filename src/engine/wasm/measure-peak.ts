import type { Engine } from '../engine';
import type { Plan } from '../plan';

/** Floating-point operations of one iteration of `fma_peak`: 12 multiply-adds of 4 lanes. */
const FLOPS_PER_ITERATION = 96;
const ITERATIONS = 1_000_000;

/**
 * Floating-point operations a second that the engine's threads do together when no memory is in their way: the best
 * of several runs of multiply-adds in registers.
 */
export async function measurePeak(engine: Engine, seconds = 0.5): Promise<number> {
  const none = { offset: 0, byteLength: 0 };
  const session = await engine.createSession({
    slots: [],
    byteLength: 0,
    parameters: none,
    gradients: none,
    moments: [],
  });
  try {
    const program = await session.compile(peakPlan(engine.info.threads));
    const flops = FLOPS_PER_ITERATION * ITERATIONS * engine.info.threads;
    const speeds: number[] = [];
    await program.run();
    for (const end = performance.now() + 1000 * seconds; performance.now() < end || speeds.length < 5;) {
      const startedAtMs = performance.now();
      await program.run();
      speeds.push((1000 * flops) / (performance.now() - startedAtMs));
    }
    return Math.max(...speeds);
  } finally {
    await session.dispose();
  }
}

function peakPlan(threads: number): Plan {
  const shape = [16 * threads];
  const output = { region: 'arena', offset: 0, shape, dtype: 'f32' } as const;
  return {
    name: 'peak',
    batchSize: 1,
    steps: [{ kind: 'kernel', op: 'fma_peak', attrs: { iterations: ITERATIONS }, inputs: [], output }],
    inputs: {},
    outputs: {},
    arenaBytes: 64 * threads,
  };
}
