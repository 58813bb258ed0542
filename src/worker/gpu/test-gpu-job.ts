import { describeError } from '../../core/errors';
import type { GpuTest } from '../../protocol/gpu';
import type { JobContext } from '../job';
import { findAdapter } from './adapters';
import { checkNumbers } from './check-gpu';
import { explainDeviceFailure } from './gpu-failure';
import { measureGpuSpeed } from './measure-gpu-speed';
import { openGpu } from './open-gpu';
import { mayTune, measureTiles } from './open-tuned-gpu';

/** Puts the GPU that is used to work, whatever is known of it from earlier. */
export async function testGpuJob({ assets }: JobContext): Promise<GpuTest> {
  try {
    const found = await findAdapter();
    if (!found) return { kind: 'none' };
    const engine = await openGpu(found);
    try {
      const numbers = await checkNumbers(found, engine, assets);
      const tuningSeconds = mayTune(found) ? await measureTiles(found, engine, assets) : null;
      return { kind: 'done', numbers, tuningSeconds, speed: await measureGpuSpeed(engine) };
    } finally {
      await engine.dispose();
    }
  } catch (error) {
    return { kind: 'failed', message: describeError(explainDeviceFailure(error, false)) };
  }
}
