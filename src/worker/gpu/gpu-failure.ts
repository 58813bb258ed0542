import { UserError } from '../../core/errors';
import { EngineMemoryError } from '../../engine/engine';
import {
  EngineDeviceError,
  EngineDeviceLostError,
  EngineKernelError,
  EngineOutOfMemoryError,
} from '../../engine/webgpu/device';

/** Whether the device is to blame for an error: on another one, the same job may go well. */
export function isDeviceFailure(error: unknown): boolean {
  return causesOf(error).some((each) => each instanceof EngineDeviceError);
}

/** Whether an error says that the device's memory is too small. */
export function isMemoryFailure(error: unknown): boolean {
  return causesOf(error).some((each) => each instanceof EngineMemoryError || each instanceof EngineOutOfMemoryError);
}

/** An error of the device as the user should read it, with what to do; any other one as it is. `resume`: a run was under way. */
export function explainDeviceFailure(error: unknown, resume: boolean): unknown {
  if (error instanceof UserError || !isDeviceFailure(error)) return error;
  const device = causesOf(error).find((each) => each instanceof EngineDeviceError);
  const remedy = device instanceof EngineOutOfMemoryError ? outOfMemory : resumeOnCpu;
  return new UserError(describe(device as EngineDeviceError), resume ? remedy : useCpu, { cause: error });
}

function describe(error: EngineDeviceError): string {
  const [first = ''] = error.message.split('\n');
  if (error instanceof EngineDeviceLostError) {
    return `${first} Its driver was reset or updated, or the GPU was taken away.`;
  }
  if (error instanceof EngineKernelError) return `The GPU's driver refuses a program. ${first.replace(/:$/, '.')}`;
  return first;
}

function causesOf(error: unknown): readonly unknown[] {
  const causes: unknown[] = [];
  for (let each = error; each instanceof Error && causes.length < 8; each = each.cause) causes.push(each);
  return causes;
}

const resumeOnCpu =
  'Resume the run to go on from its last checkpoint, on the CPU (--device cpu) or on the GPU when it works again; “cnn-lab doctor” checks it.';
const outOfMemory =
  'Resume the run to go on from its last checkpoint: on the CPU (--device cpu), or on the GPU (--device gpu) when other programs have let go of its memory; batches that do not fit are trained in parts then.';
const useCpu = 'Use the CPU (the device cpu), or see what “cnn-lab doctor” says of the GPU and its driver.';
