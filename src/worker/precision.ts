import { UserError, assertNever } from '../core/errors';
import type { TrainConfig } from '../core/train/config';
import type { Engine, EngineInfo } from '../engine/engine';
import type { HalfStorage } from '../engine/plan';
import type { JobContext } from './job';

/** How a device keeps what a run wants kept in half; undefined: the run wants nothing so. Throws a UserError where it can't. */
export function halfStorageFor(
  { info }: Engine,
  { precision }: Pick<TrainConfig, 'precision'>,
): HalfStorage | undefined {
  if (precision === 'f32') return undefined;
  if (info.half) return info.half;
  throw new UserError(
    `Floats of 16 bits (precision f16) are not to be had on ${info.description}: ${whyNoHalf(info)}.`,
    'Choose the precision f32, or the device gpu where there is one.',
  );
}

function whyNoHalf({ kind }: EngineInfo): string {
  switch (kind) {
    case 'wasm':
      return 'they are for GPUs, and here no time would be saved';
    case 'webgpu':
      return 'this GPU, or its driver, has none (WebGPU’s feature shader-f16)';
    case 'tensorflow':
      return 'this engine computes with 32 alone';
    default:
      return assertNever(kind);
  }
}

/** The configuration of a run that is resumed: on a device without floats of 16 bits it goes on with 32. */
export function precisionOnDevice(engine: Engine, config: TrainConfig, { events }: JobContext): TrainConfig {
  if (config.precision === 'f32' || engine.info.half) return config;
  events.warning({ message: `The run goes on in f32: ${engine.info.description} has no floats of 16 bits.` });
  return { ...config, precision: 'f32' };
}

/** Says in the log how the numbers are kept, where that is not as usual. */
export function notePrecision({ info }: Engine, { precision }: TrainConfig, { events }: JobContext): void {
  if (precision === 'f32') return;
  const how =
    info.half === 'rounded'
      ? 'rounded to 16 bits in the place of 32: this device only emulates them, and saves no memory'
      : 'kept with 16 bits';
  events.note({ message: `Precision f16: activations and their gradients are ${how}; all else is f32.` });
}
