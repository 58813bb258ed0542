import { describeError } from '../../core/errors';
import type { Engine } from '../../engine/engine';
import type { MeasuringOptions } from '../../engine/webgpu/measure-tuning';
import { tuneDevice } from '../../engine/webgpu/webgpu-engine';
import type { JobContext } from '../job';
import type { FoundAdapter } from './adapters';
import { openGpu } from './open-gpu';
import { readTuningRecord, writeTuningRecord } from './tuning-record';

export type TuningContext = Pick<JobContext, 'assets' | 'events'>;

/**
 * The engine on an adapter, with the tiles that are fastest there: measured when a GPU is opened for the first time with its driver,
 * and read from a file from then on. What came of it is told as a note.
 */
export async function openTunedGpu(
  found: FoundAdapter,
  context: TuningContext,
  options: MeasuringOptions = {},
): Promise<Engine> {
  const { record } = found;
  if (!mayTune(found)) return openGpu(found);
  const note = (message: string): void => context.events.note({ message });
  const known = await readTuningRecord(record, context.assets);
  switch (known.kind) {
    case 'measured':
      return openGpu(found, known.tuning);
    case 'measuring':
      return openGpu(found);
    case 'failed':
      note(`${record.name} computes with usual tiles: measuring them failed (${known.reason}).`);
      return openGpu(found);
    case 'unknown': {
      if (known.reason !== undefined) note(`An earlier measurement is not used: ${known.reason}.`);
      const engine = await openGpu(found);
      try {
        const seconds = await measureTiles(found, engine, context.assets, options);
        note(`The tiles of ${record.name} were measured in ${seconds.toFixed(1)} s: once for each driver.`);
        return engine;
      } catch (error) {
        // A device that has failed may be lost: what follows begins with a new one.
        await engine.dispose();
        note(`${record.name} computes with usual tiles: measuring them failed (${describeError(error)}).`);
        return openGpu(found);
      }
    }
  }
}

/** Measures whatever is known, has the engine use it and keeps it. Returns the seconds that it took; rejects where the GPU fails. */
export async function measureTiles(
  { record }: FoundAdapter,
  engine: Engine,
  assets: string,
  options: MeasuringOptions = {},
): Promise<number> {
  const startedAtMs = performance.now();
  await writeTuningRecord(record, assets, { status: 'measuring' });
  try {
    const tuning = await tuneDevice(engine, options);
    await writeTuningRecord(record, assets, { status: 'measured', tuning });
    return (performance.now() - startedAtMs) / 1000;
  } catch (error) {
    await writeTuningRecord(record, assets, { status: 'failed', reason: describeError(error) });
    throw error;
  }
}

/**
 * GPUs in software have one tile that is worth anything, and are measured only where CNN_LAB_GPU_TUNING is `on`; `off`: no GPU is,
 * and all compute with the same tiles.
 */
export function mayTune({ record }: FoundAdapter): boolean {
  const wanted = process.env['CNN_LAB_GPU_TUNING']?.trim();
  return wanted === 'on' || (wanted !== 'off' && !record.software);
}
