import { UserError } from '../../core/errors';
import type { Engine } from '../../engine/engine';
import type { Tuning } from '../../engine/webgpu/tuning';
import { createWebgpuEngine } from '../../engine/webgpu/webgpu-engine';
import type { FoundAdapter } from './adapters';

/** The engine on an adapter, with a description that says where that is none of hardware. `tuning` absent: what is typical. */
export async function openGpu({ request, record }: FoundAdapter, tuning?: Tuning): Promise<Engine> {
  const { name, software } = record;
  const description = `${software ? 'GPU in software' : 'GPU'}, ${name}`;
  return createWebgpuEngine({ adapter: await request(), description, software, tuning, ...memoryLimit() });
}

/** What CNN_LAB_GPU_MEMORY leaves to training, in MB; absent: what there is, which can't be asked for beforehand. */
function memoryLimit(): { readonly memoryLimit?: number } {
  const wanted = process.env['CNN_LAB_GPU_MEMORY']?.trim();
  if (!wanted) return {};
  const megabytes = Number(wanted);
  if (megabytes > 0) return { memoryLimit: megabytes * 2 ** 20 };
  throw new UserError(`CNN_LAB_GPU_MEMORY is '${wanted}'.`, 'It is a number of megabytes, such as 2048.');
}
