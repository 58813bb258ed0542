import type { Engine } from '../../engine/engine';
import type { Tuning } from '../../engine/webgpu/tuning';
import { createWebgpuEngine } from '../../engine/webgpu/webgpu-engine';
import type { FoundAdapter } from './adapters';

/** The engine on an adapter, with a description that says where that is none of hardware. `tuning` absent: what is typical. */
export async function openGpu({ request, record }: FoundAdapter, tuning?: Tuning): Promise<Engine> {
  const { name, software } = record;
  const description = `${software ? 'GPU in software' : 'GPU'}, ${name}`;
  return createWebgpuEngine({ adapter: await request(), description, software, tuning });
}
