import type { Engine } from '../../engine/engine';
import { createWebgpuEngine } from '../../engine/webgpu/webgpu-engine';
import type { FoundAdapter } from './adapters';

/** The engine on an adapter, with a description that says where that is none of hardware. */
export function openGpu({ adapter, record }: FoundAdapter): Promise<Engine> {
  return createWebgpuEngine({ adapter, description: `${record.software ? 'GPU in software' : 'GPU'}, ${record.name}` });
}
